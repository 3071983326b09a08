/**
 * From a change to the file that makes it.
 * Decides who makes which change, and that changes of one account wait for each other; must not know envelopes or paths.
 */
import type { Account, AttributeName } from '../../identity/account.ts'
import { userNameKey } from '../../identity/user-name.ts'
import type { Change } from '../../reconcile/change.ts'
import type { Ask } from './client.ts'
import { makeGrant } from './grants.ts'
import { invite } from './invite.ts'
import { HELD } from './map.ts'
import type { Parts } from './parts.ts'
import type { Reader } from './read.ts'
import type { User } from './schema.ts'
import { deactivate, revive } from './status.ts'
import { openTurns } from './turns.ts'
import { furtherRoles } from './whole.ts'
import { openWriter } from './write.ts'

/** Makes one change and answers the account as read back. `key` makes a second attempt at a create find the first one's user. */
export type Make = (ask: Ask, change: Change, key: string) => Promise<Account>

interface Surroundings {
  readonly reader: Reader
  readonly self: (ask: Ask) => Promise<string | undefined>
}

export function openMaker(parts: Parts, { reader, self }: Surroundings): Make {
  const writer = openWriter(parts)
  const inTurn = openTurns()
  const plain = async (ask: Ask, user: User): Promise<Account> => {
    parts.directory.wrote(user)
    return reader.toAccount(ask, user)
  }
  const make: Make = async (ask, change, key) => {
    switch (change.kind) {
      case 'create':
        return plain(ask, await writer.create(ask, change.want, key))
      case 'update': {
        const user = await writer.update(ask, change.account, change.set)
        const seen = await plain(ask, user)
        if (beyondUserHub(Object.keys(change.set))) return reader.toWhole(ask, user, { grants: false })
        // It was read back from the user itself.
        const { loginAuthenticator } = change.set
        return loginAuthenticator == null ? seen : { ...seen, attributes: { ...seen.attributes, loginAuthenticator } }
      }
      case 'rename':
        return plain(ask, await writer.update(ask, change.account, { userName: change.userName }))
      case 'deactivate':
        return plain(ask, await deactivate(parts, ask, { id: change.account, logout: change.endSession === true }))
      case 'reactivate':
        return plain(ask, await revive(parts, ask, change.account))
      case 'grant':
      case 'revoke': {
        const { user, grants } = await makeGrant(parts, ask, change)
        const seen = await plain(ask, user)
        return { ...seen, grants: grants ?? { role: furtherRoles(seen) } }
      }
      case 'invite':
        return plain(ask, await invite(parts, ask, { id: change.account, sender: () => self(ask) }))
    }
  }
  return (ask, change, key) => {
    const subject = change.kind === 'create' ? `name ${userNameKey(change.want.userName ?? '')}` : change.account
    return inTurn(subject, () => make(ask, change, key))
  }
}

/** What no read of the user is sure to show. */
const beyondUserHub = (names: readonly string[]): boolean =>
  names.some((name) => name !== 'loginAuthenticator' && !HELD.some((held: AttributeName) => held === name))
