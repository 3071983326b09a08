/**
 * Comparing everybody with an app, as a run.
 * Decides whose turn its calls take; must not compare anybody (workflows/difference.ts).
 */
import { createHash } from 'node:crypto'
import { callingFor } from '../connectors/purpose.ts'
import type { Workflow } from '../durable/runs.ts'
import type { Db } from '../store/db.ts'
import { LANES } from '../store/deliveries.ts'
import { difference } from '../workflows/difference.ts'
import type { Compile } from './policies.ts'
import type { Targets } from './targets.ts'

interface Comparing {
  readonly db: Db
  readonly targets: Targets
  readonly compile: Compile
}

/** By the name that a run gives it. */
export const differenceWorkflow = ({ db, targets, compile }: Comparing): Readonly<Record<'difference', Workflow>> => ({
  difference: async (run) => {
    const context = { db, targets, compile, hash: sha256, now: () => new Date() }
    return { ...(await callingFor({ urgency: LANES.bulk, id: 'difference' }, () => difference(context, run))) }
  },
})

const sha256 = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('hex')
