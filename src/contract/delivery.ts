/**
 * Deliveries as the admin API shows them.
 * Decides fields and their meaning; must not know how a delivery is made.
 */
import { z } from 'zod'
import { idParam, instant, pageOf, pageQuery } from './paging.ts'

export const deliveryState = z
  .enum(['due', 'delivered', 'retrying', 'refused', 'disputed', 'observed'])
  .describe('`observed`: the app is only observed; `detail` says what would be done.')

export const delivery = z
  .object({
    app: z.string(),
    connection: z.string(),
    identity: z.uuid().describe('Id of the SCIM User whose wish is delivered.'),
    userName: z.string(),
    subject: z
      .string()
      .describe(
        'What it is about in the app: `account:` and its id; `name:` and the user name while there is no account yet; `link:` and its id where there is to be none.',
      ),
    wanted: z.int().describe('Changes accepted so far.'),
    delivered: z.int().describe('How many of them the app has seen.'),
    state: deliveryState,
    urgency: z
      .enum(['normal', 'interactive', 'deactivation'])
      .describe(
        'A deactivation goes before everything else, then what a provider waits for (`interactive`). A deactivation that failed takes turns with the others.',
      ),
    attempts: z.int().describe('Failed attempts since the last change.'),
    next: instant
      .nullable()
      .describe('When it is tried next; null when nothing is left to do, or only a person can go on.'),
    code: z.string().nullable().describe('What stands in the way, for programs.'),
    detail: z.string().nullable().describe('What stands in the way, in a sentence.'),
    accepted: instant.describe('When the last change was accepted.'),
    deliveredAt: instant.nullable(),
  })
  .meta({ id: 'Delivery' })

export const deliveryQuery = pageQuery.extend({
  app: idParam.optional().describe('Only this app.'),
  state: deliveryState.optional().describe('Only this state.'),
})

export const deliveryPage = pageOf(delivery, 'DeliveryPage')

export type Delivery = z.output<typeof delivery>
export type DeliveryState = z.output<typeof deliveryState>
