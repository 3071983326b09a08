/**
 * Gathers what is known of an identity and the account found for it, before a plan is made.
 * Decides what is worth asking for; must not decide whose account it is (reconcile/adoption.ts).
 */
import { ConnectorError } from '../connectors/contract.ts'
import type { Account, Wish } from '../identity/account.ts'
import { differsFrom, personNames, type PersonNames } from '../identity/person-names.ts'
import { userNameKey } from '../identity/user-name.ts'
import type { Owner, Settlement, Standing } from '../reconcile/adoption.ts'
import { withDefaults } from '../reconcile/plan.ts'
import {
  adoptionGuard,
  hardGuard,
  isAdministrator,
  isLastAdministrator,
  returnGuard,
  rolesOf,
  type Guard,
} from '../reconcile/protection.ts'
import type { LeasedDelivery } from '../store/deliveries.ts'
import { leavingAccounts, readOwner, type LinkRecord } from '../store/ownership.ts'
import { readSettledByName } from '../store/settlements.ts'
import type { DeliverContext, OpenTarget } from './delivery-context.ts'

export interface Found {
  readonly link: LinkRecord
  readonly account: Account | 'absent'
  /** All that the provider wants, in its own terms. */
  readonly asked: Wish
  /** The account is the one that an unfinished create of ours was to make. */
  readonly unfinished: boolean
  /** The account is the one that the provider was shown under this identity's id. */
  readonly addressed: boolean
  /** When its provider first sent the identity. */
  readonly since: Date
}

/** What standing is read from: rows of the database one by one, or those of many people at once. */
export interface StandingSources {
  readonly target: OpenTarget
  owner(account: string): Promise<Owner | undefined>
  /** See store/settlements.ts. */
  settledByName(userNameKey: string): ReturnType<typeof readSettledByName>
  /** Of these accounts, those whose owner does not want them active any more. */
  leaving(accounts: readonly string[]): Promise<ReadonlySet<string>>
  /** All accounts of the app, or at least its administrators; undefined where the listing is not whole. */
  everybody(): Promise<readonly Account[] | undefined>
}

/** Of one delivery, read just now. */
export const readStanding = (
  { db, target }: Pick<DeliverContext, 'db' | 'target'>,
  delivery: LeasedDelivery,
  found: Found,
): Promise<Standing> =>
  standingOf(
    {
      target,
      owner: (account) => readOwner(db, delivery, account),
      settledByName: (key) => readSettledByName(db, delivery, key),
      leaving: (accounts) => leavingAccounts(db, delivery, accounts),
      everybody: () => target.protection.everybody(),
    },
    found,
  )

/** Gathers what the plan depends on beside wish and account. Throws ConnectorError where the app must be asked and is away. */
export async function standingOf(
  sources: StandingSources,
  { link, account, asked, unfinished, addressed, since }: Found,
): Promise<Standing> {
  const person = personNames(asked.attributes)
  const { adopt } = sources.target.protection
  const standing = { person, adopt, known: link.known, returning: link.returning }
  if (account === 'absent') return { ...standing, ...chosen(link.settled, 'ignore') }
  if (link.account !== undefined || unfinished) {
    const guard = await guardOfOwn(sources, { link, account, asked })
    return { ...standing, ...chosen(settledFor(link, account), 'adopt'), ...(guard === undefined ? {} : { guard }) }
  }
  if (!asked.active && !addressed) return standing
  const settled = settledForPerson(link, account, person) ?? (await settledByName(sources, { account, asked, person }))
  const owner = await sources.owner(account.id)
  const guard = owner?.deleted === false ? undefined : await guardOfStranger(sources, account)
  return {
    ...standing,
    since: since.toISOString(),
    ...(settled === undefined ? {} : { settled }),
    ...(owner === undefined ? {} : { owner }),
    ...(guard === undefined ? {} : { guard }),
  }
}

const chosen = (settled: Settlement | undefined, as: Settlement['as']): Pick<Standing, 'settled'> =>
  settled?.as === as ? { settled } : {}

