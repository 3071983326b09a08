/**
 * Asking the user search (facts, sections 4.2 and 10).
 * Decides whether a miss in it means that there is nobody; must not read the whole list.
 */
import { userNameKey } from '../../identity/user-name.ts'
import type { ConnectorIo } from '../contract.ts'
import type { Ask } from './client.ts'
import { isRefusedAsAsked } from './refusal.ts'
import { userPage, type User, type UserPage } from './schema.ts'

export interface Search {
  /** Rows of this name, compared by us; nothing where the search cannot tell. */
  named(ask: Ask, userName: string): Promise<readonly User[] | undefined>
  /** True once it has found somebody deactivated by a name in another case: then a miss means that there is nobody. */
  missesNobody(): boolean
  /** Tries that out on somebody among these, if there is one to try it on. */
  tryOut(ask: Ask, users: readonly User[]): Promise<void>
}

export const STATUSES = ['UNREGISTERED', 'PENDING', 'ACTIVE', 'BLOCKED', 'DELETED']

const TRIES = 3

/** What is found out about the tenant's search holds for as long as the connection is open. */
export function openSearch(io: ConnectorIo): Search {
  let honoursFilter = true
  let complete = false
  let tried = 0

  const named: Search['named'] = async (ask, userName) => {
    if (!honoursFilter) return undefined
    const { users } = await search(ask, { filter: { userName: [userName], status: STATUSES }, skip: 0, top: 20 })
    if (users.every((user) => isNamed(user, userName))) return users
    honoursFilter = false
    io.log.warn(
      {},
      'the user search of CXone does not honour its filter; users are looked up in the whole list instead',
    )
    return undefined
  }

  return {
    named,
    missesNobody: () => complete && honoursFilter,
    tryOut: async (ask, users) => {
      if (complete || !honoursFilter || tried >= TRIES) return
      const known = users.find((user) => isDeleted(user) && otherCase(user.userName) !== user.userName)
      if (known === undefined) return
      tried += 1
      const rows = await named(ask, otherCase(known.userName))
      complete = rows?.some(({ id }) => id === known.id) ?? false
    },
  }
}

export const isNamed = (user: User, userName: string): boolean => userNameKey(user.userName) === userNameKey(userName)

export const isDeleted = ({ status }: User): boolean => status === 'DELETED'

const otherCase = (text: string): string => (text === text.toUpperCase() ? text.toLowerCase() : text.toUpperCase())

export interface Query {
  readonly filter: Readonly<Record<string, readonly string[]>>
  readonly skip: number
  readonly top: number
}

/** A search that does not take the filter on the status is asked without it. */
export async function search(ask: Ask, query: Query): Promise<UserPage> {
  const send = (body: Query) => ask({ method: 'POST', path: '/user-management/v2/users/search', body }, userPage)
  try {
    return await send(query)
  } catch (error) {
    if (!isRefusedAsAsked(error) || query.filter['status'] === undefined) throw error
    const { status: _, ...filter } = query.filter
    return send({ ...query, filter })
  }
}
