/**
 * Single sign-on into an app, as the admin API shows and checks it.
 * Decides fields and their meaning; must not know how anything is checked.
 */
import { z } from 'zod'
import { instant } from './paging.ts'

export const signOnProvider = z.enum(['okta', 'entra', 'google', 'onelogin'])
export const signOnProtocol = z.enum(['saml', 'oidc'])
export const nameIdSource = z.enum(['userName', 'email', 'externalId'])

export const signOnFinding = z
  .object({
    check: z.string().describe('What was looked at; the same name in every check.'),
    status: z
      .enum(['ok', 'wrong', 'doubtful', 'unknown'])
      .describe(
        '`wrong`: nobody gets in, or not for long. `doubtful`: it may work, and a person should look. `unknown`: it could not be told from what was given.',
      ),
    words: z.string().describe('What was seen, in a sentence.'),
    fix: z.string().optional().describe('What to change, and where.'),
  })
  .meta({ id: 'SignOnFinding' })

const signOnValue = z.object({
  field: z.string().describe('What that side calls it.'),
  value: z.string().optional().describe('What to put in; absent where it is to be read there.'),
  certainty: z.enum(['documented', 'inferred']).describe('`inferred`: compare it with what CXone shows, which counts.'),
  why: z.string(),
})

export const signOnGuide = z
  .object({
    app: z.string(),
    idp: signOnProvider,
    protocol: signOnProtocol,
    place: z
      .object({
        issuer: z.string(),
        tenantId: z.string().optional(),
        tenantName: z.string().optional(),
        businessUnit: z.string().optional(),
        cluster: z.string().optional(),
        area: z.string().optional(),
      })
      .describe("Where the app's people sign in, as the app itself says."),
    placeTrouble: z.string().nullable().describe('Why it could not be asked just now: then it is as it was known.'),
    launchUrl: z.string().describe('The address for the tile of the provider.'),
    steps: z.array(
      z.object({
        side: z.enum(['provider', 'cxone', 'rollcall']),
        where: z.string(),
        what: z.string(),
        values: z.array(signOnValue),
      }),
    ),
    ticket: z.string().describe('A complete ticket for the support of NICE.'),
    watched: z
      .object({
        idp: signOnProvider.nullable(),
        metadataUrl: z.string().nullable().describe('Where metadata is read again; null where it was given as a file.'),
        given: instant.nullable(),
        seen: instant.nullable().describe('When the metadata was last read.'),
        why: z.string().nullable().describe('Why it could not be read the last time.'),
        certificates: z.array(
          z.object({
            subject: z.string(),
            fingerprint: z.string().describe('SHA-256.'),
            notBefore: instant,
            notAfter: instant,
            daysLeft: z.int(),
          }),
        ),
        changes: z.array(z.string()).describe('What is different at the provider from what was given, in sentences.'),
      })
      .describe('What was given and is watched.'),
  })
  .meta({ id: 'SignOnGuide' })

export const signOnQuery = z.object({
  idp: signOnProvider.describe('Whose words the guide is in.'),
  protocol: signOnProtocol.default('saml'),
})

const LARGEST = 1_000_000
const text = z.string().min(1).max(LARGEST)

/** What a check may be given; a document is judged as it is, and nothing of it is kept. */
export const signOnCheckBody = z
  .strictObject({
    idp: signOnProvider,
    protocol: signOnProtocol.default('saml'),
    metadata: text.optional().describe('The metadata of the provider, or its OpenID Connect discovery document.'),
    certificate: text.optional().describe('Its certificate: PEM, or the base64 of its DER.'),
    response: text.optional().describe('A captured SAML response: XML, or base64 as the browser posts it.'),
    nameId: z.string().min(1).max(1_000).optional().describe('What CXone knows the person by.'),
    userName: z.string().min(1).max(1_000).optional().describe('Whose account is asked for that, instead.'),
    at: z.iso.datetime({ offset: true }).optional().describe('When the response came.'),
    entityId: z.string().min(1).max(1_000).optional().describe('Entity ID as CXone shows it.'),
    acs: z.string().min(1).max(1_000).optional().describe('Assertion URL as CXone shows it.'),
  })
  .meta({ id: 'SignOnCheck' })

/** What is kept and watched from then on. */
export const signOnGivenBody = z
  .strictObject({
    idp: signOnProvider,
    protocol: signOnProtocol.default('saml'),
    metadata: text.optional(),
    metadataUrl: z
      .string()
      .min(1)
      .max(2_000)
      .optional()
      .describe('Where the provider publishes it: an https address. It is read now, and again every few hours.'),
    certificate: text.optional(),
  })
  .refine((it) => it.metadata === undefined || it.metadataUrl === undefined, 'give one of metadata and metadataUrl')
  .refine(
    (it) => it.metadata !== undefined || it.metadataUrl !== undefined || it.certificate !== undefined,
    'give metadata, metadataUrl or certificate',
  )
  .meta({ id: 'SignOnGiven' })

export const signOnChecked = z
  .object({
    ok: z.boolean().describe('Nothing is wrong.'),
    kept: z.boolean().describe('What was given is kept and watched.'),
    findings: z.array(signOnFinding),
    values: z.record(z.string(), z.string()).describe('What goes into which field of CXone.'),
  })
  .meta({ id: 'SignOnChecked' })

export const lockOutBody = z
  .strictObject({
    nameIdFrom: nameIdSource.default('userName').describe('What the provider sends as NameID.'),
  })
  .meta({ id: 'LockOutCheck' })

export const lockOut = z
  .object({
    verdict: z.enum(['whole', 'partial', 'unreachable']),
    why: z.string().nullable(),
    accounts: z.int().describe('Accounts that were read.'),
    totals: z.array(z.object({ reason: z.string(), count: z.int(), fix: z.string() })),
    lockedOut: z.array(z.object({ account: z.string(), userName: z.string(), reason: z.string(), why: z.string() })),
    more: z.int().describe('How many there are beyond those that are named.'),
  })
  .meta({ id: 'LockOut' })

export type SignOnGuide = z.output<typeof signOnGuide>
export type SignOnCheck = z.output<typeof signOnCheckBody>
export type SignOnGiven = z.output<typeof signOnGivenBody>
export type SignOnChecked = z.output<typeof signOnChecked>
export type SignOnFinding = z.output<typeof signOnFinding>
export type LockOut = z.output<typeof lockOut>
