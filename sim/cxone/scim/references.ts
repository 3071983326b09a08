// Decides which role, team or login authenticator a request of native SCIM names (facts 3.2): by id in `value`, by name
// in `display`. Changes nothing.
import { type Json, toList, toObject } from '../input.ts'
import type { StoredRole } from '../records.ts'
import { invalid } from '../user-fields.ts'
import type { World } from '../world.ts'
import { fold } from '../store.ts'

interface Named {
  readonly id: string
  readonly name: string
  readonly isActive: boolean
}

/** The id of the primary role; nothing where none is named. */
export function roleIn(roles: unknown, world: World): string | undefined {
  if (roles === undefined || roles === null) return undefined
  const items = typeof roles === 'string' ? [roles] : toList(roles, 'roles')
  const primary = items.find((item) => typeof item === 'object' && item !== null && (item as Json)['primary'] === true)
  const all = [...world.store.roles.values()].map(({ roleId, roleName, status }) => ({
    id: roleId,
    name: roleName,
    isActive: status === 'ACTIVE',
  }))
  return found(primary ?? items[0], { where: 'roles', all, world })
}

export function teamIn(team: unknown, world: World): string | undefined {
  const all = [...world.store.teams.values()].map(({ id, name, status }) => ({
    id,
    name,
    isActive: status === 'ACTIVE',
  }))
  return found(team, { where: 'team', all, world })
}

export function authenticatorIn(authenticator: unknown, world: World): string | undefined {
  const all = world.store.authenticators.map(({ id, name }) => ({ id, name, isActive: true }))
  return found(authenticator, { where: 'loginAuthenticator', all, world })
}

/**
 * The role of new users: what Account Settings name, or Agent (facts 3.3).
 *
 * @throws Refusal `invalid` when there is no such role in use
 */
export function defaultRole(world: World): StoredRole {
  const name = world.account.defaultRole ?? 'Agent'
  const role = world.store.roleNamed(name)
  if (role?.status === 'ACTIVE') return role
  throw invalid('ROLE_NOT_FOUND', `there is no active role called ${name} for new users`)
}

function found(reference: unknown, among: { where: string; all: readonly Named[]; world: World }): string | undefined {
  if (reference === undefined || reference === null || reference === '') return undefined
  const { where, all, world } = among
  const { scimReference: by, scimUnknownReference } = world.switches
  const { value, display } =
    typeof reference === 'string' ? { value: reference, display: reference } : toObject(reference, where)
  const byValue = by === 'display' ? undefined : all.find(({ id }) => id === value)
  const named = by === 'value' || typeof display !== 'string' ? undefined : fold(display)
  const one = byValue ?? (named === undefined ? undefined : all.find(({ name }) => fold(name) === named))
  if (one?.isActive === true) return one.id
  if (scimUnknownReference === 'overlooked') return undefined
  throw invalid('REFERENCE_NOT_FOUND', `${where} names none that is in use: ${JSON.stringify(reference)}`)
}
