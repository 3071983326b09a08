/**
 * Asking somebody in by e-mail (facts, section 4.2; lifecycle B1.8).
 * Decides who is asked in: only who never was. Must not be used for anything but a change that says so.
 */
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { gone, invalid } from './complaints.ts'
import type { Parts } from './parts.ts'
import { written, type User } from './schema.ts'
import { untilSeen } from './settle.ts'

interface Invitation {
  readonly id: string
  /** The user that the connector signs in as: CXone wants a sender. */
  readonly sender: () => Promise<string | undefined>
}

/**
 * Answers the user as read afterwards. Sends nothing to who has been asked in already. A tenant whose status does not tell
 * is believed: asking again would mail again.
 */
export async function invite({ directory, settings, io }: Parts, ask: Ask, { id, sender }: Invitation): Promise<User> {
  const before = await directory.byId(ask, id)
  if (before === undefined) throw gone(id)
  if (before.status === 'DELETED' || before.status === 'BLOCKED' || before.status === 'UNKNOWN') {
    throw invalid(
      `${before.userName} is ${before.status === 'DELETED' ? 'deactivated' : 'locked'} and is not asked in.`,
    )
  }
  if (before.status !== 'UNREGISTERED') return before
  const senderUserId = await sender()
  if (senderUserId === undefined) throw nobodySends()
  const body = { inviteUserIds: [id], senderUserId }
  await ask({ method: 'POST', path: '/user-management/v2/users/inviteById', body, writes: true }, written)
  const isAskedIn = (seen: User | undefined) => seen !== undefined && seen.status !== 'UNREGISTERED'
  const seen = await untilSeen(settings, () => directory.byId(ask, id), isAskedIn)
  if (!isAskedIn(seen)) io.log.warn({ account: id }, 'CXone has sent an invitation, and the status does not show it')
  return seen ?? before
}

const nobodySends = (): ConnectorError =>
  new ConnectorError({
    code: 'right-missing',
    retry: 'later',
    detail:
      'CXone wants a sender for an invitation, and which user the access key belongs to cannot be told. Give the role of the key’s user Access Key View.',
  })
