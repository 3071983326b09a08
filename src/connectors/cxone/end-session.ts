/**
 * Logging somebody out of their agent session (facts, section 5.6; lifecycle B3.2). Browser sessions live on until they end.
 * Decides that nothing about it may hold up what follows.
 */
import type { Ask } from './client.ts'
import type { Parts } from './parts.ts'
import { rowResults } from './acd/rows.ts'
import { ConnectorError } from '../contract.ts'

const PATIENCE_MS = 3_000

/** Whether CXone has taken the call. Never throws. */
export async function endSession({ acd, agents, io }: Parts, ask: Ask, userId: string): Promise<boolean> {
  try {
    const agent = await agents.of(ask, userId)
    if (agent === undefined) return false
    // Not counted as the beginning of a change: what follows passes a throttle on at once.
    const call = {
      method: 'POST',
      path: `/agents/${encodeURIComponent(agent.id)}/logout`,
      totalMs: PATIENCE_MS,
    } as const
    await acd.ask(ask, call, rowResults)
    return true
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    io.log.warn({ account: userId, why: error.refusal.detail }, 'nobody could be logged out before the deactivation')
    return false
  }
}
