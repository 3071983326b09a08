/**
 * What an `apps:` entry of type `cxone` may say.
 * Decides keys, defaults and their meaning; must not call CXone.
 */
import { z } from 'zod'

const ADDRESS_RULE = 'Write an address such as https://cxone.niceincontact.com, without a query.'
const ISSUER_RULE = 'An issuer is an address such as https://cxone.niceincontact.com, without a query.'

/** An address is used as it is written, but for slashes at its end: CXone spells its hosts in two ways (facts, section 1.4). */
const address = (rule: string) =>
  z.url({ protocol: /^https?$/, error: rule }).refine((text) => !/[?#@]/.test(text), rule)

/** A back-end application registered with NICE (facts, section 2.2). Which tenant is signed in to is still the access key's affair. */
const application = z.strictObject({
  clientId: z.string().min(1).describe('Client id of a back-end application that NICE has registered.'),
  clientSecret: z.string().min(1).describe('Its client secret.'),
  authMethod: z
    .enum(['client_secret_basic', 'client_secret_post'])
    .default('client_secret_basic')
    .describe('How it shows who it is, as it was registered: in the header (HTTP Basic) or in the body.'),
  encoding: z
    .enum(['form', 'plain'])
    .default('form')
    .describe(
      'How id and secret stand in HTTP Basic: "form" encodes special characters, as RFC 6749 wants it; "plain" does not, for a token service that does not decode them.',
    ),
  scope: z.string().min(1).optional().describe('Scopes to ask for, with blanks between; without it none are named.'),
  tokenEndpoint: address(ADDRESS_RULE)
    .optional()
    .describe('Where tokens are had, instead of what the discovery of the issuer says.'),
})

const auth = z.strictObject({
  accessKeyId: z.string().min(1).describe('Access key of the service user.'),
  accessKeySecret: z.string().min(1).describe('Its secret, shown once when the key is made.'),
  application: application
    .optional()
    .describe(
      'A back-end application, for tenants that want one beside the access key: the key then is user name and password of the OAuth password grant.',
    ),
  renewal: z
    .enum(['refresh', 'sign-in'])
    .optional()
    .describe(
      'How a token is followed by the next one: "refresh" by its refresh token, and by signing in anew where that is refused; "sign-in" always anew, so that a key that was switched off ends at once. Without it, refresh with an application and sign-in without.',
    ),
})

const defaults = z.strictObject({
  role: z.string().min(1).optional().describe('Primary role, by name or id.'),
  team: z.string().min(1).optional().describe('Team, by name or id.'),
})

/** One setting for each fact about CXone that is not written down and cannot be found out by asking; the readme has the table. */
const settings = z.strictObject({
  emailUpdates: z
    .boolean()
    .default(false)
    .describe('Change the e-mail address of existing accounts. CXone then mails the new address to have it verified.'),
  updatesInactive: z
    .boolean()
    .default(false)
    .describe(
      'Write attributes of deactivated accounts, so that somebody who returns has the right role from the start.',
    ),
  resendVerification: z
    .boolean()
    .default(false)
    .describe(
      'Also change accounts whose new e-mail address waits to be verified. CXone may then mail that address again.',
    ),
  readLagSeconds: z
    .number()
    .min(0)
    .max(60)
    .default(5)
    .describe('How long a write may take to show when it is read again, before it counts as not done.'),
  pageSize: z.int().min(1).max(1000).default(100).describe('Rows asked for at once in searches.'),
  listMaxMiB: z
    .int()
    .min(1)
    .max(1024)
    .default(64)
    .describe('Largest list of all users accepted: that list has no pages.'),
  patienceSeconds: z
    .int()
    .min(0)
    .max(60)
    .default(10)
    .describe('How long a change that has begun waits when CXone says that there are too many calls.'),
  acdVersion: z
    .union([z.literal('auto'), z.int().min(20).max(34)])
    .default('auto')
    .describe(
      'Version of the ACD services, for example 31. "auto" asks which there are and takes one of 31 to 34 where it can.',
    ),
  mirrorSeconds: z
    .number()
    .min(0)
    .max(300)
    .default(10)
    .describe(
      'How long a change waits for the ACD to know an account that was made a moment ago, before it is put off.',
    ),
  agentUpdates: z
    .enum(['whole', 'changed'])
    .default('whole')
    .describe(
      'What an update of an ACD profile sends: "whole" all that was read with the changes on top, "changed" only the changes.',
    ),
  proficiencyMin: z.int().min(0).max(100).default(1).describe('Lowest proficiency that a skill can be held at.'),
  proficiencyMax: z.int().min(0).max(100).default(20).describe('Highest proficiency that a skill can be held at.'),
  respectUserLimit: z
    .boolean()
    .default(true)
    .describe(
      'Create and reactivate nobody beyond the user limit that the business unit shows, counting all who are not deactivated. Otherwise only CXone itself refuses.',
    ),
})

/** CXone has no list of its login authenticators (facts, section 4.2): those that are used are found, their names are not. */
const authenticator = z.strictObject({
  id: z.string().min(1).describe('Its id (a UUID).'),
  name: z.string().min(1).describe('The name it goes by here and in policies.'),
  system: z
    .boolean()
    .optional()
    .describe(
      'True for the one with passwords of CXone: its people are asked in by e-mail. False for a single sign-on.',
    ),
})

/** No limit is published; to begin with, what is advised of old (facts, section 7, inferred). */
const rate = z.strictObject({
  startPerSecond: z
    .number()
    .min(0.2)
    .max(1000)
    .default(5)
    .describe(
      'Calls a second to begin with. CXone publishes no limit: as long as it does not say that there are too many, and more calls wait, the rate rises.',
    ),
  perSecond: z.number().min(0.2).max(1000).default(100).describe('Never more calls a second than this.'),
  burst: z.int().min(1).max(1000).default(10).describe('Calls that may be made at once after a rest.'),
})

export const config = z
  .strictObject({
    area: z
      .string()
      .regex(/^[a-z0-9]([a-z0-9-]{0,30}[a-z0-9])?$/i, 'An area is a short name such as na1, eu1 or au1.')
      .optional()
      .describe('The area of the tenant, for example na1. Discovery finds the rest.'),
    issuer: address(ISSUER_RULE)
      .optional()
      .describe(
        'Instead of `area`: the issuer itself, or any host that signs in, for sovereign and government clouds.',
      ),
    tenantId: z
      .string()
      .regex(/^[A-Za-z0-9-]{1,64}$/, 'A tenant id is a UUID, as CXone shows it.')
      .optional()
      .describe(
        'The id of the tenant (business unit) that the key must belong to: signing in to another one is refused. Also asked for where the token does not say it.',
      ),
    apiEndpoint: address(ADDRESS_RULE)
      .optional()
      .describe('The address of the API, instead of asking the discovery of CXone for it.'),
    auth,
    defaults: defaults.default({}).describe('What an account gets when Rollcall creates it and nothing else decides.'),
    concurrency: z
      .int()
      .min(1)
      .max(16)
      .default(1)
      .describe('Most deliveries at once. CXone publishes no limit; one is safe.'),
    authenticators: z
      .array(authenticator)
      .default([])
      .describe(
        'Names for login authenticators, since CXone lists none: `{ id, name, system }` each, with `system: true` for the one with passwords of CXone, whose people are asked in by e-mail.',
      ),
    rate: rate
      .prefault({})
      .describe('How often CXone is called, by all processes together; apps with the same access key share it.'),
    settings: settings.prefault({}),
  })
  .superRefine(({ area, issuer }, context) => {
    if ((area === undefined) === (issuer === undefined)) {
      const message =
        'Give exactly one of `area` (for example na1) and `issuer` (for example https://cxone.niceincontact.com).'
      context.addIssue({ code: 'custom', message, path: [area === undefined ? 'area' : 'issuer'] })
    }
  })

export type CxoneConfig = z.infer<typeof config>
export type CxoneSettings = CxoneConfig['settings']
