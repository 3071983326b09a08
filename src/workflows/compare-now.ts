/**
 * One person compared with their account as it is at this moment.
 * Decides which account is read, and for how long the app is waited for; must not compare (compare-person.ts) or write.
 */
import { ConnectorError, type Connector, type TargetRef } from '../connectors/contract.ts'
import type { Account, AttributeName } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { Policy } from '../policy/policy.ts'
import type { EntryNames, Held, PersonOutcome } from '../reconcile/difference.ts'
import type { RoleEntry } from '../reconcile/protection.ts'
import type { Queryable } from '../store/db.ts'
import { breakerOf, type Breaker } from '../store/apps.ts'
import type { AppKey } from '../store/deliveries.ts'
import { ownersOf, settledNames, type ComparedIdentity } from '../store/difference-people.ts'
import { leavingAccounts } from '../store/ownership.ts'
import { listEntryNames } from '../store/views/policies.ts'
import type { Answer } from './asked.ts'
import { comparePerson, type Seen } from './compare-person.ts'
import { Refused, type OpenTarget } from './delivery-context.ts'
import { readEverybody } from './protection.ts'

/** An app that does not answer sooner is told of, and everything else is shown. */
const PATIENCE_SECONDS = 20

export interface Difference {
  /** The step that would be made, or why there is none: see reconcile/difference.ts. */
  readonly change: string
  readonly attribute: string | null
  readonly found: string | null
  readonly wanted: string | null
  readonly detail: string | null
}

export interface ComparedNow {
  readonly target: {
    readonly state: 'read' | 'absent' | 'not-read'
    readonly account: string | null
    readonly why: string | null
  }
  readonly diff: readonly Difference[]
}

interface Context {
  readonly db: Queryable
  readonly now: () => Date
  readonly sleep: (seconds: number) => Promise<unknown>
}

export interface CompareNow {
  readonly identity: ComparedIdentity
  readonly policy: Policy | undefined
  readonly answer: Answer
  /** Absent where the app is not in rollcall.yaml, or is not theirs. */
  readonly target: OpenTarget | undefined
  readonly unattached: string | undefined
}

/** Never fails for the app's sake: then `why` says what it is. */
export async function compareNow(context: Context, key: AppKey, asked: CompareNow): Promise<ComparedNow> {
  const { target, unattached } = asked
  if (target === undefined) return notRead(unattached ?? 'the app is no longer in rollcall.yaml')
  const breaker = await breakerOf(context.db, key)
  if (breaker?.state === 'open') return notRead(leftAlone(breaker))
  const comparing = look(context, key, { ...asked, target }).catch((error: unknown): ComparedNow => {
    if (error instanceof ConnectorError || error instanceof Refused) return notRead(error.message)
    throw error
  })
  const late = context
    .sleep(PATIENCE_SECONDS)
    .then((): ComparedNow => notRead(`the app did not answer within ${PATIENCE_SECONDS} seconds`))
  return Promise.race([comparing, late])
}

/** Nobody asks an app that is left alone, so that it is left alone; what was wrong with it is known. */
const leftAlone = ({ until, why }: Pick<Breaker, 'until' | 'why'>): string =>
  `the app is left alone until ${until?.toISOString() ?? 'it is tried again'}, so it was not asked: ${why ?? 'it had not answered'}`

const notRead = (why: string): ComparedNow => ({ target: { state: 'not-read', account: null, why }, diff: [] })

async function look(
  { db, now }: Context,
  key: AppKey,
  { identity, policy, answer, target }: CompareNow & { readonly target: OpenTarget },
): Promise<ComparedNow> {
  const accounts = await readAccounts(target.connector, identity, answer)
  const names = namesOf(await listEntryNames(db, key), await target.protection.rolesFor(accounts))
  const everybody = (): Promise<readonly Account[] | undefined> => readEverybody(target.connector)
  const { outcome } = await comparePerson(
    {
      db,
      key,
      id: '',
      target,
      planner: target.connector,
      names,
      verdict: 'whole',
      now: now(),
      policies: [{ policy }],
      administrators: everybody,
    },
    { identity, answer, inUse: { policy }, seen: await seenOf(db, key, { identity, accounts, target, everybody }) },
  )
  const account = outcome.account ?? accounts[0]?.id ?? null
  return { target: { state: account === null ? 'absent' : 'read', account, why: null }, diff: differencesOf(outcome) }
}

