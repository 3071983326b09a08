/**
 * Open items and whom they are told to.
 * Decides which receivers there are; must not know what is told (workflows/alert.ts).
 */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import { openChannel } from '../notify/open.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey } from '../store/deliveries.ts'
import type { OpenChannel } from '../workflows/alert.ts'
import { openAlertEngine, type AlertPace } from '../workflows/alert-engine.ts'
import type { Alerts } from '../http/admin/context.ts'
import type { Surroundings } from './starting.ts'
import type { Targets } from './targets.ts'

interface Alerting extends Surroundings {
  readonly db: Db
  readonly targets: Targets
  readonly pace: AlertPace
  readonly onError: (error: unknown) => void
}

/** Starts telling; what it gives back is the admin API's part of it. */
export function openAlerting(config: Config, { db, targets, pace, log, closers, onError }: Alerting): Alerts {
  const channels = openChannels(config)
  const engine = openAlertEngine({
    db,
    channels,
    pace,
    adviceOf: (key) => targets.get(textOfAppKey(key))?.advice,
    log,
    onError,
    now: () => new Date(),
    newId: randomUUID,
  })
  closers.add('alerts', engine.close)
  return {
    test: engine.test,
    ids: (tenant) => channels.filter((it) => it.tenant === tenant).map(({ id }) => id),
  }
}

const openChannels = (config: Config): readonly OpenChannel[] =>
  config.tenants.flatMap(({ id: tenant, alerts }) =>
    alerts.map(({ id, ...settings }) => ({ tenant, id, channel: openChannel(settings, { now: () => new Date() }) })),
  )
