/**
 * Differences: what enforcing an app, or another policy, would do to everybody, kept with its names for a while.
 * Decides what is kept and for how long; must not compare anything, nor know an app.
 */
import type { Account } from '../identity/account.ts'
import type { Owner } from '../reconcile/adoption.ts'
import type { Queryable } from './db.ts'
import type { AppKey } from './deliveries.ts'

/** The newest of each app that are kept, and how long others are. */
const KEPT = 5
const KEPT_DAYS = 30

export interface NewDifference extends AppKey {
  readonly id: string
  /** The policy in force; null where there is none. */
  readonly policyVersion: number | null
  /** Of the policy that was given in its place; null where none was. */
  readonly givenHash: string | null
}

/** Begins one, or begins it again; older ones of the app that nobody needs any more go. */
export async function beginDifference(db: Queryable, difference: NewDifference): Promise<void> {
  const { id, tenant, app, policyVersion, givenHash } = difference
  await db.query(
    `insert into difference (id, tenant_id, app_id, policy_version, given_hash) values ($1, $2, $3, $4, $5)
     on conflict (id) do update set policy_version = excluded.policy_version, given_hash = excluded.given_hash`,
    [id, tenant, app, policyVersion, givenHash],
  )
  await db.query(
    `delete from difference
     where difference.tenant_id = $1 and difference.app_id = $2 and difference.id <> $3
       and (difference.created_at < now() - make_interval(days => $4)
            or difference.id not in (
              select newest.id from difference newest
              where newest.tenant_id = $1 and newest.app_id = $2 order by newest.created_at desc limit $5))`,
    [tenant, app, id, KEPT_DAYS, KEPT],
  )
}

/** Forgets what was read of the app before. */
export async function beginReading(db: Queryable, id: string): Promise<void> {
  await db.query(`delete from difference_account where difference_account.difference_id = $1`, [id])
  await db.query(`update difference set state = 'reading', accounts = 0, people = 0 where difference.id = $1`, [id])
}

/** Accounts as the app listed them, with the folded user name of each. */
export async function keepAccounts(
  db: Queryable,
  id: string,
  accounts: readonly { readonly key: string; readonly account: Account }[],
): Promise<void> {
  await db.query({
    name: 'difference-keep',
    text: `
      insert into difference_account (difference_id, account_id, user_name_key, record)
      select $1, seen.account_id, seen.user_name_key, seen.record::jsonb
      from unnest($2::text[], $3::text[], $4::text[]) as seen (account_id, user_name_key, record)
      on conflict (difference_id, account_id) do update set user_name_key = excluded.user_name_key, record = excluded.record`,
    values: [
      id,
      accounts.map(({ account }) => account.id),
      accounts.map(({ key }) => key),
      accounts.map(({ account }) => JSON.stringify(account)),
    ],
  })
  await db.query({
    name: 'difference-kept',
    text: `update difference set accounts = difference.accounts + $2 where difference.id = $1`,
    values: [id, accounts.length],
  })
}

export interface Verdict {
  readonly verdict: 'whole' | 'partial' | 'unreachable'
  readonly why: string | null
}

export async function endReading(db: Queryable, id: string, { verdict, why }: Verdict): Promise<void> {
  await db.query(`update difference set state = 'comparing', verdict = $2, why = $3 where difference.id = $1`, [
    id,
    verdict,
    why,
  ])
}

/** An owner to be, with its id: it stands in nobody's way but others'. */
export interface Claimant extends Owner {
  readonly identity: string
}

export interface KeptAccount {
  readonly key: string
  readonly account: Account
  /** Who would own it by now, of those who were compared so far. */
  readonly claimedBy?: Claimant
}

