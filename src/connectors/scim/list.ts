/**
 * Reading a whole list, by index (RFC 7644 section 3.4.2.4) or by cursor (RFC 9865).
 * Decides how pages follow each other and whether everything was seen; must not know what the rows are.
 */
import { ConnectorError } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import { field, listIn, textOf, type ScimRecord } from '../scim-wire/record.ts'
import { ScimRefused } from '../scim-wire/refusal.ts'
import type { ScimSettings } from './config.ts'
import { idOf } from './map.ts'
import type { Service } from './service.ts'

export interface List {
  readonly path: string
  readonly query?: Readonly<Record<string, string>>
}

/** Each row once. `why` says what is missing; undefined where every row was seen. */
export interface Listed {
  readonly rows: readonly ScimRecord[]
  readonly why?: string
}

export type Lister = (ask: Ask, list: List) => Promise<Listed>

/** What a walk has seen so far. */
interface Walk {
  readonly rows: Map<string, ScimRecord>
  total: number | undefined
  fell: boolean
  repeated: boolean
  nameless: boolean
  /** Rows that came, repeated ones among them. */
  came: number
}

interface Page {
  readonly rows: readonly ScimRecord[]
  readonly next: string | null
}

export function openLister(service: () => Promise<Service>, settings: ScimSettings): Lister {
  // Once a server that says it has cursors has answered without one, they are not asked for any more.
  let cursorsWork = true
  const countFor = ({ maxResults }: Service): string => String(Math.min(settings.pageSize, maxResults ?? Infinity))
  const maxBytes = settings.answerMaxMiB * 1024 * 1024

  const walk = async (ask: Ask, { path, query = {} }: List): Promise<Listed> => {
    const known = await service()
    const seen: Walk = { rows: new Map(), total: undefined, fell: false, repeated: false, nameless: false, came: 0 }
    const turn = async (place: Readonly<Record<string, string>>): Promise<Page> => {
      const { body } = await ask({
        method: 'GET',
        path,
        query: { ...query, ...place, count: countFor(known) },
        maxBytes,
      })
      return takeIn(seen, body)
    }
    if (known.cursor && cursorsWork) {
      const why = await byCursor(turn, seen, settings)
      if (why !== 'none') return { rows: [...seen.rows.values()], ...(why === undefined ? {} : { why }) }
      cursorsWork = false
      return walk(ask, { path, query })
    }
    const why = await byIndex(turn, seen, settings)
    return { rows: [...seen.rows.values()], ...(why === undefined ? {} : { why }) }
  }

  return async (ask, list) => {
    const first = await walk(ask, list)
    // Rows that move while a list is read are the usual reason.
    return first.why === undefined || first.rows.length >= settings.listMax ? first : walk(ask, list)
  }
}

type Turn = (place: Readonly<Record<string, string>>) => Promise<Page>

/** Says what is missing; `none` where the server has answered without a cursor though there is more. */
async function byCursor(turn: Turn, seen: Walk, { listMax }: ScimSettings): Promise<string | undefined> {
  const used = new Set<string>()
  for (let cursor = ''; ;) {
    const page = await turn({ cursor }).catch((error: unknown) => {
      if (cursor !== '' && error instanceof ScimRefused && error.refusal.code === 'value-invalid') return error
      throw error
    })
    if (page instanceof ScimRefused) return `the server gave up its own cursor: ${page.refusal.detail}`
    if (page.next === null) break
    if (used.has(page.next)) return 'the server gave the same cursor twice'
    if (seen.rows.size >= listMax) return tooMany(listMax)
    used.add(page.next)
    cursor = page.next
  }
  if (used.size === 0 && seen.total !== undefined && seen.total > seen.rows.size) return 'none'
  return missing(seen)
}

async function byIndex(turn: Turn, seen: Walk, { listMax }: ScimSettings): Promise<string | undefined> {
  for (;;) {
    const before = seen.rows.size
    const page = await turn({ startIndex: String(seen.came + 1) })
    const isEnd = page.rows.length === 0 || (seen.total !== undefined && seen.came >= seen.total)
    if (isEnd) return missing(seen)
    if (seen.rows.size === before) return 'the server gives the same page again and again'
    if (seen.rows.size >= listMax) return tooMany(listMax)
  }
}

const tooMany = (most: number): string => `there are more than ${most} rows (the setting listMax)`

function takeIn(seen: Walk, body: ScimRecord): Page {
  if (field(body, 'totalResults') === undefined && field(body, 'Resources') === undefined) throw noList()
  const rows = listIn(body, 'Resources')
  for (const row of rows) {
    const id = idOf(row)
    if (id === null) seen.nameless = true
    else {
      seen.repeated ||= seen.rows.has(id)
      seen.rows.set(id, row)
    }
  }
  const total = Number(textOf(field(body, 'totalResults')) ?? Number.NaN)
  if (Number.isInteger(total)) {
    seen.fell ||= seen.total !== undefined && total < seen.total
    seen.total = total
  }
  seen.came += rows.length
  return { rows, next: textOf(field(body, 'nextCursor')) }
}

const noList = (): ConnectorError =>
  new ConnectorError({
    code: 'answer-unexpected',
    retry: 'later',
    detail:
      'The server answered a list with something that is no list (RFC 7644 section 3.4.2). Check the url of this app.',
  })

/** The total says how many different rows there are; where it fell, somebody may have slipped through to an earlier page. */
function missing({ rows, total, fell, repeated, nameless }: Walk): string | undefined {
  if (nameless) return 'the server listed rows without an id'
  if (repeated) return 'rows came twice, so others may not have come at all'
  if (fell) return 'rows went away while the list was read'
  if (total === undefined || rows.size === total) return undefined
  return `the server says that there are ${total}, and ${rows.size} came`
}
