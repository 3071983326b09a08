/**
 * Giving and taking what an account can hold several of: skills and groups in the ACD, secondary roles in UserHub.
 * Decides which part does it and how many roles are too many; must not decide who gets what.
 */
import type { Grant, GrantKind, Grants } from '../../identity/account.ts'
import type { Change } from '../../reconcile/change.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { gone, invalid } from './complaints.ts'
import { furtherRolesOf } from './map.ts'
import type { Parts } from './parts.ts'
import { patiently } from './patiently.ts'
import { isRefusedAsAsked, type CxoneRefused } from './refusal.ts'
import type { User } from './schema.ts'
import { updateUser } from './update-user.ts'

export type GrantChange = Extract<Change, { kind: 'grant' | 'revoke' }>

/** The user as read, and what it holds of the kind now; roles stand in the user itself. */
export interface Granted {
  readonly user: User
  readonly grants?: Grants
}

export const makeGrant = (parts: Parts, ask: Ask, change: GrantChange): Promise<Granted> =>
  change.of === 'role' ? changeRoles(parts, ask, change) : changeHoldings(parts, ask, { change, of: change.of })

interface Holding {
  readonly change: GrantChange
  readonly of: Exclude<GrantKind, 'role'>
}

async function changeHoldings(parts: Parts, ask: Ask, { change, of }: Holding): Promise<Granted> {
  const user = await parts.directory.byId(ask, change.account)
  if (user === undefined) throw gone(change.account)
  const agentId = await parts.agents.idOf(ask, user.id)
  const holdings = of === 'skill' ? parts.skills : parts.groups
  const act = (): Promise<readonly Grant[]> =>
    change.kind === 'grant' ? holdings.give(ask, agentId, change.grants) : holdings.take(ask, agentId, change.ids)
  return { user, grants: { [of]: await patiently(parts, { ask, user }, act) } }
}

/** Section 4.5. */
const MOST_ROLES = 10

async function changeRoles(parts: Parts, ask: Ask, change: GrantChange): Promise<Granted> {
  const next = (held: readonly string[]): readonly string[] =>
    change.kind === 'grant'
      ? [...new Set([...held, ...change.grants.map(({ id }) => id)])].toSorted()
      : held.filter((id) => !change.ids.includes(id))
  if (change.kind === 'grant') {
    if (change.grants.length > MOST_ROLES) throw tooManyWanted(change.grants.length)
    // What UserHub does with a role that nobody knows is not written down.
    for (const { id } of change.grants) await parts.catalogue.resolve(ask, 'role', id)
  }
  const user = await updateUser(parts, ask, {
    id: change.account,
    set: {},
    more: (before) => {
      const held = furtherRolesOf(before)
      const secondaryRoleIds = next(held)
      if (secondaryRoleIds.length > MOST_ROLES) throw tooMany(before, secondaryRoleIds.length)
      return secondaryRoleIds.join() === held.join() ? {} : { secondaryRoleIds }
    },
  }).catch((error: unknown) => {
    throw isRefusedAsAsked(error) ? aboutOne(error, change) : error
  })
  return { user }
}

/** The refusal says which role it is about, if CXone names one of them or there is only one. */
function aboutOne({ refusal, said }: CxoneRefused, change: GrantChange): ConnectorError {
  const ids = change.kind === 'grant' ? change.grants.map(({ id }) => id) : change.ids
  const about = ids.find((id) => said.includes(id)) ?? (ids.length === 1 ? ids[0] : undefined)
  return new ConnectorError(about === undefined ? refusal : { ...refusal, about })
}

const tooManyWanted = (count: number): ConnectorError =>
  new ConnectorError({
    code: 'policy-invalid',
    retry: 'later',
    detail: `CXone gives an account ${MOST_ROLES} roles beside its primary one at most, and ${count} are wanted; want fewer.`,
  })

const tooMany = ({ userName }: User, count: number): ConnectorError =>
  invalid(
    `${userName} would hold ${count} roles beside the primary one, and CXone allows ${MOST_ROLES}; take some of theirs away first.`,
  )
