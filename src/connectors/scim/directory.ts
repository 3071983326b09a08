/**
 * Finding users of the server.
 * Decides when nobody is found; must not change anybody.
 */
import { ConnectorError } from '../contract.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Answer, Ask } from '../scim-wire/client.ts'
import { quoted } from '../scim-wire/places.ts'
import { listIn, type ScimRecord } from '../scim-wire/record.ts'
import { isNotThere, isRefusedAsAsked, isUnsupported, ScimRefused } from '../scim-wire/refusal.ts'
import type { ScimSettings } from './config.ts'
import type { Lister } from './list.ts'
import { idOf, userNameOf } from './map.ts'
import type { Service } from './service.ts'

export interface FoundUser {
  readonly id: string
  readonly user: ScimRecord
  readonly etag?: string | undefined
}

export interface Directory {
  /** Undefined only where the server knows its users and has none of this id. */
  byId(ask: Ask, id: string): Promise<FoundUser | undefined>
  /** Compared by us, without regard to case. Undefined only where everybody was asked. */
  byName(ask: Ask, userName: string): Promise<ScimRecord | undefined>
}

interface Means {
  readonly service: () => Promise<Service>
  readonly list: Lister
  readonly settings: ScimSettings
  readonly warn: (message: string) => void
}

export function openDirectory({ service, list, settings, warn }: Means): Directory {
  let hasUsers = false
  // `proved`: it has found somebody by a name in another case, so that nobody found is nobody there.
  let filter: 'untried' | 'proved' | 'refused' = settings.filter === 'yes' ? 'proved' : 'untried'
  const usersPath = async (): Promise<string> => (await service()).usersPath

  const byId: Directory['byId'] = async (ask, id) => {
    const path = await usersPath()
    try {
      const found = foundIn(await ask({ method: 'GET', path: `${path}/${encodeURIComponent(id)}` }), id)
      hasUsers = true
      return found
    } catch (error) {
      if (!isNotThere(error)) throw error
      // The address may be wrong altogether; then nobody is absent.
      if (!hasUsers) await ask({ method: 'GET', path, query: { startIndex: '1', count: '1' } })
      hasUsers = true
      return undefined
    }
  }

  /** The rows that a filter finds; nothing where the server does not filter, or not as it was asked. */
  const filtered = async (ask: Ask, userName: string): Promise<readonly ScimRecord[] | undefined> => {
    const query = { filter: `userName eq ${quoted(userName)}` }
    try {
      const { body } = await ask({ method: 'GET', path: await usersPath(), query })
      const rows = listIn(body, 'Resources')
      return rows.every((row) => isNamed(row, userName)) ? rows : undefined
    } catch (error) {
      if (isRefusedAsAsked(error) || isUnsupported(error) || isForbiddenFilter(error)) return undefined
      throw error
    }
  }

  const giveUp = (why: string): void => {
    filter = 'refused'
    warn(`users are looked for in the whole list from now on: ${why}`)
  }

  /** Looks for somebody known by their name in another case: servers differ in that, and in whether they filter at all. */
  const prove = async (ask: Ask): Promise<void> => {
    const { body } = await ask({ method: 'GET', path: await usersPath(), query: { startIndex: '1', count: '20' } })
    const known = listIn(body, 'Resources').map(userNameOf).find(isTurnable)
    if (known === undefined) return
    const rows = await filtered(ask, turned(known))
    if (rows !== undefined && rows.length > 0) filter = 'proved'
    else giveUp('a filter did not find somebody by their name in another case')
  }

  const inList = async (ask: Ask, userName: string): Promise<ScimRecord | undefined> => {
    const { rows, why } = await list(ask, { path: await usersPath() })
    const found = rows.find((row) => isNamed(row, userName))
    if (found === undefined && why !== undefined) throw unsure(userName, why)
    return found
  }

  return {
    byId,
    byName: async (ask, userName) => {
      if (filter !== 'refused' && (await service()).filter) {
        const rows = await filtered(ask, userName)
        const [found] = rows ?? []
        if (found !== undefined) return found
        if (rows === undefined) giveUp('the server does not filter by userName as it was asked')
        else if (filter === 'untried') await prove(ask)
        if (filter === 'proved') return undefined
      }
      return inList(ask, userName)
    },
  }
}

const isNamed = (user: ScimRecord, userName: string): boolean => userNameKey(userNameOf(user)) === userNameKey(userName)

/** Some servers call a filter that they do not know forbidden; then the list says whether reading is. */
const isForbiddenFilter = (error: unknown): boolean =>
  error instanceof ScimRefused && error.scimType === 'invalidFilter'

const turned = (name: string): string => (name === name.toUpperCase() ? name.toLowerCase() : name.toUpperCase())

/** In another case it is the same name still, by our rule, and reads otherwise. */
const isTurnable = (name: string): boolean => turned(name) !== name && userNameKey(turned(name)) === userNameKey(name)

function foundIn({ body, etag }: Answer, id: string): FoundUser {
  if (idOf(body) === id) return { id, user: body, etag }
  throw new ConnectorError({
    code: 'answer-unexpected',
    retry: 'later',
    detail: `The server was asked for the user ${id} and answered with something else. Check the url of this app.`,
  })
}

const unsure = (userName: string, why: string): ConnectorError =>
  new ConnectorError({
    code: 'answer-unexpected',
    retry: 'soon',
    detail: `Whether there is an account ${userName} cannot be said, since the list of users is not whole: ${why}.`,
  })
