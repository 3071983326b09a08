/**
 * Differences as the admin API shows them.
 * Decides what is read; must not change anything.
 */
import type { Queryable } from '../db.ts'
import type { AppKey } from '../deliveries.ts'
import { iso, isoOrNull, partOf, type Part } from './page.ts'

export interface DifferenceRow {
  readonly id: string
  readonly app: string
  readonly state: 'reading' | 'comparing' | 'done'
  readonly verdict: 'whole' | 'partial' | 'unreachable' | null
  readonly why: string | null
  readonly accounts: number
  readonly people: number
  readonly policy: number | null
  readonly given: string | null
  readonly numbers: unknown
  readonly hash: string | null
  readonly created: string
  readonly ended: string | null
}

interface Row extends Omit<DifferenceRow, 'created' | 'ended'> {
  created_at: Date
  ended_at: Date | null
}

const COLUMNS = `difference.id, difference.app_id as app, difference.state, difference.verdict, difference.why, difference.accounts,
  difference.people, difference.policy_version as policy, difference.given_hash as given, difference.numbers, difference.hash,
  difference.created_at, difference.ended_at`

const differenceOf = ({ created_at, ended_at, ...row }: Row): DifferenceRow => ({
  ...row,
  created: iso(created_at),
  ended: isoOrNull(ended_at),
})

/** One, from the moment on in which its run is stored. */
export async function readDifference(
  db: Queryable,
  key: { readonly tenant: string; readonly id: string },
): Promise<DifferenceRow | undefined> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from difference where difference.tenant_id = $1 and difference.id = $2`,
    [key.tenant, key.id],
  )
  return rows[0] === undefined ? readBegun(db, key) : differenceOf(rows[0])
}

/** Its run has not come to its first step. */
async function readBegun(
  db: Queryable,
  { tenant, id }: { readonly tenant: string; readonly id: string },
): Promise<DifferenceRow | undefined> {
  const { rows } = await db.query<Row>(
    `select run.id, run.input ->> 'app' as app, 'reading' as state, null as verdict, null as why, 0 as accounts, 0 as people,
            null as policy, null as given, null as numbers, null as hash, run.created_at, null as ended_at
     from run
     where run.tenant_id = $1 and run.id = $2 and run.workflow = 'difference' and run.state in ('waiting', 'running')`,
    [tenant, id],
  )
  return rows[0] && differenceOf(rows[0])
}

/** The newest of an app that is done and asks about the policy in force. */
export async function newestDifference(db: Queryable, key: AppKey): Promise<DifferenceRow | undefined> {
  const { rows } = await db.query<Row>(
    `select ${COLUMNS} from difference
     where difference.tenant_id = $1 and difference.app_id = $2 and difference.state = 'done' and difference.given_hash is null
     order by difference.created_at desc limit 1`,
    [key.tenant, key.app],
  )
  return rows[0] && differenceOf(rows[0])
}

export interface DifferencePersonRow {
  readonly connection: string
  readonly identity: string
  readonly userName: string
  readonly detail: unknown
}

/** People in the order in which they were compared; `kind` is one of the kinds or notes. */
export async function listDifferencePeople(
  db: Queryable,
  list: {
    readonly tenant: string
    readonly id: string
    readonly kind?: string | undefined
    readonly after?: number | undefined
    readonly limit: number
  },
): Promise<Part<DifferencePersonRow, number>> {
  const { rows } = await db.query<DifferencePersonRow & { position: number }>(
    `select person.position, person.connection_id as connection, person.identity_id as identity, person.user_name as "userName",
            person.detail
     from difference_person person
     join difference on difference.id = person.difference_id
     where difference.tenant_id = $1 and person.difference_id = $2 and person.position > $3
       and ($4::text is null or $4 = any (person.kinds))
     order by person.position limit $5`,
    [list.tenant, list.id, list.after ?? -1, list.kind ?? null, list.limit + 1],
  )
  return partOf(rows, list.limit, { item: ({ position: _position, ...row }) => row, key: ({ position }) => position })
}

/** Plans that wait for the app to be enforced, and what their changes are: people by kind. */
export async function observedPlans(
  db: Queryable,
  key: AppKey,
): Promise<{ readonly plans: number; readonly kinds: Readonly<Record<string, number>> }> {
  const { rows } = await db.query<{ plans: number; kinds: Record<string, number> | null }>(
    `with waiting as materialized (
       select newest.steps from delivery
       cross join lateral (
         select plan.steps from plan where plan.delivery_id = delivery.id order by plan.created_at desc limit 1
       ) newest
       where delivery.tenant_id = $1 and delivery.app_id = $2 and delivery.state = 'observed'
     ), counted as (
       select step.value ->> 'kind' as kind, count(*) as people
       from waiting, jsonb_array_elements(waiting.steps) as step (value) group by 1
     )
     select (select count(*) from waiting) as plans, (select jsonb_object_agg(counted.kind, counted.people) from counted) as kinds`,
    [key.tenant, key.app],
  )
  const [row] = rows
  return { plans: row?.plans ?? 0, kinds: row?.kinds ?? {} }
}
