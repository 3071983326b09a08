/**
 * Judges the OpenID Connect discovery document of an identity provider.
 * Decides what of it CXone asks for; must not fetch it.
 */
import { webAddress } from './address.ts'
import { doubtful, ok, quoted, unknown, wrong, type Finding } from './finding.ts'
import { PROVIDER_WORDS, type Provider } from './providers.ts'

/** What the login authenticator asks for, by the name that the discovery has for it (facts, section 8.3). */
export const OIDC_FIELDS = [
  ['issuer', 'Issuer'],
  ['jwks_uri', 'JWKS'],
  ['authorization_endpoint', 'Authorization endpoint'],
  ['token_endpoint', 'Token endpoint'],
  ['userinfo_endpoint', 'Userinfo endpoint'],
] as const

const LARGEST = 200_000

export interface OidcRead {
  /** By the field of CXone; what the document does not say is absent. */
  readonly values: Readonly<Record<string, string>>
  readonly findings: readonly Finding[]
}

export function readDiscovery(text: string, provider: Provider): OidcRead {
  const fix = `Take it from ${PROVIDER_WORDS[provider].oidc.discovery}`
  const document = text.length > LARGEST ? undefined : objectIn(text)
  if (document === undefined)
    return {
      values: {},
      findings: [wrong('oidc.readable', 'It is no OpenID Connect discovery document (a JSON object).', fix)],
    }
  const values: Record<string, string> = {}
  const findings: Finding[] = []
  for (const [name, field] of OIDC_FIELDS) {
    const value = document[name]
    if (typeof value === 'string' && webAddress(value)?.scheme === 'https') values[field] = value
    else if (value === undefined && name === 'userinfo_endpoint')
      findings.push(unknown(`oidc.${name}`, 'It names no userinfo endpoint.', 'Leave that field empty in CXone.'))
    else
      findings.push(
        wrong(
          `oidc.${name}`,
          `Its ${name} is ${value === undefined ? 'missing' : `${quoted(typeof value === 'string' ? value : JSON.stringify(value))}, which is no https address`}.`,
          fix,
        ),
      )
  }
  findings.push(...judgeAbilities(document, fix))
  if (findings.every(({ status }) => status === 'ok' || status === 'unknown'))
    findings.unshift(ok('oidc.readable', `It is the discovery document of ${quoted(values['Issuer'] ?? '')}.`))
  return { values, findings }
}

/** CXone's own tokens are RS256 by authorization code; what it takes of others is written nowhere. */
function judgeAbilities(document: Readonly<Record<string, unknown>>, fix: string): Finding[] {
  const says = (name: string, value: string): boolean => Array.isArray(document[name]) && document[name].includes(value)
  return [
    says('response_types_supported', 'code')
      ? ok('oidc.code', 'It signs people in by authorization code.')
      : wrong('oidc.code', 'It does not sign people in by authorization code.', fix),
    says('id_token_signing_alg_values_supported', 'RS256')
      ? ok('oidc.algorithm', 'It signs tokens with RS256.')
      : doubtful(
          'oidc.algorithm',
          'It does not sign tokens with RS256, which every client understands.',
          'Ask NICE support which algorithms CXone takes.',
        ),
  ]
}

function objectIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}
