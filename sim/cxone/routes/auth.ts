// Decides who gets a token: access key, refresh, and the password grant of a registered client (facts 2.1, 2.2).
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Json, toObject } from '../input.ts'
import type { StoredKey } from '../records.ts'
import { authError } from '../refusal.ts'
import type { TokenAnswer } from '../tokens.ts'
import type { World } from '../world.ts'

export function authRoutes(app: FastifyInstance, world: World): void {
  app.get('/auth/jwks', () => world.tokens.publicKeys())
  app.post('/authentication/v1/token/access-key', async (request, reply) => {
    if (isForm(request) && world.switches.accessKeyForm === 'refused') {
      return reply.code(415).send(authError('unsupported_media_type', 'send application/json'))
    }
    const { accessKeyId, accessKeySecret } = toObject(request.body ?? {}, 'the body')
    const key = keyFor(accessKeyId, accessKeySecret, world)
    return key === undefined ? refuse(reply, world) : reply.send(await issue(key, world))
  })
  app.post('/public/user/refresh', async (request, reply) => {
    const { token } = toObject(request.body ?? {}, 'the body')
    return refresh(token, reply, world)
  })
  app.post('/auth/token', async (request, reply) => {
    const body = toObject(request.body ?? {}, 'the body')
    if (!isClient(request, body, world))
      return reply.code(401).send(authError('invalid_client', 'unknown client or wrong secret'))
    if (body['grant_type'] === 'refresh_token') return refresh(body['refresh_token'], reply, world)
    if (body['grant_type'] !== 'password') {
      return reply.code(400).send(authError('unsupported_grant_type', 'grant_type must be password or refresh_token'))
    }
    const key = keyFor(body['username'], body['password'], world)
    return key === undefined
      ? reply.code(400).send(authError('invalid_grant', BAD_KEY))
      : reply.send(await issue(key, world))
  })
}

const BAD_KEY = 'the access key is unknown, inactive or its secret is wrong'

function isForm(request: FastifyRequest): boolean {
  return /^application\/x-www-form-urlencoded/i.test(request.headers['content-type'] ?? '')
}

function refuse(reply: FastifyReply, world: World): FastifyReply {
  return reply.code(world.switches.badCredentials).send(authError('invalid_client', BAD_KEY))
}

async function refresh(token: unknown, reply: FastifyReply, world: World): Promise<FastifyReply> {
  const grant =
    typeof token === 'string' ? world.tokens.redeem(token, world.switches.refreshRotates === 'yes') : undefined
  const key = grant === undefined ? undefined : usable(world.store.keys.get(grant.accessKeyId), world)
  if (key === undefined)
    return reply.code(401).send(authError('invalid_grant', 'the refresh token is unknown or spent'))
  return reply.send(await issue(key, world))
}

function keyFor(id: unknown, secret: unknown, world: World): StoredKey | undefined {
  const key = typeof id === 'string' ? world.store.keys.get(id) : undefined
  return key !== undefined && key.accessKeySecret === secret ? usable(key, world) : undefined
}

/** Deactivating the owner kills the key (facts 2.6). */
function usable(key: StoredKey | undefined, world: World): StoredKey | undefined {
  const owner = key === undefined ? undefined : world.store.users.get(key.userId)
  return key?.isActive === true && owner !== undefined && owner.status !== 'DELETED' ? key : undefined
}

async function issue(key: StoredKey, world: World): Promise<TokenAnswer> {
  const { store, switches, tenant, origin } = world
  const user = store.users.get(key.userId)
  if (user === undefined) throw new Error(`the key ${key.accessKeyId} belongs to nobody`)
  key.lastUsedDate = new Date(world.now()).toISOString()
  const roleName = store.roles.get(user.roleUUID)?.roleName ?? ''
  const subject = switches.tokenSubject === 'userId' ? user.id : `agent:${tenant.buId}`
  return world.tokens.issue(
    { key, user, roleName, issuer: origin, subject, seconds: switches.tokenSeconds, now: world.now() },
    tenant,
  )
}

/** client_secret_basic with both parts percent-encoded, or client_secret_post (facts 2.2). */
function isClient(request: FastifyRequest, body: Json, world: World): boolean {
  const { clientId, clientSecret } = world.tenant
  const basic = /^Basic +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (basic === undefined) {
    const secretNeeded = body['grant_type'] !== 'refresh_token'
    return body['client_id'] === clientId && (body['client_secret'] === clientSecret || !secretNeeded)
  }
  const plain = Buffer.from(basic, 'base64').toString('utf8')
  const cut = plain.indexOf(':')
  return cut > 0 && decoded(plain.slice(0, cut)) === clientId && decoded(plain.slice(cut + 1)) === clientSecret
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}