/** Those of these ids and names. */
export async function findAccounts(
  db: Queryable,
  id: string,
  { ids, keys }: { readonly ids: readonly string[]; readonly keys: readonly string[] },
): Promise<KeptAccount[]> {
  const { rows } = await db.query<{ user_name_key: string; record: Account; claimed_by: Claimant | null }>({
    name: 'difference-find',
    text: `
      select kept.user_name_key, kept.record, kept.claimed_by from difference_account kept
      where kept.difference_id = $1 and kept.account_id = any($2::text[])
      union
      select kept.user_name_key, kept.record, kept.claimed_by from difference_account kept
      where kept.difference_id = $1 and kept.user_name_key = any($3::text[])`,
    values: [id, ids, keys],
  })
  return rows.map((row) => ({
    key: row.user_name_key,
    account: row.record,
    ...(row.claimed_by === null ? {} : { claimedBy: row.claimed_by }),
  }))
}

/** All accounts in the order of their ids. */
export async function listKept(
  db: Queryable,
  id: string,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<Account[]> {
  const { rows } = await db.query<{ record: Account }>({
    name: 'difference-list',
    text: `select kept.record from difference_account kept
           where kept.difference_id = $1 and kept.account_id > $2 order by kept.account_id limit $3`,
    values: [id, after, limit],
  })
  return rows.map((row) => row.record)
}

/** Accounts that somebody would own by now: who comes later and means the same one finds its owner. */
export async function claimAccounts(
  db: Queryable,
  id: string,
  claims: readonly { readonly account: Account; readonly key: string; readonly owner: Claimant }[],
): Promise<void> {
  if (claims.length === 0) return
  await db.query({
    name: 'difference-claim',
    text: `
      insert into difference_account (difference_id, account_id, user_name_key, record, claimed_by)
      select $1, claimed.account_id, claimed.user_name_key, claimed.record::jsonb, claimed.owner::jsonb
      from unnest($2::text[], $3::text[], $4::text[], $5::text[]) as claimed (account_id, user_name_key, record, owner)
      on conflict (difference_id, account_id) do update set claimed_by = excluded.claimed_by`,
    values: [
      id,
      claims.map(({ account }) => account.id),
      claims.map(({ key }) => key),
      claims.map(({ account }) => JSON.stringify(account)),
      claims.map(({ owner }) => JSON.stringify(owner)),
    ],
  })
}

export interface NewPerson {
  readonly connection: string
  readonly identity: string
  readonly userName: string
  /** Kinds and notes together. */
  readonly kinds: readonly string[]
  readonly detail: unknown
}

/** Writes a page of people down from a position on, in place of whatever a run that was cut off has left there. */
export async function writePeople(
  db: Queryable,
  id: string,
  {
    from,
    people,
    compared,
  }: { readonly from: number; readonly people: readonly NewPerson[]; readonly compared: number },
): Promise<void> {
  await db.query(
    `delete from difference_person where difference_person.difference_id = $1 and difference_person.position >= $2`,
    [id, from],
  )
  await db.query(
    `insert into difference_person (difference_id, position, connection_id, identity_id, user_name, kinds, detail)
     select $1, $2 + (person.ordinality - 1)::int, person.value ->> 'connection', (person.value ->> 'identity')::uuid,
            person.value ->> 'userName', array(select jsonb_array_elements_text(person.value -> 'kinds')), person.value -> 'detail'
     from jsonb_array_elements($3::jsonb) with ordinality as person (value, ordinality)`,
    [id, from, JSON.stringify(people)],
  )
  await db.query(`update difference set people = $2 where difference.id = $1`, [id, compared])
}

/** It is done: numbers and hash are kept, and the app as it was read is forgotten. */
export async function endDifference(
  db: Queryable,
  id: string,
  { numbers, hash }: { readonly numbers: unknown; readonly hash: string },
): Promise<void> {
  await db.query(
    `update difference set state = 'done', ended_at = now(), numbers = $2, hash = $3 where difference.id = $1`,
    [id, JSON.stringify(numbers), hash],
  )
  await db.query(`delete from difference_account where difference_account.difference_id = $1`, [id])
}
