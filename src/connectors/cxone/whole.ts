/**
 * An account with all that the ACD knows of it laid over what UserHub says.
 * Decides which half is believed for which attribute; must not call CXone.
 */
import type { Account, AccountAttributes, AttributeName, Grant } from '../../identity/account.ts'
import type { Agent } from './acd/schema.ts'
import { authenticatorOf } from './authenticators.ts'
import { licenceOf } from './licence.ts'
import { FIELDS, PROFILE_FIELDS, textOf } from './map.ts'
import { valueOf } from './profile.ts'
import type { User } from './schema.ts'

/** What was read of an agent. */
export interface AcdView {
  readonly agent: Agent
  /** The user id of whom they report to. */
  readonly manager: string | null
  readonly skills?: readonly Grant[]
  readonly groups?: readonly Grant[]
}

export interface Seen {
  readonly plain: Account
  readonly user: User
  /** Absent where the ACD does not know them (yet). */
  readonly view: AcdView | undefined
  /** From a listing, whose rows lack what only a read by id shows. */
  readonly listed: boolean
  readonly hidden: readonly AttributeName[]
}

export function wholeAccount({ plain, user, view, listed, hidden }: Seen): Account {
  const attributes = Object.entries({ ...ofUser(user, listed), ...(view && ofAgent(user, view, listed)) })
  const shown = attributes.filter(([name, value]) => value !== null || !hidden.some((known) => known === name))
  const { skills, groups } = view ?? {}
  return {
    ...plain,
    attributes: { ...plain.attributes, ...Object.fromEntries(shown) },
    grants: {
      role: furtherRoles(plain),
      ...(skills === undefined ? {} : { skill: skills }),
      ...(groups === undefined ? {} : { group: groups }),
    },
    ...(hidden.length === 0 ? {} : { hidden }),
    ...lastSignIn(view),
    ...(isTied(user, view) ? { tiedBySignIn: true } : {}),
    ...(isAsleep(plain, view) ? { asleep: true } : {}),
  }
}

/** By the ACD (section 5.1): of who only uses the portal it may know nothing. */
function lastSignIn(view: AcdView | undefined): Pick<Account, 'lastSignIn'> {
  if (view === undefined || !('lastLogin' in view.agent.raw)) return {}
  return { lastSignIn: textOf(view.agent.raw['lastLogin']) }
}

/** What a provider knows its person by (sections 8.1 and 8.3): the federated identity, or issuer and subject in the ACD. */
const isTied = ({ raw }: User, view: AcdView | undefined): boolean => {
  const has = (value: unknown): boolean => textOf(value) !== null
  const { federatedId, issuer, subject } = view?.agent.raw ?? {}
  return has(raw[FIELDS.federatedId]) || has(federatedId) || (has(issuer) && has(subject))
}

/** In some tenants an agent counts as active only once its person was (section 10), and takes changes only then. */
const isAsleep = ({ state }: Account, view: AcdView | undefined): boolean =>
  (state === 'unregistered' || state === 'pending') && view?.agent.active === false

/** All it holds but the one. */
export const furtherRoles = ({ attributes, roles = [] }: Account): readonly Grant[] =>
  roles.filter((id) => id !== attributes.role).map((id) => ({ id }))

const MIRRORED = ['federatedId', 'hireDate'] as const

function ofUser({ raw }: User, listed: boolean): AccountAttributes {
  const authenticator = textOf(raw['loginAuthenticatorId'])
  const shown = MIRRORED.filter((name) => FIELDS[name] in raw)
  return {
    ...(listed && authenticator === null ? {} : { loginAuthenticator: authenticator }),
    ...Object.fromEntries(shown.map((name) => [name, valueOf(name, raw[FIELDS[name]])])),
  }
}

function ofAgent({ raw }: User, { agent, manager }: AcdView, listed: boolean): AccountAttributes {
  const named = Object.entries(PROFILE_FIELDS) as [keyof typeof PROFILE_FIELDS, string][]
  const inAcd = named.map(([name, field]) => [name, valueOf(name, agent.raw[field])] as const)
  // Shown by the read of the user, its value counts.
  const texts = inAcd.flatMap(([name, value]) => {
    const own = name === 'federatedId' || name === 'hireDate' ? valueOf(name, raw[FIELDS[name]]) : null
    return [[name, own ?? value] as const]
  })
  const authenticator = textOf(raw['loginAuthenticatorId']) ?? textOf(authenticatorOf(agent.raw))
  return {
    ...Object.fromEntries(texts),
    reportsTo: manager,
    ...(listed && authenticator === null ? {} : { loginAuthenticator: authenticator }),
    // Rows of a listing mostly lack the attributes, and half a licence is none.
    ...(listed && !('applicationAttributes' in raw) ? {} : { licence: licenceOf(raw, agent.raw) }),
  }
}
