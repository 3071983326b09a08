/**
 * What the names of things in rollcall.yaml may look like.
 * Decides their form; must not know where they stand.
 */
import { z } from 'zod'

const ID_RULE = 'Use 1 to 63 lower-case letters, digits and hyphens, beginning with a letter or digit.'

export const id = z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, ID_RULE)
