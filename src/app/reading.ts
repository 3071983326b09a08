/**
 * Readings of apps at the start, for providers that are shown their accounts.
 * Decides how often which app is read; must not know what is done with what was read.
 */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import { callingFor } from '../connectors/purpose.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey } from '../store/deliveries.ts'
import { openReadingEngine } from '../workflows/reading-engine.ts'
import type { Surroundings } from './starting.ts'
import type { Targets } from './targets.ts'

interface Reading extends Surroundings {
  readonly db: Db
  readonly targets: Targets
  readonly onError: (error: unknown) => void
}

export function openReading(config: Config, { db, targets, log, closers, onError }: Reading): void {
  const minutes = new Map(
    config.tenants.flatMap(({ id: tenant, apps }) =>
      apps.map(({ id: app, readEveryMinutes }) => [textOfAppKey({ tenant, app }), readEveryMinutes] as const),
    ),
  )
  const engine = openReadingEngine({
    db,
    targets,
    minutes: (key) => minutes.get(key) ?? Number.POSITIVE_INFINITY,
    callingFor,
    now: () => new Date(),
    newId: randomUUID,
    log,
    onError,
  })
  closers.add('readings', engine.close)
}
