/**
 * Taking an inventory of an app, as a run.
 * Decides whose turn its calls take; must not look at anything (workflows/inventory.ts).
 */
import { callingFor } from '../connectors/purpose.ts'
import type { Workflow } from '../durable/runs.ts'
import type { Db } from '../store/db.ts'
import { LANES } from '../store/deliveries.ts'
import { inventory } from '../workflows/inventory.ts'
import type { Targets } from './targets.ts'

/** By the name that a run gives it. */
export const inventoryWorkflow = (context: {
  readonly db: Db
  readonly targets: Targets
}): Readonly<Record<'inventory', Workflow>> => ({
  inventory: async (run) => ({
    ...(await callingFor({ urgency: LANES.bulk, id: 'inventory' }, () =>
      inventory({ ...context, now: () => new Date() }, run),
    )),
  }),
})
