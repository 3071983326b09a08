/**
 * Examines an app once: what the doctor finds, and whether the app's API still looks as it did.
 * Decides what is kept of it and when its API has changed; must not write to the app, nor know what is examined.
 */
import type { RunContext } from '../durable/runs.ts'
import { isGood, type Examination, type Finding, type Shapes, type Tell } from '../connectors/doctor.ts'
import type { Queryable } from '../store/db.ts'
import type { AppKey } from '../store/deliveries.ts'
import { readShapes, saveExamination } from '../store/doctor.ts'
import { saveFound } from '../store/found-items.ts'
import type { OpenTarget } from './delivery-context.ts'
import { changesOf, mergeShapes, type ShapeChange } from './examine-app-shapes.ts'

export interface ExamineContext {
  readonly db: Queryable
  readonly target: Examinable
}

export type Examinable = { readonly connector: Pick<OpenTarget['connector'], 'examine'> }

export interface Examined {
  readonly ok: boolean
  /** When it ended. */
  readonly at: string
  readonly calls: number
  readonly findings: readonly Finding[]
  readonly changes: readonly ShapeChange[]
}

/** The kind of the open item. */
const CHANGED = 'api-changed'

export const examine = async ({ connector }: Examinable, tell: Tell): Promise<Examination> =>
  (await connector.examine?.(tell)) ?? NO_DOCTOR

interface Ended extends AppKey {
  /** What the API looks like now is good: somebody has looked at it. */
  readonly accept: boolean
}

/** Writes an examination down, with what has changed since the API was last as it is known. */
export async function keepExamination(
  db: Queryable,
  { tenant, app, accept }: Ended,
  { findings, calls, shapes }: Examination,
): Promise<Examined> {
  const key = { tenant, app }
  const known = await readShapes(db, key)
  const good = known.good as Shapes
  const changes = accept
    ? []
    : [...changesOf(good, shapes), ...stillChanged(known.changes as readonly ShapeChange[], shapes)]
  const ok = isGood(findings)
  const goodShapes = accept ? { ...good, ...shapes } : changes.length > 0 ? good : mergeShapes(good, shapes)
  const at = await saveExamination(db, key, { good: ok, calls, findings, goodShapes, lastShapes: shapes, changes })
  const found = changes.length === 0 ? [] : [{ kind: CHANGED, key: '', fix: fixOf(key, changes) }]
  await saveFound(db, key, { kinds: [CHANGED], found, undecided: [] })
  return { ok, at: at.toISOString(), calls, findings, changes }
}

/** What was different before, in calls that were not made this time. */
const stillChanged = (before: readonly ShapeChange[], shapes: Shapes): ShapeChange[] =>
  before.filter(({ call }) => shapes[call] === undefined)

const NO_DOCTOR: Examination = {
  findings: [
    {
      check: 'doctor',
      status: 'unknown',
      needed: false,
      found: 'There is no doctor for apps of this type.',
      blocks: 'Nothing.',
      fix: 'What stands in its way: rollcall app show.',
    },
  ],
  calls: 0,
  shapes: {},
}

/** Most changes that an open item names. */
const MOST_NAMED = 3

function fixOf({ app }: AppKey, changes: readonly ShapeChange[]): string {
  const named = changes.slice(0, MOST_NAMED).map(wordsOf)
  const more = changes.length > MOST_NAMED ? `; and ${changes.length - MOST_NAMED} more` : ''
  return `Answers of this app do not look as they did: ${named.join('; ')}${more}. See rollcall app doctor ${app}, and whether accounts are still read and written as they should be. If they are, rollcall app doctor ${app} --accept takes its API as it is now; if not, look for a newer version of Rollcall.`
}

const wordsOf = ({ call, field, was, is }: ShapeChange): string =>
  `${field === '' ? 'the answer' : field} of ${call} was ${was} and is ${is}`

/** Input `{ app, accept }`; a step for each finding, so that somebody can watch. */
export async function examineApp(
  { db, target }: ExamineContext,
  run: RunContext,
): Promise<Readonly<Record<string, unknown>>> {
  const examination = await examine(target, async (finding) => {
    await run.step(finding.check, async () => finding)
  })
  const ended = { tenant: run.tenant, app: String(run.input['app']), accept: run.input['accept'] === true }
  return { ...(await keepExamination(db, ended, examination)) }
}