/** What was settled holds for the account it was settled about. */
const settledFor = ({ settled }: LinkRecord, account: Account): Settlement | undefined =>
  settled?.as === 'ignore' || settled?.account === account.id ? settled : undefined

/** Of an account that is not theirs: decided for who the identity was then. */
function settledForPerson(link: LinkRecord, account: Account, person: PersonNames): Settlement | undefined {
  return differsFrom(link.known, person) === undefined ? settledFor(link, account) : undefined
}

async function settledByName(
  sources: StandingSources,
  { account, asked, person }: { account: Account; asked: Wish; person: PersonNames },
): Promise<Settlement | undefined> {
  const earlier = await sources.settledByName(userNameKey(asked.attributes.userName ?? ''))
  if (earlier === undefined || earlier.settled.account !== account.id) return undefined
  return differsFrom(earlier.person, person) === undefined ? earlier.settled : undefined
}

async function guardOfStranger({ target }: StandingSources, account: Account): Promise<Guard | undefined> {
  const { protection } = target
  const self = await protection.self()
  const roles = await protection.rolesFor([account])
  return adoptionGuard(account, { protect: protection.protect, self, roles })
}

interface Own {
  readonly link: LinkRecord
  readonly account: Account
  readonly asked: Wish
}

async function guardOfOwn(sources: StandingSources, { link, account, asked }: Own): Promise<Guard | undefined> {
  const { connector, protection } = sources.target
  const { active } = asked
  const { protect } = protection
  const self = await (active ? protection.self() : protection.self().catch(unlessProtected(link)))
  const hard = hardGuard(account, { protect, self })
  if (hard !== undefined && (hard.kind === 'self' || !link.evenProtected)) return hard
  const inactive = account.state === 'inactive'
  if (active === !inactive) return undefined
  if (!active) return guardOfLeaver(sources, { account, link, self })
  if (link.evenProtected || rolesOf(account).length === 0) return undefined
  const resetsRole = withDefaults(asked).attributes.role != null && connector.capabilities.updates.includes('role')
  return returnGuard(account, { protect, roles: await protection.rolesFor([account]) }, resetsRole)
}

/**
 * A deactivation depends on nothing that the app may not answer (docs/adr/0004). Whose account it is was looked at when it was
 * linked; whom nothing protected when they were last looked at is disabled, and a row that is held stays held.
 */
const unlessProtected =
  ({ disputed }: LinkRecord) =>
  (error: unknown): undefined => {
    if (error instanceof ConnectorError && !disputed) return undefined
    throw notTold(error)
  }

/** Trouble of this row alone: others who leave do not wait for it. */
function notTold(error: unknown): unknown {
  if (!(error instanceof ConnectorError)) return error
  const detail = `Whether this account may be disabled cannot be told before the app answers: it was protected when it was last looked at, or may be that of the last administrator. ${error.refusal.detail}`
  return new ConnectorError({ code: 'answer-unexpected', retry: 'soon', detail }, { cause: error })
}

interface Leaver {
  readonly account: Account
  readonly link: LinkRecord
  readonly self: string | undefined
}

async function guardOfLeaver(
  { target, everybody, leaving: leavingOf }: StandingSources,
  { account, link, self }: Leaver,
): Promise<Guard | undefined> {
  const { protection } = target
  if (rolesOf(account).length === 0) return undefined
  const roles = await protection.rolesFor([account]).catch((error: unknown) => {
    unlessProtected(link)(error)
    return protection.lastRoles()
  })
  if (!isAdministrator(account, roles)) return undefined
  const all = await everybody().catch((error: unknown) => {
    throw notTold(error)
  })
  if (all === undefined) {
    const why = 'is an administrator, and may be the last active one: the app does not show all its accounts'
    return { kind: 'last-administrator', why }
  }
  const others = all.filter((other) => isAdministrator(other, roles)).map(({ id }) => id)
  const leaving = await leavingOf(others)
  return isLastAdministrator(account, all, { roles, self, leaving })
    ? { kind: 'last-administrator', why: 'is the last active administrator' }
    : undefined
}
