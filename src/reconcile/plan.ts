/**
 * From what is wanted and what was seen to the steps between them.
 * Decides steps and their order, for one account; must not read, write or know any app.
 */
import type { Account, AccountAttributes, AttributeName, GrantKind, Wish } from '../identity/account.ts'
import { claim, heldReturn, type Standing } from './adoption.ts'
import { matchesIntent, type Intent } from './intent.ts'
import { isChange, type Change, type PlanStep } from './change.ts'
import { planGrants } from './plan-grants.ts'
import { inOrder, inTwo, isAsleep, type Parts } from './plan-order.ts'

/** What the app can do, as far as a plan depends on it (a connector's capabilities have this shape). */
export interface Abilities {
  readonly creates: readonly AttributeName[]
  readonly updates: readonly AttributeName[]
  readonly reads: readonly AttributeName[]
  readonly requires: readonly AttributeName[]
  readonly updatesInactive: boolean
  /** Without it, none. */
  readonly grants?: readonly GrantKind[]
  readonly invites?: boolean
}

export interface Situation {
  /** In the app's canonical form, roles and teams as ids. */
  readonly wish: Wish
  /** Read from the app just now: by the link's id if linked, else by name. */
  readonly account: Account | 'absent'
  readonly linked: boolean
  /** What we were about to create when we last got no answer. */
  readonly intent?: Intent
  /** The account is the one that the provider was shown under this identity's id, and wrote to by it (docs/adr/0010). */
  readonly addressed?: boolean
  readonly abilities: Abilities
  /** Absent: nothing is known beside what both look like, so no account that exists already is anybody's. */
  readonly standing?: Standing
}

const NOTHING_KNOWN: Standing = {
  person: { givenName: null, familyName: null, employeeNumber: null },
  adopt: 'never',
}

/**
 * Plans one account. Deterministic; a plan made after its own apply has no changes. Always at least one step, so that
 * the reason for doing nothing is as visible as the reason for doing something.
 */
export function plan(situation: Situation): readonly [PlanStep, ...PlanStep[]] {
  const { account, linked, wish } = situation
  if (linked) return account === 'absent' ? [planGone(wish)] : planOwned(situation, account)
  if (account === 'absent') return [planMissing(situation)]
  const { intent } = situation
  if (intent !== undefined && matchesIntent(intent, account)) {
    const adopt: PlanStep = {
      kind: 'adopt',
      account: account.id,
      origin: 'created',
      takesOver: false,
      why:
        account.tiedBySignIn === true
          ? 'created by an attempt whose answer did not arrive, or by the app itself in the same moment'
          : 'created by an attempt that was interrupted before its answer arrived',
    }
    return [adopt, ...planOwned(situation, account).filter((step) => step.kind !== 'skip')]
  }
  // Who was shown an account that is nobody's and disables that very one makes it theirs; a name alone is not enough.
  if (!wish.active && (situation.addressed !== true || situation.standing?.owner !== undefined))
    return [{ kind: 'skip', why: 'the account of this name is not ours, so it is not ours to disable' }]
  return planClaimed(situation, account)
}

/** An account of the wanted name that is not ours. Adoption itself changes nothing; somebody who was inactive returns. */
function planClaimed(situation: Situation, account: Account): readonly [PlanStep, ...PlanStep[]] {
  const { wish, addressed = false, standing = NOTHING_KNOWN } = situation
  // The provider was shown the account's own name under the id that it writes to, whatever it is to be called from now on.
  const wanted = addressed ? account.attributes.userName : wish.attributes.userName
  const verdict = claim(account, wanted ?? '', standing)
  if (verdict.kind !== 'adopt' || verdict.takesOver || verdict.asNew === true) return [verdict]
  const steps = wish.active
    ? planActive(
        { ...situation, wish: asTheyReturn(wish, account), standing: { ...standing, returning: false } },
        account,
      )
    : planInactive(situation, account)
  return [verdict, ...steps.filter((step) => step.kind !== 'skip')]
}

/** Of what is wanted, that without which nobody is let in again. */
const asTheyReturn = ({ onCreate, grants }: Wish, { state }: Account): Wish => ({
  active: true,
  attributes: {},
  onCreate,
  ...(state === 'inactive' && grants !== undefined ? { grants } : {}),
})

const planGone = ({ active }: Wish): PlanStep =>
  active
    ? {
        kind: 'conflict',
        state: 'deleted',
        why: 'the linked account is no longer in the app; somebody removed it there',
      }
    : { kind: 'skip', why: 'the account is gone from the app, so nobody can sign in with it' }

function planMissing({ wish, abilities, standing }: Situation): PlanStep {
  if (!wish.active)
    return { kind: 'skip', why: 'this person has no account of their own there, so there is nothing to disable' }
  if (standing?.settled?.as === 'ignore')
    return { kind: 'skip', why: 'settled: this person gets no account in this app' }
  const want = only({ ...wish.onCreate, ...present(wish.attributes) }, abilities.creates)
  const missing = abilities.requires.filter((name) => want[name] === undefined || want[name] === null)
  if (missing.length > 0) {
    return {
      kind: 'conflict',
      state: 'unmatched',
      why: `the app cannot create an account without ${missing.join(', ')}`,
    }
  }
  return { kind: 'create', want }
}

