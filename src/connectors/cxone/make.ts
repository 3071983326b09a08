/**
 * From a change to the file that makes it.
 * Decides who makes which change, and that changes of one account wait for each other; must not know envelopes or paths.
 */
import { userNameKey } from '../../identity/user-name.ts'
import type { Change } from '../../reconcile/change.ts'
import { notAble } from '../contract.ts'
import type { Ask } from './client.ts'
import type { Parts } from './put.ts'
import type { User } from './schema.ts'
import { deactivate, revive } from './status.ts'
import { openTurns } from './turns.ts'
import { openWriter } from './write.ts'

/** Makes one change and answers the user as read back. `key` makes a second attempt at a create find the first one's user. */
export type Make = (ask: Ask, change: Change, key: string) => Promise<User>

export function openMaker(parts: Parts): Make {
  const writer = openWriter(parts)
  const inTurn = openTurns()
  return (ask, change, key) => {
    switch (change.kind) {
      case 'create':
        return inTurn(`name ${userNameKey(change.want.userName ?? '')}`, () => writer.create(ask, change.want, key))
      case 'update':
        return inTurn(change.account, () => writer.update(ask, change.account, change.set))
      case 'rename':
        return inTurn(change.account, () => writer.update(ask, change.account, { userName: change.userName }))
      case 'deactivate':
        return inTurn(change.account, () => deactivate(parts, ask, change.account))
      case 'reactivate':
        return inTurn(change.account, () => revive(parts, ask, change.account))
      case 'grant':
      case 'revoke':
      case 'invite':
        throw notAble(change.kind)
    }
  }
}
