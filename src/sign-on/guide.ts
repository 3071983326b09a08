/**
 * How single sign-on into a CXone tenant is set up with one identity provider: what to paste on which side, in order.
 * Decides the steps; must not know whether they were done.
 */
import type { SignOnPlace, SignOnValue } from './place.ts'
import { signOnValues } from './place.ts'
import { PROVIDER_WORDS, type Provider } from './providers.ts'

export const PROTOCOLS = ['saml', 'oidc'] as const
export type Protocol = (typeof PROTOCOLS)[number]

export interface GuideValue extends SignOnValue {
  /** What the side calls it. */
  readonly field: string
}

export interface GuideStep {
  readonly side: 'provider' | 'cxone' | 'rollcall'
  readonly where: string
  readonly what: string
  readonly values: readonly GuideValue[]
}

export interface GuideInput {
  readonly provider: Provider
  readonly protocol: Protocol
  readonly place: SignOnPlace
  readonly app: string
  readonly launchUrl: string
}

const set = (field: string, value: string, why = ''): GuideValue => ({ field, value, certainty: 'documented', why })
const read = (field: string, why: string): GuideValue => ({ field, certainty: 'documented', why })

const LOGIN_AUTHENTICATORS = 'CXone: Admin > Security Settings > Login Authenticators'

export const guideSteps = (input: GuideInput): readonly GuideStep[] =>
  input.protocol === 'saml' ? samlSteps(input) : oidcSteps(input)

function samlSteps({ provider, place, app, launchUrl }: GuideInput): GuideStep[] {
  const { name, where, fields, signing, gives, tile } = PROVIDER_WORDS[provider]
  const { entityId, acs, signOnUrl } = signOnValues(place)
  return [
    {
      side: 'cxone',
      where: `${LOGIN_AUTHENTICATORS} > New`,
      what: 'Make an authenticator of type SAML 2.0. Until the provider has given its own, put a placeholder such as https://need_to_change into the endpoint. Entity ID and Assertion URL are shown: compare them with the values below; what CXone shows counts. If the page or the type is not there, send the ticket (--ticket).',
      values: [
        { field: 'Entity ID', ...entityId },
        { field: 'Assertion URL', ...acs },
      ],
    },
    {
      side: 'provider',
      where,
      what: `Make the SAML application at ${name}.`,
      values: [
        { field: fields.entityId, ...entityId },
        { field: fields.acs, ...acs },
        read(
          fields.nameId,
          'Exactly what stands in CXone as federated identity of each account, mostly the user name or the e-mail address.',
        ),
        provider === 'entra' || provider === 'onelogin'
          ? set(fields.signOnUrl, launchUrl, 'It sends people to the sign-on URL of CXone.')
          : read(fields.signOnUrl, ''),
        ...signing.map(([setting, value]) =>
          set(setting, value, 'CXone wants the response signed, the assertion neither signed nor encrypted.'),
        ),
      ],
    },
    {
      side: 'cxone',
      where: `${LOGIN_AUTHENTICATORS} > (the new one) > Edit`,
      what: 'Put in what the provider gives, in place of the placeholder.',
      values: [
        read('Identity Provider Endpoint URL', gives.endpoint),
        read('Identity Provider Certificate', `${gives.certificate}; as Base64 or PEM`),
      ],
    },
    {
      side: 'rollcall',
      where: `rollcall app sso ${app} --idp ${provider} --metadata FILE-OR-ADDRESS`,
      what: 'Have the metadata checked and its certificate watched. Where the provider has an address for it, changes are noticed by themselves.',
      values: [read('Metadata', gives.metadata)],
    },
    {
      side: 'rollcall',
      where: `rollcall app sso ${app} --idp ${provider} --accounts`,
      what: 'See who would be locked out, and let the policy put people on the new authenticator: loginAuthenticator and federatedId, owned always. Begin with one test person, and leave one administrator on a password of CXone.',
      values: [],
    },
    {
      side: 'provider',
      where: 'The tile',
      what: `People start at CXone, not at ${name}. ${tile}`,
      values: [
        set('Launch link', launchUrl, 'It sends people to the sign-on URL of CXone.'),
        { field: 'Sign-on URL of CXone', ...signOnUrl },
      ],
    },
    {
      side: 'rollcall',
      where: `rollcall app sso ${app} --idp ${provider} --response FILE --user USERNAME`,
      what: 'Sign in with the test person. If it fails, capture the response in the browser and have it checked.',
      values: [],
    },
  ]
}

function oidcSteps({ provider, place, app, launchUrl }: GuideInput): GuideStep[] {
  const { name, oidc } = PROVIDER_WORDS[provider]
  const { signOnUrl } = signOnValues(place)
  const inferred: GuideValue = {
    field: 'Redirect URI',
    certainty: 'inferred',
    why: `NICE documents none; the page of the login authenticator shows it, and what it shows counts. It is likely below ${place.issuer}/.`,
  }
  return [
    {
      side: 'cxone',
      where: `${LOGIN_AUTHENTICATORS} > New`,
      what: 'Make an authenticator of type OpenID Connect and note the redirect URI that it shows. NICE switches this type on: if it is not there, send the ticket (--ticket).',
      values: [inferred],
    },
    {
      side: 'provider',
      where: oidc.where,
      what: `Make a web application with authorization code at ${name}, and note client id and secret.`,
      values: [inferred, set('Grant type', 'Authorization code'), set('Scopes', 'openid profile email')],
    },
    {
      side: 'cxone',
      where: `${LOGIN_AUTHENTICATORS} > (the new one) > Edit`,
      what: 'Put the discovery address in and press Discover settings; then client id and secret.',
      values: [
        {
          field: 'Discovery address',
          value: oidc.discovery,
          certainty: 'documented',
          why: `Of ${name}, with your own organisation in it.`,
        },
        read('Client Identifier', `Client id, from ${name}`),
        read('Client Password', `Client secret, from ${name}; it never goes into Rollcall`),
      ],
    },
    {
      side: 'cxone',
      where: 'The same page',
      what: 'CXone can make accounts at the first sign-in, with a default security profile and team. Leave that off: Rollcall makes the accounts, under policy.',
      values: [],
    },
    {
      side: 'rollcall',
      where: `rollcall app sso ${app} --idp ${provider} --oidc --metadata FILE-OR-ADDRESS`,
      what: 'Have the discovery document checked, and see what to put into each field of CXone.',
      values: [],
    },
    {
      side: 'provider',
      where: 'The tile',
      what: 'People start at CXone.',
      values: [
        set('Launch link', launchUrl, 'It sends people to the sign-on URL of CXone.'),
        { field: 'Sign-on URL of CXone', ...signOnUrl },
      ],
    },
  ]
}
