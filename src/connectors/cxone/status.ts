/**
 * Deactivating and reviving users (facts, section 4.2).
 * Decides when either is done: only what is read counts, not what the call answered. Must not write attributes.
 */
import { ConnectorError } from '../contract.ts'
import type { Agent } from './acd/schema.ts'
import type { Ask } from './client.ts'
import { gone, unseen } from './complaints.ts'
import { endSession } from './end-session.ts'
import { atLimit, isAboutLimit } from './explain.ts'
import type { Parts } from './parts.ts'
import { CxoneRefused, isRefusedAsAsked } from './refusal.ts'
import { deactivated, written, type User } from './schema.ts'
import { untilSeen } from './settle.ts'

export interface Deactivation {
  readonly id: string
  /** Whoever works with the account is logged out first, if that can be done. */
  readonly logout: boolean
}

/** Answers the user once it reads as DELETED, also if it did before. */
export async function deactivate(parts: Parts, ask: Ask, { id, logout }: Deactivation): Promise<User> {
  const { directory, settings } = parts
  const before = await directory.byId(ask, id)
  if (before === undefined) throw gone(id)
  if (before.status === 'DELETED') return before
  const ends = logout && (await endSession(parts, ask, id))
  const call = {
    method: 'POST',
    path: '/user-management/v1/users/deactivate',
    body: { userIds: [id] },
    writes: true,
  } as const
  const sent = await attempt(() => ask(call, deactivated))
  // A logout takes its time, and some are not deactivated before it is done.
  const again = ends && (sent.refusal !== undefined || sent.answer?.includes(id) === true)
  const { answer, refusal } = again
    ? await untilSeen(
        settings,
        () => attempt(() => ask(call, deactivated)),
        (next) => next.answer?.includes(id) === false,
      )
    : sent
  const after = await untilSeen(
    // What it says it has not done needs no time to show.
    refusal !== undefined || answer?.includes(id) === true ? { readLagSeconds: 0 } : settings,
    () => directory.byId(ask, id),
    (seen) => seen?.status === 'DELETED',
  )
  if (after?.status === 'DELETED') return after
  if (refusal !== undefined) throw refusal
  if (after === undefined || !(answer ?? []).includes(id)) throw unseen(`the deactivation of ${before.userName}`)
  const detail = `CXone did not deactivate ${before.userName}; they may be signed in, lead a team or hold open cases.`
  throw new ConnectorError({ code: 'not-verified', retry: 'soon', detail })
}

/** Answers the user once it reads as anything but DELETED; what it was before then stays as it was. */
export async function revive(parts: Parts, ask: Ask, id: string): Promise<User> {
  const { directory, settings, ceiling } = parts
  const before = await directory.byId(ask, id)
  if (before === undefined) throw gone(id)
  if (before.status !== 'DELETED') return before
  await ceiling.check(ask)
  const call = {
    method: 'POST',
    path: `/user-management/v1/users/${encodeURIComponent(id)}/revive`,
    writes: true,
  } as const
  const { refusal } = await attempt(() => ask(call, written))
  const after = await untilSeen(
    refusal === undefined ? settings : { readLagSeconds: 0 },
    () => directory.byId(ask, id),
    (seen) => seen !== undefined && seen.status !== 'DELETED',
  )
  if (after !== undefined && after.status !== 'DELETED') {
    ceiling.added(id)
    await mirroredBack(parts, ask, after)
    return after
  }
  if (isAboutLimit(refusal)) throw atLimit(refusal)
  throw refusal ?? unseen(`the reactivation of ${before.userName}`)
}

/**
 * Some lose by a revive what they held (section 10), and the ACD gets to know of it later: what it shows before then is not
 * to be relied on. It holds nothing up.
 */
async function mirroredBack({ agents, settings }: Parts, ask: Ask, { id, status }: User): Promise<void> {
  if (status !== 'ACTIVE' && status !== 'BLOCKED') return
  const look = () => agents.of(ask, id)
  const isBack = (agent: Agent | undefined) => agent === undefined || agent.active
  await untilSeen({ readLagSeconds: settings.mirrorSeconds }, look, isBack).catch((error: unknown) => {
    if (!(error instanceof ConnectorError)) throw error
  })
}

/** A refusal as a value: somebody else may have been faster, which only reading tells. */
async function attempt<T>(act: () => Promise<T>): Promise<{ answer?: T; refusal?: CxoneRefused }> {
  try {
    return { answer: await act() }
  } catch (error) {
    if (isRefusedAsAsked(error) || isAboutLimit(error) || (error instanceof CxoneRefused && error.status === 404))
      return { refusal: error }
    throw error
  }
}
