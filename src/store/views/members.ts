/**
 * The members of a group as JSON text, put together by the database.
 * Decides their form and order; must not hold more of a group than the piece that was asked for.
 */
import type { Queryable } from '../db.ts'
import { memberJoins, MEMBER_IS_THERE, MEMBER_NAME } from '../memberships.ts'
import type { World } from '../users.ts'

/** The sub-attributes that are shown: RFC 7643 section 8.7.1. */
export type MemberPart = 'value' | '$ref' | 'type' | 'display'

export interface MembersQuery {
  readonly group: string
  readonly parts: readonly MemberPart[]
  /** What `$ref` begins with, such as `https://host/scim/v2`. */
  readonly baseUrl: string
  /** The last member of the piece before. */
  readonly after?: string | undefined
  readonly limit: number
}

export interface MembersPiece {
  /** Elements parted by commas, without brackets; empty where there are none. */
  readonly text: string
  /** To go on after; undefined where this is the last piece. */
  readonly next: string | undefined
}

/** Each part in the form that `format` fills in: %1 is the id, %2 the base URL without what JSON escapes, %3 the name. */
const PARTS: Readonly<Record<MemberPart, string>> = {
  value: '"value":"%1$s"',
  $ref: '"$ref":"%2$s/%4$ss/%1$s"',
  type: '"type":"%4$s"',
  display: '"display":%3$s',
}
const ORDER: readonly MemberPart[] = ['value', '$ref', 'type', 'display']

/**
 * A piece of the members, in the order of their ids. Whoever reads piece by piece while members come and go sees everybody
 * who is there throughout, and nobody twice.
 */
export async function readMembersText(db: Queryable, world: World, query: MembersQuery): Promise<MembersPiece> {
  const parts = ORDER.filter((part) => query.parts.includes(part))
  const { rows } = await db.query<{ text: string | null; count: number; last: string | null }>({
    name: `members-text ${parts.join(' ')}`,
    text: textOf(parts),
    values: [
      world.tenant,
      world.connection,
      query.group,
      JSON.stringify(query.baseUrl).slice(1, -1),
      query.after ?? null,
      query.limit,
    ],
  })
  const { text = null, count = 0, last = null } = rows[0] ?? {}
  return { text: text ?? '', next: count < query.limit ? undefined : (last ?? undefined) }
}

const textOf = (parts: readonly MemberPart[]): string => `
with piece as (
  select membership.member_id as id,
         format('{${parts.map((part) => PARTS[part]).join(',')}}', membership.member_id, $4::text, ${parts.includes('display') ? `to_json(${MEMBER_NAME})` : 'null'},
                case when membership.nested then 'Group' else 'User' end) as text
  from membership ${memberJoins('membership')}
  where membership.tenant_id = $1 and membership.connection_id = $2 and membership.group_id = $3
    and ($5::uuid is null or membership.member_id > $5) and ${MEMBER_IS_THERE}
  order by membership.member_id limit $6
)
select string_agg(piece.text, ',' order by piece.id) as text, count(*) as count, max(piece.id::text) as last from piece`
