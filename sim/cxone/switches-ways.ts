// Decides which behaviours of discovery, sign-in and tokens are played which way. Holds rows of the table in
// switches.ts; the behaviours themselves live where they act.
import { amount, choice, type SwitchRow } from './switch-row.ts'

export const WAYS = {
  // discovery
  discoveryWithoutTenant: choice('1.2', 'cxone-configuration without tenantId.', 'answers', 'refuses'),
  discoveryUnknownTenant: choice('1.2', 'Status of cxone-configuration for a tenant that nobody knows.', 404, 400),
  discoveryOptional: choice(
    '1.2',
    'Fields of cxone-configuration that the model does not require: area, cluster, acdDomain, tenantId, globaldomain.',
    'present',
    'absent',
  ),
  discoveryNamesJwks: choice('1.1', 'openid-configuration carries jwks_uri.', 'yes', 'no'),
  apiHost: choice(
    '1.4',
    'api_endpoint is spelled by area, or the other way, by cluster; both addresses answer.',
    'area',
    'cluster',
  ),

  // who gets a token
  accessKeyForm: choice('2.1', 'The access-key token call sent form-encoded.', 'accepted', 'refused'),
  badCredentials: choice('2.1', 'Status of a token call with a wrong key.', 401, 400),
  keyRefusal: choice(
    '2.1, 2.6',
    'A key that is off, expired, or whose owner cannot sign in is refused like a wrong one, or with the reason.',
    'same',
    'told',
  ),
  keyOfUnready: choice(
    '2.6',
    'Signing in with the key of a user who is not activated yet, or locked.',
    'works',
    'refused',
  ),
  clientAuth: choice(
    '1.1, 2.2',
    'A registered client may send its pair by Basic and in the body, by Basic only, in the body only.',
    'both',
    'basic',
    'post',
  ),
  basicPair: choice('2.2', 'The parts of a Basic pair are percent-decoded, or taken as sent.', 'decoded', 'asSent'),
  refreshSecret: choice('2.2', 'A refresh at /auth/token without the client secret.', 'accepted', 'refused'),

  // tokens
  tokenSeconds: amount('2.1', 'Lifetime of an access token in seconds (expires_in).', {
    upTo: 86_400,
    values: [3600, 60],
  }),
  refreshSeconds: amount('2.4', 'Lifetime of a refresh token in seconds.', { upTo: 31_536_000, values: [7200, 60] }),
  tokenSubject: choice('2.5', 'The sub claim of tokens is the user id, or says nothing.', 'userId', 'opaque'),
  refreshRotates: choice('9.2', 'A refresh token works once, or for ever.', 'yes', 'no'),
  tokensOfDeactivated: choice('2.6', 'Access tokens of a user who was deactivated.', 'die', 'live'),
  forbiddenBody: choice('7', 'Shape of the 403 body: like 401, or like 400.', 'spring', 'envelope'),
  missingAccept: choice('5', 'Status of the text sent when Accept is missing.', 200, 406),
  anyAccept: choice('5', 'Accept: */* is as good as application/json, or as bad as none.', 'enough', 'missing'),

  // single sign-on
  signInFinds: choice(
    '8.1, 8.3',
    'Whom a single sign-on finds: by federated identity only, or else by userName.',
    'federated',
    'userNameToo',
  ),
  signInMakes: choice(
    '8.2, 8.3',
    'A single sign-on that finds nobody makes an account named by NameID or by e-mail, or is refused.',
    'byNameId',
    'byEmail',
    'nobody',
  ),
} as const satisfies Record<string, SwitchRow>
