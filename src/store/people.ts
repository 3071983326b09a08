/**
 * People: the identities, over connections, that are one human.
 * Decides how identities are joined and parted; must not decide who is the same.
 */
import type { Queryable } from './db.ts'
import type { IdentityKey } from './ownership.ts'

/** Makes two identities, and all that were joined with either, one person. True if they were not. */
export async function joinPeople(
  db: Queryable,
  join: { tenant: string; one: IdentityKey; other: IdentityKey; actor: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with pair as (
       select one.person_id as kept, other.person_id as given from identity one, identity other
       where one.tenant_id = $1 and one.connection_id = $2 and one.id = $3
         and other.tenant_id = $1 and other.connection_id = $4 and other.id = $5 and one.person_id <> other.person_id
     ), joined as (
       update identity set person_id = pair.kept from pair
       where identity.tenant_id = $1 and identity.person_id = pair.given
       returning pair.kept
     )
     insert into event (tenant_id, at, actor, kind, connection_id, identity_id, data)
     select distinct $1, now(), $6, 'person.joined', $4, $5::uuid, jsonb_build_object('person', joined.kept, 'with', jsonb_build_object('connection', $2::text, 'identity', $3::uuid))
     from joined`,
    [join.tenant, join.one.connection, join.one.id, join.other.connection, join.other.id, join.actor],
  )
  return (rowCount ?? 0) > 0
}

/** Makes an identity a person of its own again. True if it was joined with another. */
export async function partPerson(
  db: Queryable,
  part: { tenant: string; identity: IdentityKey; person: string; actor: string },
): Promise<boolean> {
  const { rowCount } = await db.query(
    `with parted as (
       update identity set person_id = $4
       where identity.tenant_id = $1 and identity.connection_id = $2 and identity.id = $3
         and exists (select from identity other where other.tenant_id = $1 and other.person_id = identity.person_id
                     and (other.connection_id, other.id) <> (identity.connection_id, identity.id))
       returning identity.id
     )
     insert into event (tenant_id, at, actor, kind, connection_id, identity_id, data)
     select $1, now(), $5, 'person.parted', $2, parted.id, jsonb_build_object('person', $4::uuid) from parted`,
    [part.tenant, part.identity.connection, part.identity.id, part.person, part.actor],
  )
  return rowCount === 1
}

/** The live identity of a name in a connection. */
export async function findIdentity(
  db: Queryable,
  where: { tenant: string; connection: string; userNameKey: string },
): Promise<IdentityKey | undefined> {
  const { rows } = await db.query<{ id: string }>(
    `select identity.id from identity
     where identity.tenant_id = $1 and identity.connection_id = $2 and identity.user_name_key = $3 and identity.deleted_at is null
       and not identity.undecided and not identity.shown`,
    [where.tenant, where.connection, where.userNameKey],
  )
  return rows[0] && { connection: where.connection, id: rows[0].id }
}
