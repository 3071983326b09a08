// Decides whether a call to the token endpoint comes from the registered client, by Basic or in the body, and whether
// that client may have tokens (facts 2.2, 2.6, 7). Knows nothing of keys and users.
import type { Json } from './input.ts'
import type { World } from './world.ts'

export interface ClientTrouble {
  readonly error: 'invalid_client' | 'unauthorized_client'
  readonly says: string
}

/** What is wrong with the client, or nothing. */
export function clientTrouble(authorization: string | undefined, body: Json, world: World): ClientTrouble | undefined {
  // The pair names the integration and the key the tenant (facts 2.2): a client of one unit serves the others.
  const owner = world.units.find((unit) => isClient(authorization, body, unit))
  if (owner === undefined) return { error: 'invalid_client', says: 'unknown client or wrong secret' }
  const { client, tenant } = owner
  if (!client.isEnabled) return { error: 'invalid_client', says: `Client application ${tenant.clientId} is disabled` }
  if (client.isAuthorized) return undefined
  return { error: 'unauthorized_client', says: `Client application ${tenant.clientId} not authorized for user` }
}

function isClient(authorization: string | undefined, body: Json, world: World): boolean {
  const { clientId, clientSecret } = world.tenant
  const { clientAuth, refreshSecret } = world.switches
  const sent = basicPair(authorization)
  if (sent !== undefined) {
    const [id, secret] = world.switches.basicPair === 'decoded' ? sent.map(decoded) : sent
    return clientAuth !== 'post' && id === clientId && secret === clientSecret
  }
  if (body['client_id'] !== clientId) return false
  // Facts 2.2: a refresh names the client and carries no secret, so this is not the way that a switch can take away.
  const refreshes = body['grant_type'] === 'refresh_token' && body['client_secret'] === undefined
  if (refreshes) return refreshSecret === 'accepted'
  return clientAuth !== 'basic' && body['client_secret'] === clientSecret
}

/** The two parts of a Basic header as they were sent. */
export function basicPair(authorization: string | undefined): readonly [string, string] | undefined {
  const sent = /^Basic +(\S+)$/i.exec(authorization ?? '')?.[1]
  if (sent === undefined) return undefined
  const plain = Buffer.from(sent, 'base64').toString('utf8')
  const cut = plain.indexOf(':')
  return cut === -1 ? undefined : [plain.slice(0, cut), plain.slice(cut + 1)]
}

/** As forms are encoded (RFC 6749 section 2.3.1), so that a "+" that was not encoded is a space. */
function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return undefined
  }
}
