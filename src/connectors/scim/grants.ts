/**
 * Giving and taking memberships of one user, and seeing that it is so.
 * Decides what is sent for a change of grants and when it is done; must not know how a group is changed.
 */
import type { Change } from '../../reconcile/change.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import { untilSeen } from '../scim-wire/settle.ts'
import { gone, out, unseen } from './complaints.ts'
import type { ScimSettings } from './config.ts'
import type { Directory, FoundUser } from './directory.ts'
import type { Groups } from './groups.ts'
import type { Memberships } from './memberships.ts'

export type GrantChange = Extract<Change, { kind: 'grant' | 'revoke' }>

/** The user, and the groups it is in now. */
export interface Granted {
  readonly found: FoundUser
  readonly groups: readonly string[]
}

export type MakeGrant = (ask: Ask, change: GrantChange) => Promise<Granted>

interface Means {
  readonly directory: Directory
  readonly groups: Groups
  readonly memberships: Memberships
  readonly settings: ScimSettings
}

export function openGrants({ directory, groups, memberships, settings }: Means): MakeGrant {
  const read = async (ask: Ask, account: string): Promise<Granted> => {
    const found = await directory.byId(ask, account)
    if (found === undefined) throw gone(account)
    const held = await memberships.of(ask, found.user)
    if (held === undefined) throw out(`Which groups the account ${account} is in cannot be read.`)
    return { found, groups: held }
  }

  return async (ask, change) => {
    const { account: member } = change
    const gives = change.kind === 'grant'
    const ids = gives ? change.grants.map(({ id }) => id) : change.ids
    const leftOf = (held: readonly string[]): readonly string[] => ids.filter((id) => held.includes(id) !== gives)

    /** Does all rows, and throws the first trouble among them afterwards. */
    const write = async (wanted: readonly string[]): Promise<void> => {
      const troubles: unknown[] = []
      for (const group of wanted) {
        const one = { group, member }
        await (gives ? groups.add(ask, one) : groups.remove(ask, one)).catch((error: unknown) => {
          if (!(error instanceof ConnectorError)) throw error
          troubles.push(error)
        })
      }
      if (troubles.length > 0) throw troubles[0]
    }
    const readUntil = (): Promise<Granted> =>
      untilSeen(
        settings.readLagSeconds,
        () => read(ask, member),
        (now) => leftOf(now.groups).length === 0,
      )

    const before = await read(ask, member)
    if (leftOf(before.groups).length === 0) return before
    await write(leftOf(before.groups))
    let now = await readUntil()
    if (leftOf(now.groups).length > 0 && groups.distrustPatch()) {
      await write(leftOf(now.groups))
      now = await readUntil()
    }
    const [group] = leftOf(now.groups)
    if (group === undefined) return now
    const { refusal } = unseen(`that ${member} is ${gives ? 'in' : 'out of'} the group ${group}`)
    throw new ConnectorError({ ...refusal, about: group })
  }
}
