/**
 * Indexes on declared attributes of users.
 * Decides that there is one for each that is asked for and none for others; must not touch an index of a migration.
 */
import { createHash } from 'node:crypto'
import { USER } from '../scim/schema/resource-type.ts'
import type { Db } from './db.ts'
import { quoted } from './filter/columns.ts'

export interface DeclaringTenant {
  readonly id: string
  readonly extensions: readonly {
    readonly schema: string
    readonly attributes: readonly { readonly name: string; readonly caseExact: boolean; readonly indexed: boolean }[]
  }[]
}

const PREFIX = 'identity_declared_'
/** Arbitrary, constant: whoever holds it makes indexes, everybody else leaves it to them. */
const LOCK = 7_265_515_412n

/**
 * Makes the indexes that are missing and drops those nobody asks for any more, while people are written: it may take as
 * long as it takes, and holds no one up. Another process that is at it already is left to it.
 */
export async function indexAttributes(db: Db, tenants: readonly DeclaringTenant[]): Promise<void> {
  const wanted = tenants.flatMap(indexedOf)
  const client = await db.pool.connect()
  try {
    await client.query('set statement_timeout = 0')
    const { rows } = await client.query<{ mine: boolean }>('select pg_try_advisory_lock($1) as mine', [LOCK.toString()])
    if (rows[0]?.mine !== true) return
    const statements = new Map(wanted.map((one) => [nameOf(one), definitionOf(one)]))
    const { rows: held } = await client.query<{ name: string; valid: boolean }>(
      `select pg_class.relname as name, pg_index.indisvalid as valid from pg_index
       join pg_class on pg_class.oid = pg_index.indexrelid
       where pg_index.indrelid = 'identity'::regclass and starts_with(pg_class.relname, $1)`,
      [PREFIX],
    )
    // What broke off is not valid and has to be made again.
    for (const { name, valid } of held)
      if (!valid || !statements.has(name)) await client.query(`drop index concurrently if exists ${name}`)
    const standing = new Set(held.filter(({ valid }) => valid).map(({ name }) => name))
    for (const [name, definition] of statements)
      if (!standing.has(name)) await client.query(`create index concurrently if not exists ${name} ${definition}`)
  } finally {
    // With its lock and its settings.
    client.release(true)
  }
}

/** A text attribute of users that has one value. */
interface IndexedAttribute {
  readonly tenant: string
  /** The URN of its extension, as documents have it; undefined for an attribute added to the core schema. */
  readonly urn: string | undefined
  readonly name: string
  readonly caseExact: boolean
}

function indexedOf({ id, extensions }: DeclaringTenant): IndexedAttribute[] {
  return extensions.flatMap(({ schema, attributes }) => {
    const known = [USER.schema, ...USER.extensions].find(({ urn }) => urn.toLowerCase() === schema.toLowerCase())
    const urn = known === USER.schema ? undefined : (known?.urn ?? schema)
    return attributes
      .filter(({ indexed }) => indexed)
      .map(({ name, caseExact }) => ({ tenant: id, urn, name, caseExact }))
  })
}

const nameOf = (one: IndexedAttribute): string =>
  `${PREFIX}${createHash('sha256')
    .update(JSON.stringify([one.tenant, one.urn, one.name, one.caseExact]))
    .digest('hex')
    .slice(0, 16)}`

/** The very expression that filters compile to (store/filter), or the index is of no use to them. */
function definitionOf({ tenant, urn, name, caseExact }: IndexedAttribute): string {
  const holder = urn === undefined ? 'document' : `document -> ${quoted(urn)}`
  const text = `(${holder} ->> ${quoted(name)})`
  const key = caseExact ? text : `scim_fold(${text})`
  // By hash: a long text fits into no other index, and a write must not fail for an index.
  return `on identity using hash ((${key})) where tenant_id = ${quoted(tenant)}`
}
