/**
 * Every key of rollcall.yaml, declared once: value, type, default and docs.
 * Decides what may be written there; must not read the environment or know any connector's own keys.
 */
import { z } from 'zod'
import { extensionSchema } from './extension-schema.ts'

export const ID_RULE = 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.'
export const SHA256_RULE = 'Write the SHA-256 of the token as 64 hexadecimal digits.'

const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, ID_RULE)

/** Where a secret comes from. Exactly one of the three; in an app's entry it may stand in place of any text. */
export const SECRET_KEYS = ['env', 'file', 'value'] as const

const secretFields = {
  env: z.string().min(1).optional().describe('Name of the environment variable that holds the secret.'),
  file: z
    .string()
    .min(1)
    .optional()
    .describe(
      'File that holds the secret; a relative path begins at the folder of rollcall.yaml. One line break at the end is dropped.',
    ),
  value: z
    .string()
    .min(1)
    .optional()
    .describe('The secret itself. Works, with a warning: whoever reads the file has it.'),
  sha256: z
    .string()
    .regex(/^[0-9a-fA-F]{64}$/, SHA256_RULE)
    .optional()
    .describe('SHA-256 of the token in hexadecimal, so that the token itself is nowhere on the server.'),
}

export const EXPIRES_RULE =
  'Write a day such as 2027-01-31 (its end, in UTC) or an instant such as 2027-01-31T12:00:00Z.'

export const tokenSchema = z
  .strictObject({
    name: z
      .string()
      .min(1)
      .max(100)
      .optional()
      .describe('What `rollcall token list` shows it as, for example who has it and since when.'),
    expires: z
      .string()
      .regex(/^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/, EXPIRES_RULE)
      .refine((text) => !Number.isNaN(Date.parse(text)), EXPIRES_RULE)
      .optional()
      .describe('From when on it opens nothing: a day (its end, in UTC) or an instant. Without it, never.'),
    ...secretFields,
  })
  .describe('A token, or a secret of an OAuth client. Exactly one of `env`, `file`, `value` and `sha256`.')

export const passwordSchema = z
  .strictObject({ env: secretFields.env, file: secretFields.file, value: secretFields.value })
  .describe('A password. Exactly one of `env`, `file` and `value`.')

export const CLIENT_ID_RULE = 'Use 1 to 200 letters, digits and punctuation of ASCII, without blanks and colons.'
export const USER_NAME_RULE = 'Use 1 to 200 characters without colons and line breaks.'
export const SCOPE_RULE = 'Use letters, digits and punctuation of ASCII, without blanks, quotes and backslashes.'

export const basicSchema = z
  .strictObject({
    username: z
      .string()
      .regex(/^[^\p{Cc}:]{1,200}$/u, USER_NAME_RULE)
      .describe('The user name; no other connection may have it.'),
    passwords: z
      .array(passwordSchema)
      .min(1)
      .max(5)
      .describe('Each of them is right. Two at once make a change of password without a gap.'),
  })
  .describe('HTTP Basic, for providers that offer nothing else, such as older templates of Okta.')

export const oauthSchema = z
  .strictObject({
    clientId: z
      .string()
      .regex(/^[\x21-\x39\x3b-\x7e]{1,200}$/, CLIENT_ID_RULE)
      .describe('The client id to give the provider; no other connection may have it.'),
    secrets: z
      .array(tokenSchema)
      .min(1)
      .describe(
        'Client secrets, each of them right. What is taken out ends together with the access tokens it was used for.',
      ),
    scopes: z
      .array(z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/, SCOPE_RULE))
      .min(1)
      .max(20)
      .default(['scim'])
      .describe(
        'Names of scopes that the provider may ask for; none asked for means all. An access token opens this one connection, whatever they are called.',
      ),
    tokenSeconds: z.int().min(60).max(21_600).default(3_600).describe('How long an access token is valid.'),
  })
  .describe('OAuth 2.0 client credentials: the provider fetches short-lived access tokens at `/oauth/token`.')

export const apiKeySchema = z
  .strictObject({
    id: id.describe('Name of the key, as it appears as the author of what it does.'),
    role: z
      .enum(['owner', 'operator', 'auditor'])
      .describe('`owner` may do everything, `operator` everything but manage keys, `auditor` may only read.'),
    ...secretFields,
  })
  .describe('A key for the admin API and the command line. Exactly one of `env`, `file`, `value` and `sha256`.')

