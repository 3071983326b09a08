/**
 * Fan-out rows: changes of groups that concern many members.
 * Decides how a row is worked off piece by piece; must not touch the deliveries of an app that reads no groups.
 */
import type { Db, Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'
import { TOUCH_DELIVERY } from './group-changes.sql.ts'

/** Woken when there may be a row; no app has a key without a slash. */
export const FAN_OUT_KEY = 'fan-out'

export interface FannedBatch {
  /** Whose delivery rows are due by it. */
  readonly apps: readonly AppKey[]
  /** Members looked at. */
  readonly members: number
}

interface FanOutRow {
  id: number
  tenant_id: string
  connection_id: string
  group_id: string
  former_count: number
  former_done: number
  everyone: boolean
  after: string | null
  readers: string[]
}

/**
 * Works off at most `size` members of the oldest row that nobody is at; undefined where there is none. One transaction:
 * killed at any moment, the next call goes on after the last piece that was committed. Several processes may call it at once.
 */
export async function fanOutBatch(db: Db, size: number): Promise<FannedBatch | undefined> {
  if (!(await anythingWaits(db))) return undefined
  return db.transaction(async (tx) => {
    const row = await takeRow(tx)
    if (row === undefined) return undefined
    const members = row.readers.length === 0 ? [] : await nextMembers(tx, row, size)
    const apps = await touchDeliveries(tx, row, members)
    await fanOutNested(tx, row, members)
    await moveOn(tx, row, { members, size })
    return { apps: apps.map((app) => ({ tenant: row.tenant_id, app })), members: members.length }
  })
}

/** Nearly always there is nothing, and then it is not worth a transaction. */
async function anythingWaits(db: Queryable): Promise<boolean> {
  const { rows } = await db.query<{ waits: boolean }>({
    name: 'any-fan-out',
    text: 'select exists (select from fan_out) as waits',
  })
  return rows[0]?.waits === true
}

async function takeRow(tx: Queryable): Promise<FanOutRow | undefined> {
  const { rows } = await tx.query<FanOutRow>({
    name: 'take-fan-out',
    text: `
      select fan_out.id, fan_out.tenant_id, fan_out.connection_id, fan_out.group_id, cardinality(fan_out.former) as former_count,
             fan_out.former_done, fan_out.everyone, fan_out.after,
             array(select app.id from connection_app
                   join app on app.tenant_id = connection_app.tenant_id and app.id = connection_app.app_id
                     and app.detached_at is null and app.reads_groups
                   where connection_app.tenant_id = fan_out.tenant_id and connection_app.connection_id = fan_out.connection_id) as readers
      from fan_out order by fan_out.id limit 1 for update skip locked`,
  })
  return rows[0]
}

interface BatchMember {
  id: string
  nested: boolean
}

/** First those who have left, then those who are in the group now. A piece is of one kind. */
async function nextMembers(tx: Queryable, row: FanOutRow, size: number): Promise<BatchMember[]> {
  if (row.former_done < row.former_count) {
    const { rows } = await tx.query<BatchMember>({
      name: 'fan-out-former',
      text: `select unnest(fan_out.former[$2::integer + 1 : $2::integer + $3::integer]) as id, false as nested from fan_out where fan_out.id = $1`,
      values: [row.id, row.former_done, size],
    })
    return rows
  }
  if (!row.everyone) return []
  const { rows } = await tx.query<BatchMember>({
    name: 'fan-out-everyone',
    text: `
      select membership.member_id as id, membership.nested from membership
      where membership.tenant_id = $1 and membership.connection_id = $2 and membership.group_id = $3
        and membership.member_id > $4::uuid
      order by membership.member_id limit $5`,
    values: [row.tenant_id, row.connection_id, row.group_id, row.after ?? FIRST, size],
  })
  return rows
}

/** Before every id that is given. */
const FIRST = '00000000-0000-0000-0000-000000000000'

/** Returns the apps that have something to do now. */
async function touchDeliveries(tx: Queryable, row: FanOutRow, members: readonly BatchMember[]): Promise<string[]> {
  const ids = members.filter((member) => !member.nested).map((member) => member.id)
  if (ids.length === 0) return []
  const { rows } = await tx.query<{ app_id: string }>({
    name: 'fan-out-deliveries',
    text: `
      with touched as (
        ${TOUCH_DELIVERY}
        where delivery.id in (
          select owed.id from delivery owed
          where owed.tenant_id = $1 and owed.connection_id = $2 and owed.identity_id = any($3::uuid[]) and owed.app_id = any($4)
          order by owed.id for no key update of owed)
        returning delivery.app_id
      )
      select distinct touched.app_id from touched`,
    values: [row.tenant_id, row.connection_id, ids, row.readers],
  })
  return rows.map((touched) => touched.app_id)
}

/** What concerns a group that is a member concerns its members. Once is enough, however many ways lead to it. */
async function fanOutNested(tx: Queryable, row: FanOutRow, members: readonly BatchMember[]): Promise<void> {
  const groups = members.filter((member) => member.nested).map((member) => member.id)
  if (groups.length === 0) return
  await tx.query({
    name: 'fan-out-nested',
    text: `
      insert into fan_out (tenant_id, connection_id, group_id, everyone)
      select $1, $2, nested.id, true from unnest($3::uuid[]) as nested (id)
      where not exists (
        select from fan_out waiting where waiting.tenant_id = $1 and waiting.connection_id = $2 and waiting.group_id = nested.id
          and waiting.everyone and waiting.after is null)`,
    values: [row.tenant_id, row.connection_id, groups],
  })
}

/** Behind this piece, or, where there is nothing more, the row is gone. */
async function moveOn(
  tx: Queryable,
  row: FanOutRow,
  { members, size }: { readonly members: readonly BatchMember[]; readonly size: number },
): Promise<void> {
  const former = row.former_done < row.former_count
  const done = former ? row.former_done + members.length : row.former_done
  const more = row.readers.length > 0 && (former ? row.everyone || done < row.former_count : members.length === size)
  const after = former ? row.after : (members.at(-1)?.id ?? row.after)
  await tx.query(
    more
      ? {
          name: 'move-fan-out',
          text: 'update fan_out set former_done = $2, after = $3 where fan_out.id = $1',
          values: [row.id, done, after],
        }
      : { name: 'end-fan-out', text: 'delete from fan_out where fan_out.id = $1', values: [row.id] },
  )
}