function planOwned(situation: Situation, account: Account): readonly [PlanStep, ...PlanStep[]] {
  const { wish, standing = NOTHING_KNOWN } = situation
  const held = wish.active && account.state === 'inactive' ? heldReturn(account, standing) : undefined
  if (held !== undefined) return [{ kind: 'conflict', state: 'disputed', account: account.id, why: held }]
  const steps = wish.active ? planActive(situation, account) : planInactive(situation, account)
  const { guard } = standing
  if (guard === undefined || !steps.some(isChange)) return steps
  const what = wish.active ? 'changed' : 'disabled'
  const why = `the account ${account.attributes.userName ?? account.id} ${guard.why}, so it is protected and is not ${what}`
  return [{ kind: 'conflict', state: 'disputed', account: account.id, why }]
}

/**
 * Disabled first, whatever else is to happen: nothing that is taken away may hold it up. Where the app changes no inactive
 * account, what it holds is left until its person returns.
 */
function planInactive({ wish, abilities }: Situation, account: Account): readonly [PlanStep, ...PlanStep[]] {
  const { take } = planGrants(wish.grants ?? {}, { account, kinds: abilities.grants ?? [] })
  const taken = abilities.updatesInactive ? take : []
  const ends: Change = { kind: 'deactivate', account: account.id, ...(wish.endSession ? { endSession: true } : {}) }
  const [first, ...rest] = account.state === 'inactive' ? taken : [ends, ...taken]
  if (first !== undefined) return [first, ...rest]
  const kept =
    take.length === 0 ? '' : '; what it holds stays until its person returns, since the app changes no inactive account'
  return [{ kind: 'skip', why: `the account is inactive already${kept}` }]
}

/** In which order all of it is done is in plan-order.ts. */
function planActive({ wish, abilities, standing }: Situation, account: Account): readonly [PlanStep, ...PlanStep[]] {
  const returns = account.state === 'inactive' || standing?.returning === true
  const { loginAuthenticator, ...others } = returns ? withDefaults(wish).attributes : wish.attributes
  const { first, later } = inTwo(others, account)
  const writes = planWrites(first, account, abilities)
  const { role } = { ...account.attributes, ...writes.find((change) => change.kind === 'update')?.set }
  const parts: Parts = {
    ...planGrants(wish.grants ?? {}, { account, kinds: abilities.grants ?? [], role }),
    wake: account.state === 'inactive' ? [{ kind: 'reactivate', account: account.id }] : [],
    writes,
    way: loginAuthenticator === undefined ? [] : planWrites({ loginAuthenticator }, account, abilities),
    later: planWrites(later, account, abilities),
    invite: planInvite({ wish, abilities, standing }, account),
  }
  const [step, ...rest] = inOrder(parts, { asleep: isAsleep(account), updatesInactive: abilities.updatesInactive })
  return step === undefined ? [{ kind: 'skip', why: 'the account is as wanted' }] : [step, ...rest]
}

/** Asked in once, and only who never was: the other states are the app's own business. */
const planInvite = (
  { wish, abilities, standing }: Pick<Situation, 'wish' | 'abilities'> & { standing: Standing | undefined },
  account: Account,
): readonly Change[] =>
  wish.invite === true && abilities.invites === true && standing?.invited !== true && account.state === 'unregistered'
    ? [{ kind: 'invite', account: account.id }]
    : []

/** A returning person gets what a new one would: role and team as the app's defaults have them (DESIGN 4.3). */
export const withDefaults = (wish: Wish): Wish => ({ ...wish, attributes: { ...wish.onCreate, ...wish.attributes } })

/** Attribute writes; the rename apart from the rest, since apps refuse renames for reasons of their own. */
function planWrites(want: AccountAttributes, account: Account, abilities: Abilities): readonly Change[] {
  const { userName, ...others } = differing(want, account, abilities)
  const changes: Change[] = []
  if (Object.keys(others).length > 0) changes.push({ kind: 'update', account: account.id, set: others })
  if (userName !== undefined) changes.push({ kind: 'rename', account: account.id, userName })
  return changes
}

/** The wanted attributes the app could change, can verify, and has otherwise. A required attribute is never emptied. */
function differing(
  want: AccountAttributes,
  { attributes: seen, hidden = [] }: Account,
  abilities: Abilities,
): AccountAttributes {
  const changeable = abilities.updates.filter((name) => abilities.reads.includes(name) && !hidden.includes(name))
  const differs = (name: AttributeName): boolean => {
    const wanted = want[name]
    if (wanted === undefined) return false
    if (wanted === null && abilities.requires.includes(name)) return false
    return !sameValue(name, wanted, seen[name] ?? null)
  }
  return only(want, changeable.filter(differs))
}

/** Names that differ in case only are one name: some apps fold the case, and a plan must not chase it for ever. */
const sameValue = (name: AttributeName, a: string | null, b: string | null): boolean =>
  a === b || (name === 'userName' && a !== null && b !== null && a.toLowerCase() === b.toLowerCase())

const only = (attributes: AccountAttributes, names: readonly AttributeName[]): AccountAttributes =>
  Object.fromEntries(names.filter((name) => attributes[name] !== undefined).map((name) => [name, attributes[name]]))

const present = (attributes: AccountAttributes): AccountAttributes =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== null && value !== undefined))
