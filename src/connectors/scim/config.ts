/**
 * What an `apps:` entry of type `scim` may say.
 * Decides keys, defaults and their meaning; must not call the server.
 */
import { z } from 'zod'

const address = (what: string) =>
  z.url({ protocol: /^https?$/, error: `${what} is an address such as https://app.example.com/scim/v2.` })

const basic = z.strictObject({
  userName: z.string().min(1).describe('User name.'),
  password: z.string().min(1).describe('Its password.'),
})

const oauth = z.strictObject({
  tokenUrl: address('A token URL').describe('Where tokens are asked for.'),
  clientId: z.string().min(1).describe('Client id.'),
  clientSecret: z.string().min(1).describe('Client secret.'),
  scope: z.string().min(1).optional().describe('Scopes that are asked for, with blanks between them.'),
  send: z
    .enum(['basic', 'post'])
    .default('basic')
    .describe('How the client names itself: `basic` in a header, `post` in the body of the request.'),
})

const auth = z
  .strictObject({
    token: z.string().min(1).optional().describe('A bearer token.'),
    basic: basic.optional().describe('Or a user name and a password.'),
    oauth: oauth.optional().describe('Or OAuth 2.0 client credentials.'),
  })
  .superRefine(({ token, basic: pair, oauth: client }, context) => {
    if ([token, pair, client].filter((way) => way !== undefined).length === 1) return
    const message = 'Give exactly one of `token`, `basic` and `oauth`.'
    context.addIssue({ code: 'custom', message })
  })

/** What a server may say wrongly of itself, or not at all; the readme has the table. */
const settings = z.strictObject({
  patch: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe('Whether the server takes PATCH. "auto" goes by what it says, and by what it does.'),
  filter: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe(
      'Whether users are found by filter. "auto" believes that nobody is found once somebody known was found by their name in another case; "yes" always, "no" reads the whole list each time.',
    ),
  paging: z
    .enum(['auto', 'index', 'cursor'])
    .default('auto')
    .describe('How lists are paged. "auto" takes cursors (RFC 9865) where the server says it has them.'),
  groups: z
    .enum(['auto', 'yes', 'no'])
    .default('auto')
    .describe('Whether groups are given and taken. "auto" goes by the resource types that the server names.'),
  memberships: z
    .enum(['auto', 'user', 'filter', 'list'])
    .default('auto')
    .describe(
      'Where it is read who is in which group: `groups` of the user, a filter over groups, or the members of all groups. "auto" takes the first that is seen to be right.',
    ),
  schemas: z
    .enum(['follow', 'ignore'])
    .default('follow')
    .describe('Whether attributes that the schemas of the server do not have, or call read-only, are left alone.'),
  pageSize: z.int().min(1).max(1000).default(100).describe('Rows asked for at once in lists.'),
  listMax: z.int().min(1).max(1_000_000).default(200_000).describe('Most rows of a list that are read.'),
  answerMaxMiB: z.int().min(1).max(1024).default(16).describe('Largest answer accepted.'),
  readLagSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(5)
    .describe('How long a write may take to show when it is read again, before it counts as not done.'),
  patienceSeconds: z
    .int()
    .min(0)
    .max(60)
    .default(10)
    .describe('How long a change that has begun waits when the server says that there are too many calls.'),
})

const rate = z.strictObject({
  startPerSecond: z
    .number()
    .min(0.2)
    .max(1000)
    .default(20)
    .describe(
      'Calls a second to begin with. As long as the server does not complain, and more calls wait, the rate rises.',
    ),
  perSecond: z.number().min(0.2).max(1000).default(200).describe('Never more calls a second than this.'),
  burst: z.int().min(1).max(1000).default(40).describe('Calls that may be made at once after a rest.'),
})

export const config = z.strictObject({
  url: address('The url').describe('The SCIM base address, such as `https://app.example.com/scim/v2`.'),
  auth: auth.describe('How Rollcall signs in there: exactly one of the ways.'),
  concurrency: z.int().min(1).max(16).default(2).describe('Most deliveries at once.'),
  rate: rate.prefault({}).describe('How often the server is called, by all processes together.'),
  settings: settings.prefault({}),
})

export type ScimConfig = z.infer<typeof config>
export type ScimSettings = ScimConfig['settings']
export type ScimAuth = ScimConfig['auth']
