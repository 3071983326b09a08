/**
 * What to correct when a call could not sign in, in the words of each provider's console.
 * Decides the words; must not say anything about a secret but what kind it is.
 */
import type { Connection, UnknownCall } from './connection.ts'
import type { Provider } from './guide/shape.ts'

/** What the fields are called where the values are pasted (the guides say the same). */
export const FIELDS: Readonly<Record<Provider, { readonly address: string; readonly secret: string }>> = {
  okta: { address: '"SCIM connector base URL"', secret: 'field "Authorization"' },
  entra: { address: '"Tenant URL"', secret: 'field "Secret Token"' },
  onelogin: { address: '"SCIM Base URL"', secret: 'field "SCIM Bearer Token"' },
  generic: { address: 'of the base URL', secret: 'token' },
}

interface Place {
  readonly connection: Pick<Connection, 'id'>
  readonly profile: Provider
}

/** A form of what was carried that is new does not compile until it has words. */
export const CARRIED: Readonly<Record<UnknownCall['carried'], (place: Place) => string>> = {
  nothing: ({ profile }) =>
    profile === 'okta'
      ? 'It came without a token. Authentication Mode must be HTTP Header, and the field "Authorization" must hold a token of the connection.'
      : `It came without a token. Paste a token of the connection into the ${FIELDS[profile].secret}.`,
  unknown: ({ connection, profile }) =>
    `A call came with a token that no connection knows. Compare the ${FIELDS[profile].secret} with the tokens of ${connection.id}: a blank, a missing end, or one that rollcall.yaml got later than the last start.`,
  revoked: ({ connection, profile }) =>
    `It carried a token of ${connection.id} that was revoked or taken out of rollcall.yaml. Paste a present one into the ${FIELDS[profile].secret}.`,
  expired: ({ connection, profile }) =>
    `It carried a token of ${connection.id} that has expired. Paste a present one into the ${FIELDS[profile].secret}.`,
  detached: ({ connection }) =>
    `It carried a token of ${connection.id}, but the connection is no longer in rollcall.yaml. Put it back, and start again.`,
  'api-key': ({ connection, profile }) =>
    `It carried an API key of Rollcall, which opens the admin API and not the SCIM address. Paste a token of ${connection.id} into the ${FIELDS[profile].secret}, and make a new API key: this one is at the provider now.`,
  'client-secret': () =>
    'It carried the secret of an OAuth client where a token belongs. The secret goes to the token endpoint, /oauth/token, with the client id; choose OAuth 2.0 client credentials in the console.',
  valid: ({ connection }) => `It carried a token of ${connection.id}. \`rollcall scim log\` may say more.`,
  'foreign-jwt': ({ profile }) =>
    profile === 'entra' || profile === 'generic'
      ? 'It carried a token that somebody else signed. Entra does so where the field "Secret Token" is empty: paste a token of the connection there.'
      : `It carried a token that somebody else signed. Paste a token of the connection into the ${FIELDS[profile].secret}.`,
}