export const connectionSchema = z
  .strictObject({
    id: id.describe('Name of the connection, unique in its tenant.'),
    profile: z
      .enum(['okta', 'entra', 'onelogin', 'generic'])
      .default('generic')
      .describe('Which provider pushes: its known quirks are read as it means them.'),
    delivery: z
      .enum(['queue', 'confirm'])
      .default('confirm')
      .describe(
        '`confirm` waits with the answer until an app has taken the change or refuses it for the sake of this person: then nothing has changed, here or there, and the provider shows why. `queue` answers as soon as the change is committed here.',
      ),
    confirmSeconds: z
      .int()
      .min(1)
      .max(30)
      .default(8)
      .describe('Longest wait for an app with `delivery: confirm`, in seconds; after it the provider is answered 2xx.'),
    tokens: z
      .array(tokenSchema)
      .min(1)
      .default([])
      .describe(
        'Bearer tokens the provider may use. Two at once make a change of token without a gap. `rollcall token create` makes more.',
      ),
    oauth: oauthSchema.optional(),
    basic: basicSchema.optional(),
    requestsPerSecond: z
      .int()
      .min(1)
      .max(100_000)
      .default(10_000)
      .describe(
        'Most requests a second that one process takes for this connection, after a burst of as many; above it the answer is 429 with `Retry-After`. Entra wants at least 25.',
      ),
    apps: z
      .array(id)
      .default([])
      .describe(
        'Apps that get accounts for the people of this connection. Without one, changes are accepted and kept.',
      ),
    showAccountsOf: z
      .array(id)
      .default([])
      .describe(
        'Which of its apps the provider sees accounts of that nobody owns: each as a user, so that an import or a search finds them before anything is written. Whom it writes to becomes its own. Protected accounts are not shown.',
      ),
  })
  .describe('Where identities come from: a SCIM address that a provider pushes to.')

/** The keys every app has; the others belong to its type. */
export const appSchema = z
  .looseObject({
    id: id.describe('Name of the app, unique in its tenant.'),
    type: z.string().min(1).describe('Which connector: for example `cxone`. It decides which other keys there are.'),
    mode: z
      .enum(['enforce', 'observe'])
      .optional()
      .describe(
        '`enforce` writes to the app. `observe` accepts, links and plans, and writes nothing. Without it a new app observes until `rollcall app enforce` has shown what that does and was told to; with it, only this file changes it.',
      ),
    adopt: z
      .enum(['matching', 'never'])
      .default('matching')
      .describe(
        '`matching` gives an account that exists already to the person of the same user name, if given or family name is the same too and the account is not protected. `never` leaves every such account to `rollcall link settle`.',
      ),
    protect: z
      .strictObject({
        userNames: z
          .array(z.string().min(1))
          .default([])
          .describe('Accounts that are never adopted, changed or disabled, by their user name in the app.'),
        roles: z
          .array(z.string().min(1))
          .optional()
          .describe(
            'Names or ids of roles whose holders are not adopted by rule. Without it: roles of administrators, managers and supervisors, and those that may change employees, roles or keys.',
          ),
      })
      .prefault({})
      .describe('Accounts that Rollcall keeps its hands off.'),
    readEveryMinutes: z
      .int()
      .min(1)
      .max(1440)
      .default(15)
      .describe(
        'How often the app is read for connections that show its accounts (`showAccountsOf`), beside once at each start.',
      ),
    policy: z
      .record(z.string(), z.unknown())
      .optional()
      .describe(
        'Who gets an account here, and with what: [Policy](policy.md) lists its keys. While it stands here or in `policyFile`, it cannot be saved otherwise; once both are taken out, the policy stays as it is until another is saved.',
      ),
    policyFile: z
      .string()
      .min(1)
      .optional()
      .describe(
        'The file that holds the policy, in YAML or JSON; a relative path begins at the folder of rollcall.yaml.',
      ),
  })
  .describe('A target that gets accounts.')

export const URL_RULE =
  'Write an address that begins with https://, or with http:// and this machine (http://localhost:9000/hook).'
export const SIGNING_RULE =
  'Write at least 16 characters; best `whsec_` and 24 to 64 bytes in base64, which `echo whsec_$(openssl rand -base64 32)` makes.'
