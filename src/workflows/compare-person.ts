/**
 * One person compared with their account as it was read.
 * Decides which account they mean, as a delivery does; must not ask the app for anything but what names mean there.
 */
import type { Account } from '../identity/account.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { Policy } from '../policy/policy.ts'
import { isChange, type PlanStep } from '../reconcile/change.ts'
import { outcomeOf, type EntryNames, type Found, type PersonOutcome } from '../reconcile/difference.ts'
import { reasonOf } from '../reconcile/difference-reasons.ts'
import { matchesIntent } from '../reconcile/intent.ts'
import type { ComparedIdentity } from '../store/difference-people.ts'
import type { Queryable } from '../store/db.ts'
import type { AppKey } from '../store/deliveries.ts'
import type { Claimant, Verdict } from '../store/differences.ts'
import type { Answer, Asked } from './asked.ts'
import { Refused, type OpenTarget } from './delivery-context.ts'
import { planAccount, type PlannedFor, type Planner } from './plan-account.ts'
import { standingOf, type StandingSources } from './standing.ts'

export interface Comparison {
  readonly db: Queryable
  readonly key: AppKey
  /** Of the difference. */
  readonly id: string
  readonly target: OpenTarget
  readonly planner: Planner
  readonly names: EntryNames
  readonly verdict: Verdict['verdict']
  readonly now: Date
  /** The policy in force first, then the one that was given, if one was. `refused`: it cannot be used. */
  readonly policies: readonly PolicyInUse[]
  /** All administrators of the app; undefined where it did not show everybody. */
  readonly administrators: () => Promise<readonly Account[] | undefined>
}

export interface PolicyInUse {
  /** Undefined: everybody by the standard mapping. */
  readonly policy: Policy | undefined
  readonly version?: number | undefined
  readonly refused?: { readonly code: string; readonly detail: string } | undefined
}

/** The accounts that a page of people may mean. */
export interface Seen {
  readonly byId: Map<string, Account>
  readonly byKey: Map<string, Account>
  /** Who would own which by now. */
  readonly claims: Map<string, Claimant>
  readonly sources: StandingSources
}

export interface Person {
  readonly identity: ComparedIdentity
  readonly answer: Answer
  readonly inUse: PolicyInUse
  readonly seen: Seen
}

export interface Compared {
  readonly outcome: PersonOutcome
  /** The account that would be theirs from then on; absent where it is already, or none would be. */
  readonly claims?: Account
}

export async function comparePerson(comparison: Comparison, person: Person): Promise<Compared> {
  const { identity, answer, inUse } = person
  const leaves = !identity.active || identity.deleted
  const subject = { adopted: identity.adopted, names: comparison.names }
  const stopped = (found: Found): Compared => {
    const own = identity.link.account === undefined ? undefined : person.seen.byId.get(identity.link.account)
    return { outcome: outcomeOf(found, { ...subject, account: own ?? 'absent' }) }
  }
  if (inUse.refused !== undefined && !leaves)
    return stopped({ kind: 'refused', why: inUse.refused.detail, reason: inUse.refused.code })
  if (answer.kind === 'waits') return stopped({ kind: 'waiting', why: answer.why, reason: 'waiting for groups' })
  if (answer.kind === 'held') {
    const reason = answer.fault === undefined ? 'held by the policy' : `the policy fails at ${answer.fault.at}`
    return stopped({ kind: 'held', why: answer.why, reason })
  }
  const account = accountFor(person, answer.asked)
  const unseen = account === 'absent' && (identity.link.account !== undefined || answer.asked.wish.active)
  if (unseen && comparison.verdict !== 'whole') return stopped({ kind: 'unseen' })
  try {
    const planned = await planFor(comparison, person, { asked: answer.asked, account })
    const outcome = outcomeOf(
      { kind: 'planned', steps: planned.steps, ...(planned.reason === undefined ? {} : { reason: planned.reason }) },
      { ...subject, account },
    )
    return { outcome, ...(planned.claims === undefined ? {} : { claims: planned.claims }) }
  } catch (error) {
    if (!(error instanceof Refused) || OF_THE_MOMENT.has(error.refusal.code)) throw error
    const { code, about, detail } = error.refusal
    return stopped({ kind: 'refused', why: detail, reason: about === undefined ? code : `${code} ${about}` })
  }
}

/** What says nothing about the person: the comparison as a whole cannot go on. */
const OF_THE_MOMENT: ReadonlySet<string> = new Set([
  'unreachable',
  'throttled',
  'credentials-refused',
  'answer-unexpected',
])

