// Decides who gets a token: access key, refresh, and the password grant of a registered client (facts 2.1, 2.2). Which
// client it is decides client-auth.ts.
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { keyTrouble } from '../access-keys.ts'
import { clientTrouble } from '../client-auth.ts'
import { toObject } from '../input.ts'
import type { StoredKey } from '../records.ts'
import { authError } from '../refusal.ts'
import type { TokenAnswer, Way } from '../tokens.ts'
import type { World } from '../world.ts'

export function authRoutes(app: FastifyInstance, world: World): void {
  app.get('/auth/jwks', () => world.tokens.publicKeys())
  app.post('/authentication/v1/token/access-key', async (request, reply) => {
    if (isForm(request) && world.switches.accessKeyForm === 'refused') {
      return reply.code(415).send(authError('unsupported_media_type', 'send application/json'))
    }
    const { accessKeyId, accessKeySecret } = toObject(request.body ?? {}, 'the body')
    const opened = keyFor(accessKeyId, accessKeySecret, world)
    if (typeof opened === 'string')
      return reply.code(world.switches.badCredentials).send(authError('invalid_client', opened))
    return reply.send(await issue(opened, 'accessKey'))
  })
  app.post('/public/user/refresh', async (request, reply) => {
    const { token } = toObject(request.body ?? {}, 'the body')
    return refresh(token, reply, world)
  })
  app.post('/auth/token', (request, reply) => clientToken(request, reply, world))
}

async function clientToken(request: FastifyRequest, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const body = toObject(request.body ?? {}, 'the body')
  const trouble = clientTrouble(request.headers.authorization, body, world)
  if (trouble !== undefined) return reply.code(401).send(authError(trouble.error, trouble.says))
  if (body['grant_type'] === 'refresh_token') return refresh(body['refresh_token'], reply, world)
  if (body['grant_type'] !== 'password') {
    return reply.code(400).send(authError('unsupported_grant_type', 'grant_type must be password or refresh_token'))
  }
  const opened = keyFor(body['username'], body['password'], world)
  if (typeof opened === 'string') return reply.code(400).send(authError('invalid_grant', opened))
  return reply.send(await issue(opened, 'client'))
}

const BAD_KEY = 'the access key is unknown, inactive or its secret is wrong'

function isForm(request: FastifyRequest): boolean {
  return /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')
}

async function refresh(token: unknown, reply: FastifyReply, world: World): Promise<FastifyReply> {
  for (const unit of world.units) {
    const use = { once: unit.switches.refreshRotates === 'yes', now: unit.now() }
    const grant = typeof token === 'string' ? unit.tokens.redeem(token, use) : undefined
    const key = grant === undefined ? undefined : unit.store.keys.get(grant.accessKeyId)
    if (grant === undefined || key === undefined) continue
    const trouble = keyTrouble(key, unit)
    if (trouble !== undefined) return reply.code(401).send(authError('invalid_grant', said(trouble, unit)))
    return reply.send(await issue({ key, unit }, grant.way))
  }
  return reply.code(401).send(authError('invalid_grant', 'the refresh token is unknown or spent'))
}

/** A key that may be used, and the business unit that it is of. */
interface Opened {
  readonly key: StoredKey
  readonly unit: World
}

/** What these two open, or what to say when there is nothing. */
function keyFor(id: unknown, secret: unknown, world: World): Opened | string {
  const unit = typeof id === 'string' ? world.units.find(({ store }) => store.keys.has(id)) : undefined
  const key = unit?.store.keys.get(String(id))
  if (unit === undefined || key === undefined || key.accessKeySecret !== secret) return BAD_KEY
  const trouble = keyTrouble(key, unit)
  return trouble === undefined ? { key, unit } : said(trouble, unit)
}

function said(trouble: string, { switches }: World): string {
  return switches.keyRefusal === 'told' ? trouble : BAD_KEY
}

async function issue({ key, unit }: Opened, way: Way): Promise<TokenAnswer> {
  const { store, switches, tenant, origin } = unit
  const user = store.users.get(key.userId)
  if (user === undefined) throw new Error(`the key ${key.accessKeyId} belongs to nobody`)
  const now = unit.now()
  key.lastUsedDate = new Date(now).toISOString()
  const roleName = store.roles.get(user.roleUUID)?.roleName ?? ''
  const subject = switches.tokenSubject === 'userId' ? user.id : `agent:${tenant.buId}`
  const { tokenSeconds: seconds, refreshSeconds } = switches
  return unit.tokens.issue({ key, user, roleName, issuer: origin, subject, seconds, refreshSeconds, way, now }, tenant)
}
