/**
 * Alerts as the admin API shows them: who is told of open items.
 * Decides fields and their meaning; must not know how a message travels.
 */
import { z } from 'zod'

export const alertTest = z
  .object({
    alert: z.string(),
    sent: z.boolean().describe('The receiver took the message.'),
    detail: z.string().describe('What happened, in a sentence.'),
  })
  .meta({ id: 'AlertTest' })

export type AlertTest = z.output<typeof alertTest>
