/**
 * People: their identities in every connection.
 * Decides what is read; must not join identities into people (person_id says who belongs together).
 */
import { userNameKey } from '../../identity/user-name.ts'
import type { Queryable } from '../db.ts'
import { iso, isoOrNull } from './page.ts'

export interface IdentityRow {
  readonly person: string
  readonly id: string
  readonly connection: string
  readonly userName: string
  readonly displayName: string | null
  readonly externalId: string | null
  readonly active: boolean
  readonly version: number
  readonly created: string
  readonly modified: string
  readonly deleted: string | null
}

interface Row extends Omit<IdentityRow, 'created' | 'modified' | 'deleted'> {
  created_at: Date
  modified_at: Date
  deleted_at: Date | null
}

export interface PeopleSearch {
  readonly tenant: string
  readonly userName: string
  readonly connection?: string | undefined
  /** Most people. */
  readonly limit: number
}

/** The display name, else what the parts of the name give. */
const DISPLAY_NAME = `coalesce(
  identity.document ->> 'displayName', identity.document #>> '{name,formatted}',
  nullif(concat_ws(' ', identity.document #>> '{name,givenName}', identity.document #>> '{name,familyName}'), ''))`

const MOST_IDENTITIES = 1000

/** All identities, deleted ones too, of the people one of whose identities has this name. People who still exist come first. */
export async function findPeople(db: Queryable, search: PeopleSearch): Promise<IdentityRow[]> {
  const { rows } = await db.query<Row>({
    text: `
      with named as (
        select identity.person_id, max(identity.seq) filter (where identity.deleted_at is null) as live, max(identity.seq) as latest
        from identity
        where identity.tenant_id = $1 and identity.user_name_key = $2 and not identity.shown ${search.connection === undefined ? '' : 'and identity.connection_id = $5'}
        group by identity.person_id
        order by live desc nulls last, latest desc
        limit $3
      )
      select identity.person_id as person, identity.id, identity.connection_id as connection, identity.user_name as "userName",
             ${DISPLAY_NAME} as "displayName", identity.external_id as "externalId", identity.active,
             identity.version, identity.created_at, identity.modified_at, identity.deleted_at
      from named join identity on identity.tenant_id = $1 and identity.person_id = named.person_id
      order by named.live desc nulls last, named.latest desc, identity.deleted_at desc nulls first, identity.seq
      limit $4`,
    values: [
      search.tenant,
      userNameKey(search.userName),
      search.limit,
      MOST_IDENTITIES,
      ...(search.connection === undefined ? [] : [search.connection]),
    ],
  })
  return rows.map(({ created_at, modified_at, deleted_at, ...row }) => ({
    ...row,
    created: iso(created_at),
    modified: iso(modified_at),
    deleted: isoOrNull(deleted_at),
  }))
}
