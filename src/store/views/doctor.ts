/**
 * The last examination of an app, as the admin API shows it.
 * Decides what is read; must not change anything.
 */
import type { Queryable } from '../db.ts'
import type { AppKey } from '../deliveries.ts'
import { isoOrNull } from './page.ts'

export interface ExaminationRow {
  /** Null before the first. */
  readonly at: string | null
  readonly ok: boolean | null
  readonly calls: number | null
  readonly findings: unknown
  readonly changes: unknown
  readonly shapes: unknown
}

export async function readExamination(db: Queryable, { tenant, app }: AppKey): Promise<ExaminationRow> {
  const { rows } = await db.query<Omit<ExaminationRow, 'at'> & { at: Date | null }>({
    name: 'read-examination',
    text: `select examination.ended_at as at, examination.good as ok, examination.calls, examination.findings,
             examination.changes, examination.last_shapes as shapes
           from examination where examination.tenant_id = $1 and examination.app_id = $2`,
    values: [tenant, app],
  })
  const row = rows[0]
  if (row === undefined) return { at: null, ok: null, calls: null, findings: [], changes: [], shapes: {} }
  return { ...row, at: isoOrNull(row.at) }
}
