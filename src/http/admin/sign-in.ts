/**
 * Who may use the admin API, and for what.
 * Decides whether a key is valid and what its role may do; must not keep a key.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import type { Queryable } from '../../store/db.ts'
import { findApiKey, type ApiKey } from '../../store/views/api-keys.ts'
import { Problem } from './problems.ts'

/** What a route does: `read`, or `act` for what changes something. */
export type Right = 'read' | 'act'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The right a caller of this route needs. A route of the admin API without one does not register. */
    right?: Right
  }
}

/** What each role may do. */
export const ROLES = {
  owner: ['read', 'act'],
  operator: ['read', 'act'],
  auditor: ['read'],
} as const satisfies Record<ApiKey['role'], readonly Right[]>

const LONGEST_KEY = 4_096
const keys = new WeakMap<FastifyRequest, ApiKey>()

/** The key a request was signed in with. */
export function apiKeyOf(request: FastifyRequest): ApiKey {
  const key = keys.get(request)
  if (key === undefined) throw new Error('a route of the admin API ran without sign-in')
  return key
}

/** As the event log and runs name who asked. */
export const actorOf = (key: ApiKey): string => `key:${key.id}`

/** Signs every request of this scope in before anything else is read of it. */
export function requireApiKey(scope: FastifyInstance, db: Queryable): void {
  scope.addHook('onRoute', (route) => {
    if (route.config?.right === undefined)
      throw new Error(`${String(route.method)} ${route.url} does not say which right it needs`)
  })
  scope.addHook('onRequest', async (request) => {
    const key = await signIn(db, request.headers.authorization)
    keys.set(request, key)
    const { right } = request.routeOptions.config
    const rights: readonly Right[] = ROLES[key.role]
    if (right === undefined || rights.includes(right)) return
    throw new Problem(
      'not-allowed',
      `The key "${key.id}" has the role ${key.role}, which may only ${rights.join(' and ')}. Use a key with the role operator or owner.`,
    )
  })
}

/** `Authorization: Bearer <key>`, RFC 6750 section 2.1. */
async function signIn(db: Queryable, header: string | undefined): Promise<ApiKey> {
  const secret = /^bearer\s+(\S+)\s*$/i.exec(header ?? '')?.[1]
  if (secret === undefined || secret.length > LONGEST_KEY) {
    throw new Problem(
      'not-signed-in',
      'Send the header "Authorization: Bearer <API key>" with a key that rollcall.yaml declares under apiKeys.',
    )
  }
  const sha256 = createHash('sha256').update(secret).digest()
  const key = await findApiKey(db, sha256)
  if (key === undefined || !timingSafeEqual(key.sha256, sha256)) {
    throw new Problem(
      'not-signed-in',
      'This API key is not known here, or was revoked. Use one that rollcall.yaml declares under apiKeys.',
    )
  }
  return key
}
