// Decides how a user looks in native SCIM (facts 3.2): names, what comes back where, and what is left out. Holds no data.
import type { StoredUser } from '../records.ts'
import type { World } from '../world.ts'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const NICE = 'urn:ietf:params:scim:schemas:extension:nice:2.0:User'

/** One resource. Rows of a search lack phoneNumbers. */
export function showUser(user: StoredUser, where: 'single' | 'row', world: World): Record<string, unknown> {
  const { store } = world
  const role = store.roles.get(user.roleUUID)
  const phone = where === 'row' || user.mobileNumber === null ? undefined : user.mobileNumber
  return filled({
    schemas: [USER, NICE],
    id: user.id,
    externalId: externalId(user, world),
    userName: user.userName,
    name: filled({ givenName: user.firstName, middleName: user.middleName, familyName: user.lastName }),
    displayName: user.displayName,
    emails: [{ value: user.emailAddress, type: 'work', primary: true }],
    phoneNumbers: phone === undefined ? undefined : [{ value: phone, type: 'mobile', primary: true }],
    active: isActive(user, world),
    userType: user.type,
    locale: 'en-US',
    // The request spells it timezone.
    timeZone: user.timeZone,
    roles: role === undefined ? [] : [{ display: role.roleName, value: role.roleId, primary: true }],
    [NICE]: filled({
      team: named(user.teamId, store.teams.get(user.teamId)?.name),
      loginAuthenticator: named(
        user.loginAuthenticatorId,
        store.authenticators.find(({ id }) => id === user.loginAuthenticatorId)?.name,
      ),
    }),
    meta: { resourceType: 'User' },
  })
}

export function isActive({ status }: StoredUser, { switches }: World): boolean {
  return switches.scimActive === 'onlyActive' ? status === 'ACTIVE' : status !== 'DELETED'
}

function externalId({ externalIdentity, scimExternalId }: StoredUser, { switches }: World): string | null {
  if (switches.scimExternalId === 'absent') return null
  return switches.scimExternalId === 'kept' ? scimExternalId : externalIdentity
}

function named(value: string | null, display: string | undefined): Record<string, string> | undefined {
  return value === null || display === undefined ? undefined : { display, value }
}

function filled(resource: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(resource).filter(([, value]) => value !== null && value !== undefined))
}
