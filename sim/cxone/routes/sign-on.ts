// Decides where somebody lands who opens CXone in a browser (facts 2.3, 8.2): at the sign-in page, or, for a tenant whose
// provider is known, at that provider with a request for an assertion. Takes no assertion: POST /jit of the control API
// stands for it.
import { deflateRawSync } from 'node:zlib'
import type { FastifyInstance } from 'fastify'
import { authError } from '../refusal.ts'
import { SIGN_IN_PAGE } from '../scim/door.ts'
import { serviceProvider } from '../single-sign-on.ts'
import type { World } from '../world.ts'

export function signOnRoutes(app: FastifyInstance, world: World): void {
  app.get('/', (_request, reply) => reply.type('text/html').send(SIGN_IN_PAGE))
  app.get('/auth/authorize', (request, reply) => {
    const { tenantId, RelayState } = request.query as Record<string, unknown>
    const unit = world.units.find(({ tenant }) => tenant.tenantId === tenantId)
    if (unit === undefined)
      return reply.code(400).send(authError('invalid_request', 'tenantId is missing or names no tenant'))
    if (unit.idpEndpointUrl === null) return reply.type('text/html').send(SIGN_IN_PAGE)
    const target = new URL(unit.idpEndpointUrl)
    target.searchParams.set('SAMLRequest', samlRequest(unit))
    if (typeof RelayState === 'string') target.searchParams.set('RelayState', RelayState)
    return reply.redirect(target.href)
  })
}

/** An AuthnRequest for the redirect binding: deflated, in Base64, not signed. */
function samlRequest(world: World): string {
  const { entityId, assertionUrl } = serviceProvider(world)
  const attributes = [
    'xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol"',
    `ID="_${crypto.randomUUID()}"`,
    'Version="2.0"',
    `IssueInstant="${new Date(world.now()).toISOString()}"`,
    `AssertionConsumerServiceURL="${String(assertionUrl)}"`,
  ]
  const issuer = `<saml:Issuer xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion">${String(entityId)}</saml:Issuer>`
  const xml = `<samlp:AuthnRequest ${attributes.join(' ')}>${issuer}</samlp:AuthnRequest>`
  return deflateRawSync(Buffer.from(xml)).toString('base64')
}
