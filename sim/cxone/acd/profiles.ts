// Decides how a role appears in the ACD: as a security profile with a number (facts 5.4). Roles themselves are read
// only.
import type { FastifyInstance } from 'fastify'
import type { StoredRole } from '../records.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { catalogPage } from './page.ts'

const FIRST_PROFILE = 6000
const VIEW = { config: { needs: 'securityProfiles.view' } } as const

export function profileIdOf(role: StoredRole): number {
  return FIRST_PROFILE + role.sequence
}

export function roleOfProfile(profileId: unknown, world: World): StoredRole {
  for (const role of world.store.roles.values()) if (String(profileIdOf(role)) === String(profileId)) return role
  throw new Refusal('unknown', 'PROFILE_NOT_FOUND', `there is no security profile ${String(profileId)}`)
}

export function profileRoutes(app: FastifyInstance, world: World): void {
  app.get('/security-profiles', VIEW, (request, reply) => {
    const rows = [...world.store.roles.values()]
    return catalogPage({ request, reply, world }, { key: 'profiles', rows, show: profileRow })
  })
  app.get('/security-profiles/:profileId', VIEW, (request) => {
    const role = roleOfProfile((request.params as { profileId: string }).profileId, world)
    return { profile: profileOf(role, world) }
  })
}

function profileRow(role: StoredRole): Record<string, unknown> {
  return {
    roleId: role.roleId,
    securityProfileId: profileIdOf(role),
    securityProfileName: role.roleName,
    description: role.description,
    securityProfileStatusName: role.status === 'ACTIVE' ? 'Active' : role.status === 'DRAFT' ? 'Draft' : 'Inactive',
    isInternal: role.internal === 1,
    permissions: role.permissions.map((name) => {
      const [permissionKey, option] = name.split('.')
      return { permissionKey, optionKeys: [option] }
    }),
    dataRestrictions: [{ dataRoleEntityTypeName: 'Team', accessibilityType: 'All', entityIds: [] }],
  }
}

function profileOf(role: StoredRole, world: World): Record<string, unknown> {
  const assigned = [...world.store.acd.agents.values()].filter(({ mirror }) => mirror.roleUUID === role.roleId)
  return {
    profileId: profileIdOf(role),
    profileName: role.roleName,
    description: role.description,
    isActive: role.status === 'ACTIVE',
    isExternal: false,
    pwMinLength: 8,
    pwRequireDigit: true,
    pwExpirationDays: 90,
    pwLockoutAttempts: 6,
    assignedAgents: assigned.map(({ agentId, mirror }) => ({ agentId, firstName: mirror.firstName, lastName: mirror.lastName })), // prettier-ignore
  }
}
