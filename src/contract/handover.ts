/**
 * Moving from one provider to another, as the admin API does it.
 * Decides fields and their meaning; must not decide who is the same person.
 */
import { z } from 'zod'
import { idParam } from './paging.ts'

export const handoverRequest = z
  .strictObject({
    to: idParam.describe('The connection whose identities are to own the accounts.'),
    app: idParam.optional().describe('Only accounts in this app.'),
    apply: z.boolean().default(false).describe('False only shows what would be done.'),
    after: z.int().min(0).default(0).describe('`next` of the part before.'),
    limit: z.int().min(1).max(500).default(200).describe('Most accounts in this part.'),
  })
  .meta({ id: 'HandoverRequest' })

export const handoverStep = z
  .object({
    step: z.string().describe('Which account.'),
    ok: z.boolean().describe('It changes its owner, or has. What does not, stays with its owner.'),
    detail: z.string().describe('To whom it goes, and by what they are known to be the same person; or why it stays.'),
    app: z.string(),
    account: z.string().describe("The app's own id of it."),
  })
  .meta({ id: 'HandoverStep' })

export const handover = z
  .object({
    steps: z.array(handoverStep),
    next: z.int().nullable().describe('Goes into `after` of the next part; null when this is the last one.'),
  })
  .meta({ id: 'Handover' })

export type HandoverStep = z.output<typeof handoverStep>