export const FROM_RULE = 'Write an address, or a name and an address: Rollcall <rollcall@example.com>.'
export const CLEAR_RULE = 'Use starttls or implicit: a password is not sent in clear to another machine.'

const signingSecret = z
  .string()
  .regex(
    /^(whsec_(?=[A-Za-z0-9+/]{32,86}={0,2}$)([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?|(?!whsec_).{16,})$/,
    SIGNING_RULE,
  )

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/** The keys every alert has; the others belong to its type. */
export const alertSchema = z
  .looseObject({
    id: id.describe('Name of the alert, unique in its tenant.'),
    type: z.enum(['webhook', 'smtp']).describe('How the message travels. It decides which other keys there are.'),
  })
  .describe(
    'Who is told when something stands in the way of an app, and when it is over. A secret may stand in place of any text.',
  )

/** The keys of each type of alert. */
export const ALERT_TYPES = {
  webhook: z.strictObject({
    url: z
      .string()
      .regex(/^(https:\/\/[^\s/@?#]+|http:\/\/(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?)([/?]\S*)?$/, URL_RULE)
      .describe(
        'Where each message is posted: https, or http to this machine. May be a secret, as the addresses of chat services are.',
      ),
    secret: signingSecret.describe(
      'What messages are signed with (Standard Webhooks). `whsec_` and base64; anything else is the key as it stands.',
    ),
    oldSecret: signingSecret.optional().describe('Signs too, until the receiver has changed to the new `secret`.'),
  }),
  smtp: z
    .strictObject({
      host: z
        .string()
        .regex(/^[^\s/@]+$/, 'Write the name of the server only.')
        .describe('The server that takes the mail.'),
      port: z.int().min(1).max(65_535).default(587).describe('Its port.'),
      tls: z
        .enum(['starttls', 'implicit', 'none'])
        .default('starttls')
        .describe(
          '`starttls`: no mail if the server does not offer it. `implicit`: encrypted from the start, as on port 465. `none`: in clear, and without `auth` unless the server is this machine.',
        ),
      from: z
        .string()
        .regex(/^([^\s<>@]+@[^\s<>@]+|[^<>\r\n]*<[^\s<>@]+@[^\s<>@]+>)$/, FROM_RULE)
        .describe('The sender.'),
      to: z.array(z.email()).min(1).max(50).describe('Who gets it.'),
      auth: z
        .strictObject({
          user: z.string().min(1).describe('User name at the server.'),
          password: z.string().min(1).describe('Its password; a secret.'),
        })
        .optional()
        .describe('How to sign in at the server, where it wants that.'),
    })
    .refine(({ tls, auth, host }) => tls !== 'none' || auth === undefined || LOOPBACK.test(host), {
      path: ['tls'],
      error: CLEAR_RULE,
    }),
} as const

export const tenantSchema = z
  .strictObject({
    id: id.describe('Name of the organisation. Everything below belongs to it alone.'),
    apiKeys: z.array(apiKeySchema).default([]).describe('Who may use the admin API and the command line.'),
    connections: z.array(connectionSchema).default([]).describe('Where identities come from.'),
    extensions: z
      .array(extensionSchema)
      .default([])
      .describe('Attributes of users and groups that RFC 7643 does not have.'),
    apps: z.array(appSchema).default([]).describe('Which applications get accounts.'),
    alerts: z.array(alertSchema).default([]).describe('Who is told when something stands in the way of an app.'),
  })
  .describe('One customer organisation.')

export const fileSchema = z.strictObject({ tenants: z.array(tenantSchema).min(1) })

/** A tenant whose lists are read entry by entry, so that one bad entry does not hide what is wrong with the others. */
export const tenantShell = tenantSchema.extend({
  apiKeys: z.array(z.unknown()).default([]),
  connections: z.array(z.unknown()).default([]),
  apps: z.array(z.unknown()).default([]),
  alerts: z.array(z.unknown()).default([]),
})

/** A connection whose tokens, secrets and passwords are read one by one. */
export const connectionShell = connectionSchema.extend({
  tokens: z.array(z.unknown()).min(1).default([]),
  oauth: oauthSchema.extend({ secrets: z.array(z.unknown()).min(1) }).optional(),
  basic: basicSchema.extend({ passwords: z.array(z.unknown()).min(1).max(5) }).optional(),
})

export const fileShell = z.strictObject({ tenants: z.array(z.unknown()).min(1) })
