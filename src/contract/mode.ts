/**
 * Whether an app is written to, as the admin API changes it.
 * Decides fields and their meaning; must not decide when it may be changed.
 */
import { z } from 'zod'

export const enforcement = z
  .strictObject({
    difference: z.uuid().describe('The difference that somebody has looked at. Of the last quarter of an hour.'),
    hash: z.string().min(1).max(200).describe('Its hash.'),
  })
  .meta({ id: 'Enforcement' })

export const modeSet = z
  .object({
    app: z.string(),
    mode: z.enum(['enforce', 'observe']),
    changed: z.boolean().describe('False where it was so already.'),
    due: z.int().describe('Plans that had waited and are carried out now.'),
  })
  .meta({ id: 'ModeSet' })

export type ModeSet = z.output<typeof modeSet>
