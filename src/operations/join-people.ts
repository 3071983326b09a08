/**
 * Says that identities of several connections are one human, or that one of them is not.
 * Decides who is meant by a name; must not guess: people are joined by a rule or by an operator.
 */
import { userNameKey } from '../identity/user-name.ts'
import { findIdentity, joinPeople, partPerson } from '../store/people.ts'
import type { OperationContext } from './context.ts'

/** A user name in a connection. */
export interface Named {
  readonly connection: string
  readonly userName: string
}

export type JoinResult =
  /** False where it was so already. */
  { readonly ok: true; readonly changed: boolean } | { readonly ok: false; readonly missing: Named }

interface Request {
  readonly tenant: string
  readonly actor: string
}

/** Everybody who is joined with either is one person afterwards. Accounts and owners stay as they are. */
export async function joinTwo(
  { db }: Pick<OperationContext, 'db'>,
  { tenant, actor, one, other }: Request & { readonly one: Named; readonly other: Named },
): Promise<JoinResult> {
  const first = await find(db, tenant, one)
  if (first === undefined) return { ok: false, missing: one }
  const second = await find(db, tenant, other)
  if (second === undefined) return { ok: false, missing: other }
  return { ok: true, changed: await joinPeople(db, { tenant, one: first, other: second, actor }) }
}

/** The identity is a person of its own afterwards; all others stay joined. */
export async function partOne(
  { db, newId }: Pick<OperationContext, 'db' | 'newId'>,
  { tenant, actor, one }: Request & { readonly one: Named },
): Promise<JoinResult> {
  const identity = await find(db, tenant, one)
  if (identity === undefined) return { ok: false, missing: one }
  return { ok: true, changed: await partPerson(db, { tenant, identity, person: newId(), actor }) }
}

const find = (db: OperationContext['db'], tenant: string, { connection, userName }: Named) =>
  findIdentity(db, { tenant, connection, userNameKey: userNameKey(userName) })
