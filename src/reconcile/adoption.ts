/**
 * Whose account it is that a name leads to.
 * Decides when an account that exists already becomes somebody's, and says why not; must not read or write anything.
 *
 * The rule is DESIGN 4.3: the exact user name, the given or the family name, no privileged role, not the connector's own
 * account, no other owner. All of it is compared here, on the record that the app returned.
 */
import type { Account, AccountAttributes, AttributeName, Wish } from '../identity/account.ts'
import { differsFrom, isNameless, nameOf, personNames, sharesName, type PersonNames } from '../identity/person-names.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { Verdict } from './change.ts'
import type { Guard } from './protection.ts'

/** The identity that owns an account just now. */
export interface Owner {
  readonly connection: string
  readonly userName: string
  /** Its provider has deleted it: it wants nothing any more. */
  readonly deleted: boolean
  /** Of its person, when it was last delivered; what is not known is null. */
  readonly known: PersonNames
}

/** What a person has decided about identity and account (`rollcall link settle`). */
export interface Settlement {
  readonly as: 'adopt' | 'ignore'
  readonly evenProtected: boolean
}

/** What is known of identity and account beside what both look like. */
export interface Standing {
  /** Who the identity is, by its provider. */
  readonly person: PersonNames
  /** The app's setting. */
  readonly adopt: 'matching' | 'never'
  /** RFC 3339, when its provider first sent the identity; absent where that is not known. */
  readonly since?: string
  readonly owner?: Owner
  readonly guard?: Guard
  readonly settled?: Settlement
  /** Of an account that is ours: whose it was when it was last delivered to somebody active. */
  readonly known?: PersonNames
  /** It was reactivated, and what a returning person gets is not all set yet. */
  readonly returning?: boolean
  /** Its person was asked in by Rollcall, or may have been. */
  readonly invited?: boolean
}

/**
 * What becomes of an account that has the wanted name and is not this identity's. User names are compared without regard
 * to case, as `userNameKey` folds them.
 */
export function claim(account: Account, wanted: string, standing: Standing): Verdict {
  const { owner, guard, settled } = standing
  const disputed = (why: string): Verdict => ({ kind: 'conflict', state: 'disputed', account: account.id, why })
  const name = account.attributes.userName ?? account.id
  if (settled?.as === 'ignore') return { kind: 'skip', why: `settled: the account ${name} is not this person's` }
  if (owner?.deleted === false)
    return disputed(
      `the account ${name} follows ${owner.userName} of the connection ${owner.connection}; an account has one owner`,
    )
  if (guard !== undefined && (guard.kind === 'self' || settled?.evenProtected !== true))
    return disputed(`the account ${name} ${guard.why}, so it is protected and is not adopted`)
  if (settled !== undefined) return adopted(account, owner, 'somebody has settled that it is theirs')
  if (userNameKey(name) !== userNameKey(wanted))
    return disputed(`the account found has the user name ${name}, and not ${wanted}`)
  return owner === undefined ? claimStranger(account, standing) : claimOfLeaver(account, owner, standing)
}

const adopted = (account: Account, owner: Owner | undefined, why: string): Verdict => ({
  kind: 'adopt',
  account: account.id,
  origin: 'adopted',
  takesOver: owner !== undefined,
  why,
})

/** An account that is nobody's. */
function claimStranger(account: Account, standing: Standing): Verdict {
  const { adopt, person } = standing
  const there = personNames(account.attributes)
  const name = account.attributes.userName ?? account.id
  const byItself = madeAtSignIn(account, standing)
    ? ' (the app seems to have made it by itself, at a first sign-in)'
    : ''
  const disputed = (why: string): Verdict => ({
    kind: 'conflict',
    state: 'disputed',
    account: account.id,
    why: why + byItself,
  })
  if (adopt === 'never')
    return disputed(`an account ${name} exists already, and this app adopts none by itself (adopt: never)`)
  if (byItself !== '' && sharesName(there, person)) {
    const why = `the app made the account ${name} by itself, when its person first signed in`
    return { kind: 'adopt', account: account.id, origin: 'adopted', takesOver: false, asNew: true, why }
  }
  if (sharesName(there, person))
    return adopted(account, undefined, `the account ${name} existed already and is of the same name`)
  return disputed(
    `an account ${name} exists already, of another person: neither given nor family name is the same; there ${nameOf(there)}, here ${nameOf(person)}`,
  )
}

/**
 * Made by the app, when somebody came through their provider whom it did not know (just in time): a sign-in is tied to it,
 * and it is younger than the identity, whom Rollcall had not brought there yet. Nobody has cared for it before.
 */
export const madeAtSignIn = (account: Account, { since }: Pick<Standing, 'since'>): boolean =>
  account.tiedBySignIn === true &&
  account.state === 'active' &&
  Date.parse(account.createdAt ?? '') >= Date.parse(since ?? '')

/** An account whose owner was deleted at its provider: the person who returns gets it, nobody else does. */
function claimOfLeaver(account: Account, owner: Owner, { person }: Standing): Verdict {
  const name = account.attributes.userName ?? account.id
  const difference = differsFrom(knownOf(owner.known, account), person)
  if (difference === undefined)
    return adopted(account, owner, `the account ${name} was theirs before ${owner.connection} deleted them`)
  const why = `the account ${name} was that of somebody who has left, and who asks for it now seems to be another person: ${difference}`
  return { kind: 'conflict', state: 'disputed', account: account.id, why }
}

/** Why an account of ours is not given back to who returns; undefined if it is. */
export function heldReturn(account: Account, { known, person, settled }: Standing): string | undefined {
  if (settled?.as === 'adopt') return undefined
  const difference = differsFrom(knownOf(known, account), person)
  return difference === undefined
    ? undefined
    : `who returns to the account ${account.attributes.userName ?? account.id} seems to be another person than who left: ${difference}`
}

/** What was written down; where nothing was, what the account itself says. */
function knownOf(known: PersonNames | undefined, { attributes }: Account): PersonNames {
  const there = personNames(attributes)
  if (known === undefined) return there
  return isNameless(known) ? { ...there, employeeNumber: known.employeeNumber ?? there.employeeNumber } : known
}

/** Attributes as the provider wanted them at the moment of an adoption: left as the account had them. */
export type LeftAlone = AccountAttributes

/**
 * Adoption changes nothing but the link. An attribute is left alone for as long as the provider says of it what it said
 * then; what it changes later is a wish like any other (docs/adr/0004).
 */
export const exceptLeftAlone = (wish: Wish, left: LeftAlone): Wish => ({
  ...wish,
  attributes: pick(wish.attributes, (name) => !isLeft(wish.attributes, left, name)),
})

/** What is still left alone after this wish was delivered: once changed, an attribute is the provider's for good. */
export const stillLeftAlone = (wish: AccountAttributes, left: LeftAlone): LeftAlone =>
  pick(left, (name) => isLeft(wish, left, name))

const isLeft = (wish: AccountAttributes, left: LeftAlone, name: AttributeName): boolean =>
  left[name] !== undefined && (wish[name] ?? null) === left[name]

const pick = (from: AccountAttributes, that: (name: AttributeName) => boolean): AccountAttributes =>
  Object.fromEntries((Object.keys(from) as AttributeName[]).filter(that).map((name) => [name, from[name]]))
