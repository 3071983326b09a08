/**
 * A page of people, each compared with their account as it was read: by the policy in force, and by the one that was given.
 * Decides in which order accounts find their owners; must not decide what is wanted (asked.ts), or plan (plan-account.ts).
 */
import type { Account } from '../identity/account.ts'
import { personNames } from '../identity/person-names.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { Facts } from '../policy/facts.ts'
import type { Owner } from '../reconcile/adoption.ts'
import type { PersonOutcome } from '../reconcile/difference.ts'
import {
  ownersOf,
  peopleOf,
  settledNames,
  type ComparedIdentity,
  type SettledBefore,
} from '../store/difference-people.ts'
import { claimAccounts, findAccounts } from '../store/differences.ts'
import { leavingAccounts } from '../store/ownership.ts'
import { groupsOfUsers } from '../store/views/user-groups.ts'
import { askedBy, type Answer } from './asked.ts'
import { comparePerson, type Compared, type Comparison, type Seen } from './compare-person.ts'
import { groupsKnown } from './read-facts.ts'

export interface ComparedPerson {
  readonly identity: ComparedIdentity
  /** One for each policy, in their order. */
  readonly outcomes: readonly PersonOutcome[]
}

/** All of one connection. Steps of an earlier person count for those after them: an account has one owner. */
export async function comparePage(
  comparison: Comparison,
  connection: string,
  page: readonly ComparedIdentity[],
): Promise<ComparedPerson[]> {
  const facts = await factsOf(comparison, connection, page)
  const answers = page.map((_, at) =>
    comparison.policies.map(({ policy }): Answer => askedBy(policy, facts[at] as Facts)),
  )
  const seen = await seenOf(comparison, connection, { page, answers })
  const compared: ComparedPerson[] = []
  const claims: Claim[] = []
  for (const [at, identity] of page.entries()) {
    const results: Compared[] = []
    for (const [index, inUse] of comparison.policies.entries())
      results.push(await comparePerson(comparison, { identity, answer: answers[at]?.[index] as Answer, inUse, seen }))
    const last = results.at(-1)
    if (last?.claims !== undefined) claims.push(claimed(seen, identity, last.claims))
    compared.push({ identity, outcomes: results.map(({ outcome }) => outcome) })
  }
  await claimAccounts(comparison.db, comparison.id, claims)
  return compared
}

type Claim = Parameters<typeof claimAccounts>[2][number]

/** Whoever comes next finds the account with its owner. */
function claimed(seen: Seen, identity: ComparedIdentity, account: Account): Claim {
  const key = userNameKey(account.attributes.userName ?? '')
  const owner = {
    connection: identity.connection,
    identity: identity.identity,
    userName: identity.userName,
    deleted: false,
    known: personNames(account.attributes),
  }
  seen.byId.set(account.id, account)
  seen.byKey.set(key, account)
  seen.claims.set(account.id, owner)
  return { account, key, owner }
}

/** Groups and persons in one statement each, and only where a policy looks at them. */
async function factsOf(
  { db, key, target, policies, now }: Comparison,
  connection: string,
  page: readonly ComparedIdentity[],
): Promise<Facts[]> {
  const ids = page.map(({ identity }) => identity)
  const world = { tenant: key.tenant, connection }
  const reads = (what: 'readsGroups' | 'readsPerson'): boolean => policies.some(({ policy }) => policy?.[what] === true)
  const groups = reads('readsGroups') ? await groupsOfUsers(db, world, ids) : undefined
  const persons = reads('readsPerson') ? await peopleOf(db, world, ids) : undefined
  const minutes = Math.max(0, ...policies.map(({ policy }) => policy?.waitForGroups.minutes ?? 0))
  return page.map((one) => {
    const own = groups?.get(one.identity) ?? []
    const person = persons?.get(one.identity)
    const grouped = own.length > 0 || one.link.account !== undefined
    return {
      identity: one,
      groups: own.map(({ id, displayName, externalId }) => ({ id, displayName, externalId: externalId ?? undefined })),
      groupsKnown: groupsKnown({ grouped, since: one.created, minutes, now }),
      app: { id: key.app, defaults: target.defaults },
      ...(person === undefined ? {} : { person }),
    }
  })
}

/** All accounts that somebody of the page may mean, with their owners and what was settled about them. */
async function seenOf(
  { db, key, id, target, administrators }: Comparison,
  connection: string,
  { page, answers }: { readonly page: readonly ComparedIdentity[]; readonly answers: readonly (readonly Answer[])[] },
): Promise<Seen> {
  const ids = page.flatMap(({ link, addressed }) => [link.account, link.settled?.account, addressed]).filter(isText)
  const wanted = answers
    .flat()
    .flatMap((answer) => (answer.kind === 'asked' ? [answer.asked.wish.attributes.userName] : []))
  const intended = page.map(({ intent }) => intent?.userName)
  const keys = [...new Set([...wanted, ...intended].filter(isText).map(userNameKey))]
  const found = await findAccounts(db, id, { ids: [...new Set(ids)], keys })
  // Of two that have one name the one that is in use.
  const inUseLast = found.toSorted(
    (a, b) => Number(a.account.state !== 'inactive') - Number(b.account.state !== 'inactive'),
  )
  const owners = await ownersOf(
    db,
    key,
    found.map(({ account }) => account.id),
  )
  const settled = await settledNames(db, key, { connection, keys })
  return {
    byId: new Map(found.map(({ account }) => [account.id, account])),
    byKey: new Map(inUseLast.map(({ key: name, account }) => [name, account])),
    claims: new Map(
      found.flatMap(({ account, claimedBy }) => (claimedBy === undefined ? [] : [[account.id, claimedBy]])),
    ),
    sources: {
      target,
      owner: async (account: string): Promise<Owner | undefined> => owners.get(account),
      settledByName: async (name: string): Promise<SettledBefore | undefined> => settled.get(name),
      leaving: (accounts: readonly string[]) => leavingAccounts(db, key, accounts),
      everybody: administrators,
    },
  }
}

const isText = (text: string | undefined): text is string => text !== undefined && text !== ''