/** As a delivery looks for it (attempt.ts), among the accounts that were read. */
function accountFor({ identity, seen }: Person, { wish }: Asked): Account | 'absent' {
  const { link, intent, addressed } = identity
  const byId = (id: string | undefined): Account | undefined => (id === undefined ? undefined : seen.byId.get(id))
  if (link.account !== undefined) return byId(link.account) ?? 'absent'
  const unfinished = intent === undefined ? undefined : seen.byKey.get(userNameKey(intent.userName))
  if (intent !== undefined && unfinished !== undefined && matchesIntent(intent, unfinished)) return unfinished
  const meant = byId(addressed)
  if (meant !== undefined) return meant
  const { userName } = wish.attributes
  if (!wish.active || userName === undefined) return 'absent'
  const settled = link.settled?.as === 'adopt' ? byId(link.settled.account) : undefined
  return settled ?? seen.byKey.get(userNameKey(userName)) ?? 'absent'
}

interface PlannedPerson {
  readonly steps: readonly PlanStep[]
  readonly reason?: string | undefined
  readonly claims?: Account
}

async function planFor(
  comparison: Comparison,
  { identity, seen }: Person,
  { asked, account }: { readonly asked: Asked; readonly account: Account | 'absent' },
): Promise<PlannedPerson> {
  const { link } = identity
  const intent = identity.intent?.identity === identity.identity ? identity.intent : undefined
  const unfinished = account !== 'absent' && intent !== undefined && matchesIntent(intent, account)
  const addressed = account !== 'absent' && account.id === identity.addressed
  const sources: StandingSources = {
    ...seen.sources,
    owner: async (id) => {
      const claim = seen.claims.get(id)
      return claim === undefined || isOwn(claim, identity) ? seen.sources.owner(id) : claim
    },
  }
  const { created: since } = identity
  const standing = await standingOf(sources, { link, account, asked: asked.wish, unfinished, addressed, since })
  const found: PlannedFor = { asked, link, account, standing, intent, addressed, now: comparison.now }
  const { steps, wish } = await planAccount(comparison.planner, found)
  const linked = link.account !== undefined
  const reason = reasonOf(steps, { account, linked, standing, wanted: wish.attributes.userName ?? '' })
  const becomes = becomesTheirs(comparison, identity, { steps, account })
  if (becomes === undefined) return { steps, reason }
  const rest = await planRest(comparison, found, becomes)
  return { steps: [...steps, ...rest], reason, claims: becomes.account }
}

const isOwn = (claim: Claimant, { connection, identity }: ComparedIdentity): boolean =>
  claim.connection === connection && claim.identity === identity

interface Becomes {
  readonly account: Account
  readonly made: boolean
  /** All that goes with it is planned already. */
  readonly whole: boolean
}

/** The account as it is after the first part of a delivery: made, or adopted. */
function becomesTheirs(
  { planner, now }: Comparison,
  { identity }: ComparedIdentity,
  { steps, account }: { readonly steps: readonly PlanStep[]; readonly account: Account | 'absent' },
): Becomes | undefined {
  const create = steps.find((step) => step.kind === 'create')
  if (create !== undefined) {
    const { grants, invites } = planner.capabilities
    const made: Account = {
      id: `new:${identity}`,
      state: invites ? 'unregistered' : 'active',
      attributes: create.want,
      grants: Object.fromEntries(grants.map((kind) => [kind, []])),
      createdAt: now.toISOString(),
    }
    return { account: made, made: true, whole: false }
  }
  const adopts = steps.some((step) => step.kind === 'adopt')
  const asNew = steps.some((step) => step.kind === 'adopt' && step.asNew === true)
  return adopts && account !== 'absent' ? { account, made: false, whole: asNew } : undefined
}

/** What follows once the account is theirs: the second part of a create, or the next delivery of who was adopted. */
async function planRest(
  { planner }: Comparison,
  found: PlannedFor,
  { account, made, whole }: Becomes,
): Promise<readonly PlanStep[]> {
  // Who returns has got all of it with the first part.
  if (!found.asked.byPolicy || account.state === 'inactive' || whole) return []
  const link = {
    ...found.link,
    account: account.id,
    ...(made ? { madeAt: found.now, returning: true } : { leftAlone: found.asked.wish.attributes }),
  }
  const { owner: _owner, guard: _guard, ...standing } = found.standing
  const next = { ...found, link, account, standing, intent: undefined, addressed: false }
  const { steps } = await planAccount(planner, next)
  return steps.filter(isChange)
}