/** As a delivery looks for the account (attempt.ts): the one that is theirs, else all that may be. */
async function readAccounts(
  { readOne }: Pick<Connector, 'readOne'>,
  { link, intent, addressed, userName }: ComparedIdentity,
  answer: Answer,
): Promise<readonly Account[]> {
  const asked = answer.kind === 'asked' ? answer.asked : undefined
  const how = { whole: asked?.byPolicy === true && asked.wish.active }
  const byId = (id: string | undefined): TargetRef[] => (id === undefined ? [] : [{ id }])
  const byName = (name: string | undefined): TargetRef[] => (name === undefined ? [] : [{ userName: name }])
  const wanted = asked === undefined ? userName : asked.wish.attributes.userName
  const refs =
    link.account === undefined
      ? [...byName(intent?.userName), ...byId(addressed), ...byId(link.settled?.account), ...byName(wanted)]
      : byId(link.account)
  const accounts = new Map<string, Account>()
  for (const ref of refs) {
    const account = await readOne('account', ref, how)
    if (account !== 'absent') accounts.set(account.id, account)
  }
  return [...accounts.values()]
}

interface Around {
  readonly identity: ComparedIdentity
  readonly accounts: readonly Account[]
  readonly target: OpenTarget
  readonly everybody: () => Promise<readonly Account[] | undefined>
}

async function seenOf(
  db: Queryable,
  key: AppKey,
  { identity: { connection }, accounts, target, everybody }: Around,
): Promise<Seen> {
  const keyOf = ({ attributes }: Account): string => userNameKey(attributes.userName ?? '')
  const owners = await ownersOf(
    db,
    key,
    accounts.map(({ id }) => id),
  )
  const settled = await settledNames(db, key, { connection, keys: accounts.map(keyOf) })
  return {
    byId: new Map(accounts.map((account) => [account.id, account])),
    byKey: new Map(accounts.map((account) => [keyOf(account), account])),
    claims: new Map(),
    sources: {
      target,
      owner: async (account) => owners.get(account),
      settledByName: async (name) => settled.get(name),
      leaving: (others) => leavingAccounts(db, key, others),
      everybody,
    },
  }
}

function namesOf(entries: Awaited<ReturnType<typeof listEntryNames>>, roles: readonly RoleEntry[]): EntryNames {
  const known = new Map(entries.map((entry) => [`${entry.kind} ${entry.id}`, entry]))
  const role = new Map(roles.map((entry) => [entry.id, entry]))
  return { roles, of: (kind, id) => known.get(`${kind} ${id}`) ?? (kind === 'role' ? role.get(id) : undefined) }
}

const NOTHING: Difference = { change: '', attribute: null, found: null, wanted: null, detail: null }

/** A line for each thing that would be another. */
export function differencesOf({ kinds, before, after, gives, takes, why }: PersonOutcome): readonly Difference[] {
  const made = kinds.includes('create')
  // What attributes, what is held and what is decided say themselves.
  const told = new Set(['update', 'rename', 'grant', 'revoke', 'waiting', 'held'])
  const others = kinds.filter((kind) => !told.has(kind))
  return [
    ...others.map((change) => ({ ...NOTHING, change, detail: why })),
    ...(Object.entries(after) as [AttributeName, string | null][]).map(([name, wanted]) => ({
      ...NOTHING,
      change: made ? 'create' : name === 'userName' ? 'rename' : 'update',
      attribute: name,
      found: made ? null : (before[name] ?? null),
      wanted,
    })),
    ...takes.map((held) => ({ ...NOTHING, change: 'revoke', attribute: held.of, found: heldWords(held) })),
    ...gives.map((held) => ({ ...NOTHING, change: 'grant', attribute: held.of, wanted: heldWords(held) })),
  ]
}

const heldWords = ({ name, level }: Held): string => (level === undefined ? name : `${name} (level ${level})`)
