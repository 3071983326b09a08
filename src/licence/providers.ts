/**
 * Identity providers as data: what each can do with CXone by itself, by which source, and what to do instead.
 * Decides no price and no plan; must not know how Rollcall speaks to a provider. Source: facts/plans.md, facts/cxone.md 3.3.
 */

export const PROVIDER_IDS = ['okta', 'entra', 'google', 'onelogin', 'other'] as const
export type ProviderId = (typeof PROVIDER_IDS)[number]

export interface Reading {
  readonly source: string
  readonly says: string
}

export interface Provider {
  readonly id: ProviderId
  readonly name: string
  /** Can it use native SCIM, where the plan includes it? */
  readonly native: 'yes' | 'disputed'
  /** Can this version of Rollcall take people from it? Must be changed with the product. */
  readonly rollcall: 'yes' | 'later'
  /** What to do with it. */
  readonly advice: string
  /** What the sources say; more than one when they differ. */
  readonly readings: readonly Reading[]
}

/** NICE offers a second way beside the Okta app: access keys and tokens, for any provider. */
const HELP_ANY = 'Set-up with access keys and tokens serves any provider.'

export const PROVIDERS: readonly Provider[] = [
  {
    id: 'okta',
    name: 'Okta',
    native: 'yes',
    rollcall: 'yes',
    advice: "Push Okta's SCIM at Rollcall; any SAML or SWA application of yours can do it.",
    readings: [{ source: "the guide and NICE's own help", says: 'Native SCIM serves Okta.' }],
  },
  {
    id: 'entra',
    name: 'Microsoft Entra ID',
    native: 'disputed',
    rollcall: 'yes',
    advice: "CXone's gallery application in Entra is for single sign-on only: push Entra's SCIM at Rollcall.",
    readings: [
      { source: "the guide, and Microsoft's tutorial", says: 'Single sign-on only; no provisioning.' },
      { source: "NICE's own help", says: `Names Azure AD for native SCIM. ${HELP_ANY}` },
    ],
  },
  {
    id: 'google',
    name: 'Google Workspace',
    native: 'disputed',
    rollcall: 'later',
    advice:
      'SAML single sign-on with just-in-time creation never removes anyone. Pull the directory instead: Rollcall will, but not in this version yet.',
    readings: [
      { source: 'the guide', says: 'Just-in-time creation at the first sign-in only.' },
      { source: "NICE's own help", says: `Names Google Workspace for native SCIM. ${HELP_ANY}` },
    ],
  },
  {
    id: 'onelogin',
    name: 'OneLogin',
    native: 'disputed',
    rollcall: 'yes',
    advice: "Push OneLogin's SCIM at Rollcall.",
    readings: [
      { source: "the guide's table", says: 'OneLogin is supported.' },
      { source: "the guide's text", says: 'Native SCIM only supports Okta.' },
      { source: "NICE's own help", says: HELP_ANY },
    ],
  },
  {
    id: 'other',
    name: 'another provider',
    native: 'disputed',
    rollcall: 'yes',
    advice: 'If it can push SCIM 2.0, push it at Rollcall.',
    readings: [
      { source: "the guide's text", says: 'Native SCIM only supports Okta.' },
      { source: "NICE's own help", says: HELP_ANY },
    ],
  },
]

const ALSO: Readonly<Record<string, ProviderId>> = {
  azure: 'entra',
  azuread: 'entra',
  entraid: 'entra',
  microsoft: 'entra',
  microsoftentraid: 'entra',
  googleworkspace: 'google',
  workspace: 'google',
}

/** The provider that somebody means by a word, in any case; `azure-ad` is Entra ID. */
export function findProvider(word: string): Provider | undefined {
  const wanted = word.toLowerCase().replace(/[^a-z]/g, '')
  return PROVIDERS.find(({ id }) => id === wanted || (Object.hasOwn(ALSO, wanted) && id === ALSO[wanted]))
}
