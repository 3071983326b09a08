// Decides what a client can find out without a token: facts 1.1 and 1.2.
import type { FastifyInstance } from 'fastify'
import type { Tenant } from '../records.ts'
import { envelope } from '../refusal.ts'
import type { World } from '../world.ts'

export function discoveryRoutes(app: FastifyInstance, world: World): void {
  app.get('/.well-known/openid-configuration', () => openIdConfiguration(world))
  app.get('/.well-known/cxone-configuration', (request, reply) => {
    const { tenantId } = request.query as Record<string, unknown>
    if (tenantId === undefined && world.switches.discoveryWithoutTenant === 'refuses') {
      return reply.code(400).send(envelope('TENANT_REQUIRED', 'the parameter tenantId is missing'))
    }
    // Without a name it is the first: an area has one host for the APIs, whoever calls.
    const named = tenantId === undefined ? world : world.units.find(({ tenant }) => tenant.tenantId === tenantId)
    if (named === undefined) {
      return reply
        .code(world.switches.discoveryUnknownTenant)
        .send(envelope('TENANT_NOT_FOUND', 'there is no such tenant'))
    }
    return reply.send(tenantConfiguration(named))
  })
}

function openIdConfiguration({ origin, switches }: World): Record<string, unknown> {
  return {
    issuer: origin,
    authorization_endpoint: `${origin}/auth/authorize`,
    token_endpoint: `${origin}/auth/token`,
    token_endpoint_auth_methods_supported: ['client_secret_basic'],
    token_endpoint_auth_signing_alg_values_supported: ['RS256'],
    end_session_endpoint: `${origin}/auth/authorize/logout`,
    scopes_supported: ['openid'],
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    request_object_signing_alg_values_supported: ['none'],
    display_values_supported: ['page', 'popup'],
    claim_types_supported: ['normal'],
    ...(switches.discoveryNamesJwks === 'yes' ? { jwks_uri: `${origin}/auth/jwks` } : {}),
  }
}

/** The API host carries a path of its own, so that only a client that takes `api_endpoint` as it is finds the APIs. */
function tenantConfiguration({ origin, tenant, switches }: World): Record<string, unknown> {
  const host = new URL(origin).host
  const path = switches.apiHost === 'area' ? tenant.apiPrefix : tenant.clusterPrefix
  const needed = {
    private: false,
    ui_endpoint: origin,
    auth_endpoint: origin,
    api_endpoint: `${origin}${path}`,
    domain: host,
    uhDomain: host,
  }
  if (switches.discoveryOptional === 'absent') return needed
  const { area, clusterId: cluster, tenantId } = tenant
  return { ...needed, area, cluster, acdDomain: host, tenantId, globaldomain: host }
}

/** The address as the routes know it: one spelling of the API host. */
export function oneSpelling(url: string, { apiPrefix, clusterPrefix }: Tenant): string {
  return url.startsWith(`${clusterPrefix}/`) ? `${apiPrefix}${url.slice(clusterPrefix.length)}` : url
}
