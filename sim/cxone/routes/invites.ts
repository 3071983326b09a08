// Decides whom the two invite endpoints of facts 4.2 mean. What an invite does is in status.ts.
import type { FastifyInstance } from 'fastify'
import { toObject, toText, toTexts } from '../input.ts'
import type { StoredUser } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { inviteUsers } from '../status.ts'
import { userById } from '../update-user.ts'
import type { World } from '../world.ts'

const EDIT = { config: { needs: 'employees.edit' } } as const

export function inviteRoutes(app: FastifyInstance, world: World): void {
  app.post('/user-management/v2/users/inviteById', EDIT, (request) => {
    const body = toObject(request.body, 'the body')
    const ids = toTexts(body['inviteUserIds'], 'inviteUserIds')
    userById(toText(body['senderUserId'], 'senderUserId'), world)
    if (request.call !== null && ids.length === 1 && ids[0] !== undefined) request.call.userId = ids[0]
    inviteUsers(
      ids.map((id) => userById(id, world)),
      world,
    )
    return { success: true }
  })
  app.post('/user-management/v2/users/inviteByEmail', EDIT, (request) => {
    const body = toObject(request.body, 'the body')
    const addresses = toTexts(body['emailAddressesList'], 'emailAddressesList')
    const byAddress = usersByAddress(world)
    someAt(toText(body['senderEmail'], 'senderEmail'), byAddress)
    inviteUsers(
      addresses.flatMap((address) => someAt(address, byAddress)),
      world,
    )
    return { success: true }
  })
}

/** Several people may share one address (facts 7); deactivated ones are not meant. */
function usersByAddress(world: World): Map<string, StoredUser[]> {
  const found = new Map<string, StoredUser[]>()
  for (const user of world.store.users.values()) {
    if (user.status === 'DELETED') continue
    const address = user.emailAddress.toLowerCase()
    found.set(address, [...(found.get(address) ?? []), user])
  }
  return found
}

function someAt(address: string, byAddress: ReadonlyMap<string, StoredUser[]>): StoredUser[] {
  const users = byAddress.get(address.toLowerCase())
  if (users === undefined) throw new Refusal('unknownUser', 'USER_NOT_FOUND', `nobody has the address ${address}`)
  return users
}
