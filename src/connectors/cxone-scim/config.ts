/**
 * What an `apps:` entry of type `cxone-scim` may say.
 * Decides keys, defaults and their meaning; must not call CXone.
 */
import { z } from 'zod'

const address = (what: string) =>
  z.url({ protocol: /^https?$/, error: `${what} is an address such as https://na1.nice-incontact.com.` })

const auth = z.strictObject({
  accessKeyId: z.string().min(1).describe('Access key of the service user.'),
  accessKeySecret: z.string().min(1).describe('Its secret, shown once when the key is made.'),
  send: z
    .enum(['bearer', 'basic'])
    .default('bearer')
    .describe('How it is shown: exchanged for a token (`bearer`), or with each call (`basic`, another address).'),
})

/** Native SCIM has no list of these (facts, section 3.1). */
const entry = (what: string) =>
  z.strictObject({
    id: z.string().min(1).describe('Its id (a UUID).'),
    name: z.string().min(1).describe(`The name of the ${what}, as CXone shows it.`),
  })

const listOf = (what: string) =>
  z
    .array(entry(what))
    .default([])
    .describe(
      `The ${what}s that can be given, \`{ id, name }\` each: native SCIM lists none. Those that somebody is seen with are known too.`,
    )

const defaults = z.strictObject({
  role: z.string().min(1).optional().describe('Primary role, by name or id. Without it CXone takes its own default.'),
  team: z.string().min(1).optional().describe('Team, by name or id. Without it CXone takes its own default.'),
})

/** One setting for each fact about native SCIM that is not written down; the readme has the table. */
const settings = z.strictObject({
  patch: z
    .enum(['auto', 'no'])
    .default('auto')
    .describe(
      'Whether single values are changed by PATCH; otherwise, and where it has no effect, the whole user is sent.',
    ),
  patchOp: z
    .enum(['omit', 'replace'])
    .default('omit')
    .describe('Whether a PATCH says `op`, which CXone does not document. The other form is tried after a refusal.'),
  filterCase: z
    .enum(['unknown', 'insensitive'])
    .default('unknown')
    .describe('Whether a search finds user names in any case. "unknown" looks for the name in lower case as well.'),
  ignored: z
    .enum(['refuse', 'hide'])
    .default('refuse')
    .describe(
      'What becomes of attributes that the Account Settings of the tenant do not let SCIM write: "refuse" says so and waits for them to be allowed, "hide" goes on without them.',
    ),
  emailUpdates: z
    .boolean()
    .default(false)
    .describe('Change the e-mail address of existing accounts. CXone may then mail the new address.'),
  updatesInactive: z
    .boolean()
    .default(false)
    .describe('Write attributes of deactivated accounts, so that somebody who returns is right from the start.'),
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
    .describe('How long a change that has begun waits when CXone says that there are too many calls.'),
})

/** No limit is published (facts, section 7, inferred). */
const rate = z.strictObject({
  startPerSecond: z.number().min(0.2).max(1000).default(5).describe('Calls a second to begin with.'),
  perSecond: z.number().min(0.2).max(1000).default(50).describe('Never more calls a second than this.'),
  burst: z.int().min(1).max(1000).default(10).describe('Calls that may be made at once after a rest.'),
})

export const config = z
  .strictObject({
    area: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/i, 'An area is a short name such as na1, eu1 or au1.')
      .optional()
      .describe('The area of the tenant, for example na1.'),
    issuer: address('An issuer').optional().describe('Instead of `area`: the host that signs in, for other clouds.'),
    url: address('The url')
      .optional()
      .describe('The SCIM address, where it is neither at the area nor below the API endpoint of the tenant.'),
    auth,
    defaults: defaults.default({}).describe('What an account gets when Rollcall creates it and nothing else decides.'),
    roles: listOf('role'),
    teams: listOf('team'),
    authenticators: listOf('login authenticator'),
    concurrency: z.int().min(1).max(16).default(1).describe('Most deliveries at once.'),
    rate: rate.prefault({}).describe('How often CXone is called, by all processes together.'),
    settings: settings.prefault({}),
  })
  .superRefine(({ area, issuer, url, auth: { send } }, context) => {
    const hosts = [area, issuer].filter((host) => host !== undefined).length
    if (hosts === 1 || (hosts === 0 && url !== undefined && send === 'basic')) return
    const message = 'Give exactly one of `area` (for example na1) and `issuer`. With basic and a url neither is needed.'
    context.addIssue({ code: 'custom', message, path: [area === undefined ? 'area' : 'issuer'] })
  })

export type CxoneScimConfig = z.infer<typeof config>
export type CxoneScimSettings = CxoneScimConfig['settings']
