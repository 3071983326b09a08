/**
 * The keys of `alerts:`, of every alert and of each type.
 * Decides what may be written there; must not send anything.
 */
import { z } from 'zod'
import { id } from './id-schema.ts'

const URL_RULE =
  'Write an address that begins with https://, or with http:// and this machine (http://localhost:9000/hook).'
const SIGNING_RULE =
  'Write at least 16 characters; best `whsec_` and 24 to 64 bytes in base64, which `echo whsec_$(openssl rand -base64 32)` makes.'
const FROM_RULE = 'Write an address, or a name and an address: Rollcall <rollcall@example.com>.'
const CLEAR_RULE = 'Use starttls or implicit: a password is not sent in clear to another machine.'

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
