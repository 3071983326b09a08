/**
 * How many accounts the business unit may have (facts, sections 5.7 and 6): `userLimit` against those who are not deactivated.
 * Decides whether one more may be asked for; must not make any.
 */
import { ConnectorError, type ConnectorIo } from '../contract.ts'
import type { Acd } from './acd/client.ts'
import { userLimit } from './acd/schema.ts'
import type { Ask } from './client.ts'
import type { CxoneSettings } from './config.ts'
import { CxoneRefused } from './refusal.ts'
import { userList } from './schema.ts'
import { isDeleted, search, STATUSES } from './search.ts'

export interface Ceiling {
  /** Throws `ceiling-reached` where one more would be too many. A business unit that shows no limit has none that we know. */
  check(ask: Ask): Promise<void>
  /** One more was made, which lists may not show yet. */
  added(userId: string): void
}

const LIMIT_KEPT_MS = 10 * 60_000
const COUNT_KEPT_MS = 60_000

export function openCeiling(acd: Acd, settings: CxoneSettings, io: ConnectorIo): Ceiling {
  let limit: { readonly value: number | undefined; readonly until: number } | undefined
  let count: { value: number; readonly until: number } | undefined
  /** Who was added within the time that lists may lag, and when. */
  const fresh = new Map<string, number>()
  const now = () => io.now().getTime()

  const limitOf = async (ask: Ask): Promise<number | undefined> => {
    if (limit === undefined || now() >= limit.until) {
      limit = { value: await readLimit(acd, ask, io), until: now() + LIMIT_KEPT_MS }
    }
    return limit.value
  }
  return {
    check: async (ask) => {
      if (!settings.respectUserLimit) return
      const most = await limitOf(ask)
      if (most === undefined) return
      if (count === undefined || now() >= count.until) {
        count = { value: await countBySearch(ask), until: now() + COUNT_KEPT_MS }
      }
      if (count.value < most) return
      // A search that does not honour its filter counts too many: who would be refused is counted one by one.
      for (const [id, at] of fresh) if (at < now() - settings.readLagSeconds * 1000) fresh.delete(id)
      count.value = await countByList(ask, settings, fresh)
      if (count.value >= most) throw reached(count.value, most)
    },
    added: (userId) => {
      fresh.set(userId, now())
      if (count !== undefined) count.value += 1
    },
  }
}

export const reached = (active: number, most: number): ConnectorError =>
  new ConnectorError({
    code: 'ceiling-reached',
    retry: 'later',
    detail: `The business unit has ${active} users who are not deactivated and may have ${most} (userLimit), so nobody is added.`,
  })

/** Nothing where the key may not see the business unit: then only CXone itself knows. */
async function readLimit(acd: Acd, ask: Ask, io: ConnectorIo): Promise<number | undefined> {
  try {
    return await acd.ask(ask, { method: 'GET', path: '/business-unit' }, userLimit)
  } catch (error) {
    if (!(error instanceof CxoneRefused) || error.refusal.code === 'throttled') throw error
    io.log.warn({ why: error.refusal.detail }, 'the user limit of the business unit cannot be read')
    return undefined
  }
}

const ALIVE = STATUSES.filter((status) => status !== 'DELETED')

/** Infinitely many where it does not say how many, so that the list is asked. */
const countBySearch = async (ask: Ask): Promise<number> =>
  (await search(ask, { filter: { status: ALIVE }, skip: 0, top: 1 })).total ?? Infinity

async function countByList(
  ask: Ask,
  { listMaxMiB }: CxoneSettings,
  fresh: ReadonlyMap<string, number>,
): Promise<number> {
  const path = '/user-management/v1/users?includeDeleted=false&withAndWithoutEmail=true'
  const users = await ask({ method: 'GET', path, maxBytes: listMaxMiB * 1024 * 1024, totalMs: 120_000 }, userList)
  const alive = users.filter((user) => !isDeleted(user)).map(({ id }) => id)
  return new Set([...alive, ...fresh.keys()]).size
}
