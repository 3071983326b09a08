// Decides what a test or a demo can do, behind the back of every client, to the ways in: clock, client, keys, rights,
// Account Settings, single sign-on; and what it can count. No API of CXone can do any of it.
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { createKey, keyById, shown } from './access-keys.ts'
import { type Json, onlyKeys, toFlag, toObject, toText, toTexts, toWhole } from './input.ts'
import { PERMISSIONS } from './permissions.ts'
import type { StoredKey, StoredRole } from './records.ts'
import { Refusal } from './refusal.ts'
import { changeAccountSettings } from './scim/account-settings.ts'
import { serviceProvider, signOn } from './single-sign-on.ts'
import { deactivateUsers } from './status.ts'
import { userById } from './update-user.ts'
import type { World } from './world.ts'

export function waysControl(app: FastifyInstance, world: World): void {
  app.get('/calls/count', (request) => {
    const { since } = request.query as Record<string, unknown>
    return world.calls.countSince(since === undefined ? 0 : toWhole(since, 'since'))
  })
  app.get('/clock', () => clockOf(world))
  app.put('/clock', (request) => {
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['offsetSeconds'], 'the body')
    world.clock.offsetMs = readOffset(body['offsetSeconds'], 'offsetSeconds')
    return clockOf(world)
  })
  app.put('/client', (request) => {
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['isEnabled', 'isAuthorized'], 'the body')
    for (const name of ['isEnabled', 'isAuthorized'] as const)
      if (body[name] !== undefined) world.client[name] = toFlag(body[name], name)
    return world.client
  })
  keys(app, world)
  roles(app, world)
  people(app, world)
  app.get('/account-settings', () => world.account)
  app.put('/account-settings', (request) => changeAccountSettings(toObject(request.body, 'the body'), world))
}

function people(app: FastifyInstance, world: World): void {
  app.post('/users/:id/deactivate', (request) => {
    const { id } = userById((request.params as { id: string }).id, world)
    if (deactivateUsers([id], '', world).length > 0)
      throw new Refusal('bad', 'NOT_DEACTIVATED', `user ${id} cannot be deactivated`)
    return userById(id, world)
  })
  app.post('/jit', (request) => signOn(toObject(request.body, 'the body'), world))
  app.get('/sso', () => serviceProvider(world))
  app.put('/sso', (request) => {
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['idpEndpointUrl'], 'the body')
    const { idpEndpointUrl: url } = body
    if (url !== null && !URL.canParse(toText(url, 'idpEndpointUrl')))
      throw new Refusal('bad', 'BAD_VALUE', 'idpEndpointUrl must be an address, or null')
    world.idpEndpointUrl = url === null ? null : toText(url, 'idpEndpointUrl')
    return serviceProvider(world)
  })
}

const DAY = 86_400

/** Seconds, also behind. */
function readOffset(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && Math.abs(value) <= 366 * DAY) return value * 1000
  throw new Refusal('bad', 'BAD_VALUE', `${where} must be whole seconds, at most a year ahead or behind`)
}

function clockOf(world: World): object {
  return { offsetSeconds: world.clock.offsetMs / 1000, now: new Date(world.now()).toISOString() }
}

function keys(app: FastifyInstance, world: World): void {
  app.post('/access-keys', (request) => {
    const { userId, ...patch } = toObject(request.body, 'the body')
    const owner = userById(toText(userId, 'userId'), world)
    const made = createKey(owner.id, world)
    patchKey(keyById(String(made['accessKeyId']), world), patch)
    return { ...made, ...patch }
  })
  app.put('/access-keys/:accessKeyId', (request: FastifyRequest) => {
    const key = keyById((request.params as { accessKeyId: string }).accessKeyId, world)
    patchKey(key, toObject(request.body, 'the body'))
    return controlKey(key, world)
  })
}

/** Without the secret, and with what no read of CXone tells. */
export function controlKey(key: StoredKey, world: World): Record<string, unknown> {
  return { ...shown(key, world), expiresAt: key.expiresAt }
}

function patchKey(key: StoredKey, body: Json): void {
  onlyKeys(body, ['isActive', 'expiresAt', 'lastUsedDate'], 'the body')
  const dates = (['expiresAt', 'lastUsedDate'] as const)
    .filter((name) => body[name] !== undefined)
    .map((name) => [name, dateIn(body[name], name)] as const)
  const isActive = body['isActive'] === undefined ? key.isActive : toFlag(body['isActive'], 'isActive')
  Object.assign(key, { isActive, ...Object.fromEntries(dates) })
}

function dateIn(value: unknown, where: string): string | null {
  if (value === null) return null
  const text = toText(value, where)
  if (!Number.isNaN(Date.parse(text))) return text
  throw new Refusal('bad', 'BAD_VALUE', `${where} must be a date, or null`)
}

function roles(app: FastifyInstance, world: World): void {
  app.put('/role', (request) => changeRole(toObject(request.body, 'the body'), world))
  app.put('/service-role', (request) => {
    const role = world.store.roles.get(userById(world.store.serviceUserId, world).roleUUID)
    if (role === undefined) throw new Refusal('bad', 'NO_SERVICE_ROLE', 'the service user has no role')
    const body = toObject(request.body, 'the body')
    onlyKeys(body, ['permissions', 'without'], 'the body')
    role.permissions =
      body['without'] === undefined
        ? permissionsIn(body['permissions'], 'permissions')
        : without(permissionsIn(body['without'], 'without'))
    return { role: role.roleName, permissions: role.permissions }
  })
}

/** What an administrator does in the console: no API can. */
function changeRole(body: Json, world: World): object {
  onlyKeys(body, ['roleName', 'status', 'permissions'], 'the body')
  const roleName = toText(body['roleName'], 'roleName')
  const role = world.store.roleNamed(roleName)
  if (role === undefined) throw new Refusal('bad', 'UNKNOWN_ROLE', `no role is called "${roleName}"`)
  const permissions = body['permissions'] === undefined ? undefined : permissionsIn(body['permissions'], 'permissions')
  const status = body['status'] === undefined && permissions !== undefined ? role.status : statusIn(body['status'])
  role.status = status
  role.permissions = permissions ?? role.permissions
  return { role: role.roleName, status, permissions: role.permissions }
}

function statusIn(value: unknown): StoredRole['status'] {
  const status = (['ACTIVE', 'INACTIVE', 'DRAFT', 'DELETED'] as const).find((one) => one === value)
  if (status === undefined) throw new Refusal('bad', 'BAD_STATUS', 'status must be ACTIVE, INACTIVE, DRAFT or DELETED')
  return status
}

function permissionsIn(value: unknown, where: string): string[] {
  const permissions = toTexts(value, where)
  const unknown = permissions.find((name) => !(PERMISSIONS as readonly string[]).includes(name))
  if (unknown === undefined) return permissions
  throw new Refusal(
    'bad',
    'UNKNOWN_PERMISSION',
    `no right is called "${unknown}"; there are: ${PERMISSIONS.join(', ')}`,
  )
}

/** Every right but these, and but those that imply them: who may create or edit may view (facts 2.6). */
function without(withheld: readonly string[]): string[] {
  const areas = withheld.filter((name) => name.endsWith('.view')).map((name) => name.slice(0, -'view'.length))
  return PERMISSIONS.filter((name) => !withheld.includes(name) && !areas.some((area) => name.startsWith(area)))
}
