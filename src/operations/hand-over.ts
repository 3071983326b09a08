/**
 * Moves accounts from the identities of one connection to those of another: a change of provider.
 * Decides which accounts change their owner, and that nothing else about them changes; must not touch any app.
 */
import { counterpart, type Comparable, type Counterpart } from '../identity/counterpart.ts'
import { personNames } from '../identity/person-names.ts'
import { projectAttributes } from '../identity/project.ts'
import type { UserDocument } from '../scim/resource.ts'
import {
  findCandidates,
  listOwnedAccounts,
  readSides,
  type Candidate,
  type HandoverScope,
  type OwnedAccount,
} from '../store/handover.ts'
import type { Queryable } from '../store/db.ts'
import { carryInvitation } from '../store/invitations.ts'
import { changeOwner } from '../store/ownership.ts'
import { joinPeople } from '../store/people.ts'
import { settle } from '../store/settlements.ts'
import { wakeApps, type OperationContext } from './context.ts'

export interface HandOver extends HandoverScope {
  /** False only shows what would be done. */
  readonly apply: boolean
  /** Goes on after this link: `next` of the part before. */
  readonly after: number
  /** Most accounts in this part. */
  readonly limit: number
  readonly actor: string
}

export interface HandOverStep {
  readonly step: string
  /** It changes its owner, or has. */
  readonly ok: boolean
  readonly detail: string
  readonly app: string
  readonly account: string
}

export type HandOverResult =
  | { readonly ok: true; readonly steps: readonly HandOverStep[]; readonly next: number | undefined }
  | {
      readonly ok: false
      readonly refusal: { readonly kind: 'no-such-connection' | 'not-possible'; readonly why: string }
    }

/** One part of a move, in the order of links; each account in a transaction of its own, so that it may be stopped anywhere. */
export async function handOver(
  context: Pick<OperationContext, 'db' | 'wake'>,
  request: HandOver,
): Promise<HandOverResult> {
  const refusal = await objection(context, request)
  if (refusal !== undefined) return { ok: false, refusal }
  const { db } = context
  const owned = await listOwnedAccounts(db, request, { after: request.after, limit: request.limit + 1 })
  const part = owned.slice(0, request.limit)
  const people = part.map((one) => comparable(one.identity, one))
  const candidates = (await findCandidates(db, request, keysOf(people))).map((one) => ({
    ...one,
    ...comparable(one.id, one),
  }))
  const steps: HandOverStep[] = []
  for (const [at, one] of part.entries()) {
    const person = people[at]
    if (person !== undefined) steps.push(await move(context, request, { one, other: counterpart(person, candidates) }))
  }
  if (request.apply) wakeApps(context, request.tenant, [...new Set(part.map(({ app }) => app))])
  return { ok: true, steps, next: owned.length > request.limit ? part.at(-1)?.link : undefined }
}

async function objection({ db }: Pick<OperationContext, 'db'>, { tenant, from, to, app }: HandOver) {
  const refuse = (kind: 'no-such-connection' | 'not-possible', why: string) => ({ kind, why })
  if (from === to) return refuse('not-possible', 'From and to are the same connection.')
  const { connections, appsOfTo } = await readSides(db, { tenant, from, to })
  const missing = [from, to].find((id) => !connections.includes(id))
  if (missing !== undefined) return refuse('no-such-connection', `There is no connection "${missing}".`)
  if (app !== undefined && !appsOfTo.includes(app)) {
    const why = `The connection ${to} has no app "${app}". Declare it under its apps: in rollcall.yaml first.`
    return refuse('not-possible', why)
  }
  return undefined
}

/** What of an identity is compared. */
function comparable(id: string, of: { userName: string; userNameKey: string; document: UserDocument }): Comparable {
  const attributes = projectAttributes(of.document)
  const { userName, userNameKey } = of
  return { id, userName, userNameKey, email: attributes.email ?? null, names: personNames(attributes) }
}

const keysOf = (people: readonly Comparable[]) => ({
  names: people.map(({ userNameKey }) => userNameKey),
  emails: people.flatMap(({ email }) => email?.toLowerCase() ?? []),
  numbers: people.flatMap(({ names }) => names.employeeNumber?.toLowerCase() ?? []),
})

interface Pair {
  readonly one: OwnedAccount
  readonly other: Counterpart<Candidate & Comparable>
}

async function move(
  { db }: Pick<OperationContext, 'db'>,
  request: HandOver,
  { one, other }: Pair,
): Promise<HandOverStep> {
  const step = `${one.app}: the account of ${one.userName}`
  const told = { step, app: one.app, account: one.account }
  const why = 'match' in other ? obstacle(one, other.match, request) : other.why
  if (!('match' in other) || why !== undefined)
    return { ...told, ok: false, detail: `stays with ${request.from}: ${why}` }
  const { match, by } = other
  const to = `${match.userName} of ${request.to}, by ${by}`
  if (!request.apply) return { ...told, ok: true, detail: `would go to ${to}` }
  const asked = match.refused?.[one.app]
  if (asked !== undefined) {
    await db.transaction((tx) => promise(tx, request, { from: one.link, to: asked }))
    return { ...told, ok: true, detail: `goes to ${to}, as soon as their provider tries again` }
  }
  const changed = await db.transaction(async (tx) => {
    const moved = await changeOwner(tx, {
      tenant: request.tenant,
      app: one.app,
      account: one.account,
      from: { connection: request.from, id: one.identity },
      to: { connection: request.to, id: match.id, names: match.names },
      leftAlone: projectAttributes(match.document),
      actor: request.actor,
      event: 'account.handed-over',
      why: `handed over to ${match.userName} of ${request.to}`,
    })
    const keys = [
      { connection: request.from, id: one.identity },
      { connection: request.to, id: match.id },
    ] as const
    if (moved) await joinPeople(tx, { tenant: request.tenant, one: keys[0], other: keys[1], actor: request.actor })
    return moved
  })
  return changed
    ? { ...told, ok: true, detail: `went to ${to}` }
    : { ...told, ok: false, detail: 'has changed meanwhile; run it again' }
}

/** Who was refused gets the account with the provider's next try; until then it is nobody's, and nothing touches it. */
async function promise(
  tx: Queryable,
  { tenant, actor }: HandOver,
  links: { readonly from: number; readonly to: number },
): Promise<void> {
  await carryInvitation(tx, { tenant, ...links })
  await settle(tx, { tenant, id: links.from, as: 'release', evenProtected: false, actor })
  await settle(tx, { tenant, id: links.to, as: 'adopt', evenProtected: false, actor })
}

/** A move changes owners and nothing else: whoever would be disabled or come back by it is left for a person to look at. */
function obstacle(one: OwnedAccount, match: Candidate, { to }: HandOver): string | undefined {
  if (match.owns.includes(one.app)) return `${match.userName} of ${to} owns another account there already`
  if (match.refused !== null) {
    return match.refused[one.app] === undefined
      ? `${match.userName} was refused at ${to} for another reason; have that mended and pushed once more`
      : undefined
  }
  if (match.active === one.active) return undefined
  const state = match.active ? 'active' : 'inactive'
  return `${match.userName} is ${state} at ${to} and ${one.userName} is not, so the account would be ${match.active ? 'activated' : 'disabled'} by it`
}
