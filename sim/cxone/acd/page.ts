// Decides how lists of the ACD are cut into pages and dressed (facts 5.7): skip, top, _links, totalRecords, and what an
// empty one looks like. Knows nothing of what is in them.
import type { FastifyReply, FastifyRequest } from 'fastify'
import { lettersOf, toWhole } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'

const DEFAULT_TOP = 50

export interface Asked {
  readonly request: FastifyRequest
  readonly reply: FastifyReply
  readonly world: World
}

export interface Listing<Row> {
  /** Under which name the rows come. */
  readonly key: string
  readonly rows: readonly Row[]
  readonly show: (row: Row) => unknown
  /** What else the answer says. */
  readonly more?: Readonly<Record<string, unknown>>
}

/** A list that always comes in pages. */
export function page<Row>(asked: Asked, listing: Listing<Row>): FastifyReply {
  const { query } = asked.request
  const { skip, top } = cutOf(query as Record<string, unknown>, asked.world)
  return answer(asked, listing, { skip, top })
}

/** A list that is short enough to come whole, unless the tenant pages everything. */
export function catalogPage<Row>(asked: Asked, listing: Listing<Row>): FastifyReply {
  if (asked.world.switches.acdPaging === 'everything') return page(asked, listing)
  return answer(asked, listing, { skip: 0, top: listing.rows.length })
}

function cutOf(query: Readonly<Record<string, unknown>>, { switches }: World): { skip: number; top: number } {
  const most = switches.acdMaxTop
  const skip = query['skip'] === undefined ? 0 : toWhole(query['skip'], 'skip')
  if (query['top'] === undefined) return { skip, top: Math.min(DEFAULT_TOP, most) }
  const top = toWhole(query['top'], 'top')
  if (top > most && switches.acdOverTop === 'refused')
    throw new Refusal('bad', 'INVALID_TOP', `top is ${top}; it must be at most ${most}`)
  return { skip, top: Math.min(top === 0 ? DEFAULT_TOP : top, most) }
}

function answer<Row>(asked: Asked, listing: Listing<Row>, { skip, top }: { skip: number; top: number }): FastifyReply {
  const { request, reply, world } = asked
  const rows = listing.rows.slice(skip, skip + top)
  if (rows.length === 0 && world.switches.acdEmpty === 'noContent') return reply.code(204).send()
  const at = (from: number): string => linkTo(request, { from, top, origin: world.origin })
  return reply.send({
    businessUnitId: world.tenant.buId,
    lastPollTime: new Date(world.now()).toISOString(),
    totalRecords: listing.rows.length,
    ...listing.more,
    _links: {
      self: at(skip),
      next: top > 0 && skip + top < listing.rows.length ? at(skip + top) : null,
      previous: skip > 0 ? at(Math.max(0, skip - top)) : null,
    },
    [listing.key]: rows.map((row) => listing.show(row)),
  })
}

function linkTo(request: FastifyRequest, to: { from: number; top: number; origin: string }): string {
  const url = new URL(request.url, to.origin)
  url.searchParams.set('skip', String(to.from))
  url.searchParams.set('top', String(to.top))
  return url.href
}

/** One record, in the dress of this tenant. */
export function one(record: object, names: { one: string; many: string }, { switches }: World): object {
  if (switches.acdOne === 'bare') return record
  return switches.acdOne === 'named' ? { [names.one]: record } : { [names.many]: [record] }
}

/** `fields=a,b` leaves only those; names that are not there are passed over. */
export function onlyFields(fields: unknown): (row: Record<string, unknown>) => Record<string, unknown> {
  if (typeof fields !== 'string' || fields.trim() === '') return (row) => row
  const names = fields.split(',').map((name) => name.trim())
  return (row) => Object.fromEntries(names.filter((name) => Object.hasOwn(row, name)).map((name) => [name, row[name]]))
}

/** `orderBy=field` or `orderBy=field desc`, on rows as they are shown. */
export function inOrder<Row extends Record<string, unknown>>(rows: readonly Row[], orderBy: unknown): readonly Row[] {
  if (typeof orderBy !== 'string' || orderBy.trim() === '') return rows
  const [field = '', direction = 'asc'] = orderBy.trim().split(/\s+/)
  const sign = direction.toLowerCase() === 'desc' ? -1 : 1
  return rows.toSorted((a, b) => sign * compare(a[field], b[field]))
}

function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other
  const [a, b] = [lettersOf(one), lettersOf(other)]
  return a < b ? -1 : a > b ? 1 : 0
}

/** `true` and `false` of a query; nothing when it was not asked. */
export function flagOf(value: unknown, where: string): boolean | undefined {
  if (value === undefined || value === '') return undefined
  const text = lettersOf(value).toLowerCase()
  if (text === 'true' || text === 'false') return text === 'true'
  throw new Refusal('bad', 'BAD_VALUE', `${where} must be true or false`)
}

/** A moment of a query, as milliseconds since 1970; nothing when it was not asked. */
export function momentOf(value: unknown, where: string): number | undefined {
  if (value === undefined || value === '') return undefined
  const at = Date.parse(lettersOf(value))
  if (Number.isNaN(at)) throw new Refusal('bad', 'BAD_VALUE', `${where} must be a date`)
  return at
}
