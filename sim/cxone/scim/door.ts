// Decides whether native SCIM is there at all and who is let in by Basic (facts 3.1, 3.4). Rights, limits and bearer
// tokens are ../gate.ts, as for every other call.
import type { FastifyReply } from 'fastify'
import { keyTrouble } from '../access-keys.ts'
import { basicPair } from '../client-auth.ts'
import type { StoredUser } from '../records.ts'
import { springBody } from '../refusal.ts'
import type { World } from '../world.ts'

export interface ScimAddress {
  /** Below the host that signs in, or below api_endpoint. */
  readonly at: 'area' | 'api'
  readonly signIn: 'bearer' | 'basic'
}

/** The answer of a tenant that has no native SCIM, or not at this address; nothing where it has. */
export function scimAway(reply: FastifyReply, { at }: ScimAddress, { switches }: World): FastifyReply | undefined {
  const { nativeScim, scimAddress } = switches
  const path = reply.request.url
  if (nativeScim === 'html') return reply.code(200).type('text/html').send(SIGN_IN_PAGE)
  if (nativeScim === 'notFound' || (scimAddress !== 'both' && scimAddress !== at))
    return reply.code(404).send(springBody(404, 'No such path', path))
  if (nativeScim === 'forbidden')
    return reply.code(403).send(springBody(403, 'SCIM is not enabled for this business unit', path))
  return undefined
}

export const SIGN_IN_PAGE =
  '<!doctype html><html><head><title>Sign in</title></head><body><form><input name="username"></form></body></html>'

/** Whose access key the Basic pair is. */
export function basicCaller(authorization: string | undefined, world: World): StoredUser | undefined {
  const pair = basicPair(authorization)
  if (pair === undefined || world.switches.scimBasic === 'refused') return undefined
  const key = world.store.keys.get(pair[0])
  if (key === undefined || key.accessKeySecret !== pair[1] || keyTrouble(key, world) !== undefined) return undefined
  key.lastUsedDate = new Date(world.now()).toISOString()
  return world.store.users.get(key.userId)
}
