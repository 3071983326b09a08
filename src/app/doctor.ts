/**
 * The doctor at the start: examinations that somebody asks for, and those of every day.
 * Decides whose turn their calls take; must not know what is examined.
 */
import { randomUUID } from 'node:crypto'
import { callingFor } from '../connectors/purpose.ts'
import type { Workflow } from '../durable/runs.ts'
import type { Db } from '../store/db.ts'
import { LANES, textOfAppKey } from '../store/deliveries.ts'
import { DAILY, openDailyExaminations } from '../workflows/examine-app-daily.ts'
import { examineApp } from '../workflows/examine-app.ts'
import type { Surroundings } from './starting.ts'
import type { Targets } from './targets.ts'

interface Examining {
  readonly db: Db
  readonly targets: Targets
}

/** By the name that a run gives it. */
export const doctorWorkflow = ({ db, targets }: Examining): Readonly<Record<'examine-app', Workflow>> => ({
  'examine-app': async (run) => {
    const app = String(run.input['app'])
    const target = targets.get(textOfAppKey({ tenant: run.tenant, app }))
    if (target === undefined) throw new Error(`the app ${app} is not open in this process`)
    return callingFor({ urgency: LANES.interactive, id: 'doctor' }, () => examineApp({ db, target }, run))
  },
})

export function openDoctor({
  db,
  targets,
  log,
  closers,
  onError,
}: Examining & Surroundings & { readonly onError: (error: unknown) => void }): void {
  const daily = openDailyExaminations({ db, targets, pace: DAILY, callingFor, newId: randomUUID, log, onError })
  closers.add('daily examinations', daily.close)
}
