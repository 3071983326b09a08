/**
 * The ticket for NICE support that has single sign-on switched on: everything they ask for, at once (facts, lifecycle A6).
 * Decides its words; must not send it, nor hold a secret.
 */
import { shortName } from './certificates.ts'
import type { Protocol } from './guide.ts'
import type { MetadataFacts } from './metadata.ts'
import { signOnValues, type SignOnPlace, type SignOnValue } from './place.ts'
import { PROVIDER_WORDS, type Provider } from './providers.ts'

export interface TicketInput {
  readonly provider: Provider
  readonly protocol: Protocol
  readonly place: SignOnPlace
  readonly launchUrl: string
  /** Of the provider, where it was given. */
  readonly metadata?: MetadataFacts | undefined
}

const OPEN = '(please fill in)'

export function ticketText(input: TicketInput): string {
  const { place, provider, protocol } = input
  const kind = protocol === 'saml' ? 'SAML 2.0' : 'OpenID Connect'
  const { name } = PROVIDER_WORDS[provider]
  return [
    `Subject: Enable single sign-on (${kind}, ${name}) for business unit ${place.businessUnit ?? OPEN}`,
    '',
    `Please enable an external login authenticator (${kind}) for our tenant, with ${name} as identity provider.`,
    '',
    'Our tenant',
    `  Company:              ${place.tenantName ?? OPEN}`,
    `  Business unit number: ${place.businessUnit ?? OPEN}`,
    `  Tenant id:            ${place.tenantId ?? OPEN}`,
    `  Cluster / area:       ${[place.cluster, place.area].filter((it) => it !== undefined).join(' / ') || OPEN}`,
    `  Issuer:               ${place.issuer}`,
    `  Contact, telephone:   ${OPEN}`,
    `  When to change it:    ${OPEN}`,
    '',
    ...(protocol === 'saml' ? samlPart(input) : oidcPart(input)),
    '',
    'Please tell us',
    '  1. that the login authenticator is there and who of us may edit it (Admin > Security Settings > Login Authenticators)',
    '  2. the exact Entity ID and Assertion URL that it shows, if they differ from the values above',
    '  3. whether sign-in may also start at the provider (IdP-initiated); we plan with SP-initiated only',
    '  4. how a new certificate is put in when this one ends, and how long old and new may overlap',
    '  5. that accounts are not created at first sign-in: ours are provisioned before',
    '',
    'One administrator of ours stays on a CXone password, so that we get in if the provider fails.',
    '',
  ].join('\n')
}

const shown = ({ value, certainty }: SignOnValue): string =>
  value === undefined ? OPEN : certainty === 'inferred' ? `${value} (please confirm)` : value

function samlPart({ provider, place, metadata, launchUrl }: TicketInput): string[] {
  const { name, gives } = PROVIDER_WORDS[provider]
  const { entityId, acs, signOnUrl } = signOnValues(place)
  const certificates = metadata?.certificates ?? []
  return [
    'What we have set up at the identity provider for CXone',
    `  Identifier (Entity ID): ${shown(entityId)}`,
    `  Assertion URL (ACS):    ${shown(acs)}`,
    `  Sign-on URL:            ${shown(signOnUrl)} (people come through ${launchUrl})`,
    '',
    `What ${name} gives`,
    `  Issuer (entity id):     ${metadata?.entityId ?? `(from ${gives.issuer})`}`,
    `  Endpoint URL:           ${metadata?.endpoint ?? `(from ${gives.endpoint})`}`,
    `  Certificate:            ${certificates.length === 0 ? `(attached, from ${gives.certificate})` : certificates.map(shortName).join('; ')}`,
    '  Signing:                the response is signed (RSA-SHA256); the assertion is neither signed nor encrypted',
    '  NameID:                 equals the Federated Identity (External Identity) of each user',
    ...certificates.flatMap(({ pem }) => ['', pem.trim()]),
  ]
}

function oidcPart({ provider, place, launchUrl }: TicketInput): string[] {
  const { name, oidc } = PROVIDER_WORDS[provider]
  return [
    `What ${name} gives`,
    `  Discovery address: ${oidc.discovery}`,
    `  Client id:         ${OPEN}`,
    '  Client secret:     we put it in ourselves; please do not ask for it by mail',
    '  Subject:           equals the Federated Identity (External Identity) of each user',
    `  Sign-on URL:       ${place.issuer} (people come through ${launchUrl})`,
    '',
    'We also need the redirect URI of CXone for our tenant.',
  ]
}
