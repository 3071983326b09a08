// Decides who somebody is that comes from the identity provider, and the account that CXone makes of whoever is nobody
// yet (facts 8.1 to 8.3): the default role and team, and the NameID as federated identity. Checks no assertion.
import { addUser } from './create-user.ts'
import { type Json, onlyKeys, toFilledText, toText } from './input.ts'
import type { StoredUser } from './records.ts'
import { Refusal } from './refusal.ts'
import { defaultRole } from './scim/references.ts'
import { fold } from './store.ts'
import type { World } from './world.ts'

export interface SignOn {
  readonly created: boolean
  readonly user: StoredUser
}

const GIVEN = ['nameId', 'email', 'firstName', 'lastName'] as const

/** @throws Refusal when the person may not come in */
export function signOn(body: Json, world: World): SignOn {
  onlyKeys(body, GIVEN, 'the body')
  const nameId = toFilledText(body['nameId'], 'nameId')
  const known = whoIs(nameId, world)
  if (known === undefined) return { created: true, user: makeAccount(nameId, body, world) }
  if (known.status !== 'ACTIVE')
    throw new Refusal('bad', 'NOT_ACTIVE', `user ${known.userName} is ${known.status} and cannot sign in`)
  return { created: false, user: known }
}

function whoIs(nameId: string, { store, switches }: World): StoredUser | undefined {
  for (const user of store.users.values())
    if (user.externalIdentity !== null && fold(user.externalIdentity) === fold(nameId)) return user
  return switches.signInFinds === 'userNameToo' ? store.holdersOf(nameId)[0] : undefined
}

function makeAccount(nameId: string, body: Json, world: World): StoredUser {
  const { signInMakes } = world.switches
  if (signInMakes === 'nobody')
    throw new Refusal('bad', 'NO_SUCH_USER', `nobody has the federated identity ${nameId}, and none is made at sign-in`)
  const [mailbox = nameId] = nameId.split('@')
  const emailAddress = toText(body['email'] ?? (nameId.includes('@') ? nameId : `${nameId}@sso.invalid`), 'email')
  return addUser(
    {
      userName: signInMakes === 'byEmail' ? emailAddress : nameId,
      firstName: toText(body['firstName'] ?? mailbox, 'firstName'),
      lastName: toText(body['lastName'] ?? mailbox, 'lastName'),
      emailAddress,
      roleUUID: defaultRole(world).roleId,
      teamId: world.store.defaultTeamId,
      externalIdentity: nameId,
      loginAuthenticatorId: world.store.authenticators.find(({ kind }) => kind !== 'System')?.id ?? null,
    },
    'active',
    world,
  )
}

/** What the console shows of the login authenticator: facts 8.2, for this tenant. */
export function serviceProvider({ origin, tenant, idpEndpointUrl }: World): Record<string, unknown> {
  return {
    entityId: `${origin}/${tenant.tenantId}`,
    assertionUrl: `${origin}/auth/authorize?tenantId=${tenant.tenantId}`,
    signOnUrl: origin,
    idpEndpointUrl,
  }
}
