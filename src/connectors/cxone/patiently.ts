/**
 * Writes to agents whom the ACD does not count as active (yet).
 * Decides whether a refusal is worth a wait; must not write.
 */
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { invalid } from './complaints.ts'
import type { Parts } from './parts.ts'
import type { User, UserStatus } from './schema.ts'
import { untilSeen } from './settle.ts'

export interface Whose {
  readonly ask: Ask
  readonly user: Pick<User, 'id' | 'userName' | 'status'>
  /** Writes what is there already: refused as well, it is about the agent and not about what was sent. */
  readonly probe?: () => Promise<unknown>
}

/**
 * Tries; where it is refused and the agent reads as inactive, waits for the mirror and tries once more. Whether an inactive
 * agent can be changed is not written down (section 10).
 */
export async function patiently<T>(
  { agents, settings }: Parts,
  { ask, user, probe }: Whose,
  act: () => Promise<T>,
): Promise<T> {
  try {
    return await act()
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.refusal.retry === 'soon') throw error
    const agent = await agents.of(ask, user.id)
    if (agent === undefined || agent.active) throw error
    if (user.status === 'DELETED') throw sleepsOn(error, settings.updatesInactive)
    // Nobody wakes up within seconds who has never been there.
    if (NEVER_THERE.includes(user.status)) throw (await takes(probe)) ? error : asleep(user, error)
    const woken = await untilSeen(
      { readLagSeconds: settings.mirrorSeconds },
      () => agents.of(ask, user.id),
      (seen) => seen?.active === true,
    )
    if (woken?.active !== true) throw asleep(user, error)
    return act()
  }
}

async function takes(probe: Whose['probe']): Promise<boolean> {
  if (probe === undefined) return false
  try {
    await probe()
    return true
  } catch (error) {
    if (!(error instanceof ConnectorError) || error.refusal.retry === 'soon') throw error
    return false
  }
}

const NEVER_THERE: readonly UserStatus[] = ['UNREGISTERED', 'PENDING']

function sleepsOn({ refusal }: ConnectorError, updatesInactive: boolean): ConnectorError {
  const hint = updatesInactive ? '; turn the setting updatesInactive off, and it is reactivated first' : ''
  return invalid(`${refusal.detail} The account is deactivated, and the ACD changes it once it is active again${hint}.`)
}

const asleep = ({ userName }: Pick<User, 'userName'>, { refusal }: ConnectorError): ConnectorError =>
  new ConnectorError({
    ...refusal,
    code: 'not-mirrored',
    retry: 'soon',
    detail: `The ACD of CXone counts ${userName} as inactive still and changes nothing until they are active: ${refusal.detail}`,
  })
