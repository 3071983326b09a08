/**
 * Calls to the ACD half of CXone (facts, section 5).
 * Decides which version is spoken and when a listing is at its end; must not know agents, skills or groups.
 */
import { z } from 'zod'
import type { Ask, Call } from '../client.ts'
import type { CxoneSettings } from '../config.ts'
import { CxoneRefused, isRefusedAsAsked } from '../refusal.ts'

export interface Acd {
  /** Makes a call whose path is below the services of the version. Empty answers (204) read as nothing. */
  ask<T>(ask: Ask, call: Call, schema: z.ZodType<T>): Promise<T>
  /** All pages of a list, each record once. */
  list<T>(ask: Ask, listing: Listing<T>): Promise<Listed<T>>
}

export interface Listing<T> {
  /** With its own parameters, without those of paging. */
  readonly path: string
  readonly schema: z.ZodType<AcdPage<T>>
  readonly keyOf: (record: T) => string
  /** The field that pages are ordered by, where there is one that no change moves: else rows may move while we page. */
  readonly orderBy?: string
}

export interface AcdPage<T> {
  readonly records: readonly T[]
  readonly total?: number
  /** False where it says that no page follows. */
  readonly more?: boolean
}

interface Paged<T> {
  readonly found: Map<string, T>
  readonly total: number
}

export interface Listed<T> {
  readonly records: readonly T[]
  /** Fewer came than there are said to be, also when asked again. */
  readonly short: boolean
}

const PREFERRED = [31, 34, 33, 32]
const OLDER = Array.from({ length: 11 }, (_, index) => 30 - index)

/** Most rows of a page as far as known (section 5.7). */
const TOP = 100

export function openAcd({ acdVersion, pageSize }: Pick<CxoneSettings, 'acdVersion' | 'pageSize'>): Acd {
  let version = acdVersion === 'auto' ? undefined : acdVersion
  let most = Math.min(pageSize, TOP)

  const send: Acd['ask'] = async (ask, call, schema) => {
    version ??= await probe(ask)
    return ask({ ...call, path: base(version) + call.path }, schema)
  }

  /** The largest page is not written down: smaller after a refusal, which then holds for all lists. */
  const pageOf = async <T>(ask: Ask, { path, schema, orderBy }: Listing<T>, skip: number): Promise<AcdPage<T>> => {
    for (;;) {
      const query = `skip=${skip}&top=${most}${orderBy === undefined ? '' : `&orderBy=${orderBy}`}`
      try {
        return await send(ask, { method: 'GET', path: `${path}${path.includes('?') ? '&' : '?'}${query}` }, schema)
      } catch (error) {
        if (!isRefusedAsAsked(error) || most === 1) throw error
        most = Math.ceil(most / 4)
      }
    }
  }

  const pages = async <T>(ask: Ask, listing: Listing<T>, found: Map<string, T>): Promise<Paged<T>> => {
    let total = 0
    for (let skip = 0; ;) {
      const page = await pageOf(ask, listing, skip)
      const before = found.size
      for (const record of page.records) found.set(listing.keyOf(record), record)
      skip += page.records.length
      total = page.total ?? total
      if (page.records.length === 0 || page.more === false || (page.total !== undefined && skip >= page.total)) break
      // A list without pages repeats itself.
      if (page.total === undefined && found.size === before) break
    }
    return { found, total }
  }

  return {
    ask: send,
    list: async (ask, listing) => {
      const first = await pages(ask, listing, new Map())
      // Rows moved while we paged.
      const { found, total } = first.found.size < first.total ? await pages(ask, listing, first.found) : first
      return { records: [...found.values()], short: found.size < total }
    },
  }
}

/** Ids of agents are numbers in what is sent (section 5.1), and texts with us. */
export const wireId = (id: string): string | number => (/^\d{1,15}$/.test(id) ? Number(id) : id)

const base = (version: number): string => `/incontactapi/services/v${version}.0`

const offered = z
  .looseObject({ apiInfo: z.array(z.looseObject({ version: z.union([z.string(), z.number()]).nullish() })).nullish() })
  .catch({})
  .transform(({ apiInfo }) =>
    (apiInfo ?? []).map(({ version }) => Number.parseInt(String(version).replace(/^v/i, ''), 10)),
  )

/** The first version that answers, or a newer one that it names among those we were written for. */
async function probe(ask: Ask): Promise<number> {
  const missing = new Set<number>()
  for (const version of [...PREFERRED, ...OLDER]) {
    try {
      const named = await ask({ method: 'GET', path: `${base(version)}/apiversion` }, offered)
      return Math.max(version, ...named.filter((other) => PREFERRED.includes(other) && !missing.has(other)))
    } catch (error) {
      if (!(error instanceof CxoneRefused)) throw error
      // A version that lets nobody ask is there all the same.
      if (error.refusal.code === 'right-missing') return version
      if (error.status !== 404 && error.status !== 410 && !isRefusedAsAsked(error)) throw error
      missing.add(version)
    }
  }
  return PREFERRED[0] ?? 31
}
