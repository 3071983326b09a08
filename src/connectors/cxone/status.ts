/**
 * Deactivating and reviving users (facts, section 4.2).
 * Decides when either is done: only what is read counts, not what the call answered. Must not write attributes.
 */
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { gone, unseen } from './complaints.ts'
import type { Parts } from './put.ts'
import { CxoneRefused, isRefusedAsAsked } from './refusal.ts'
import { deactivated, written, type User } from './schema.ts'
import { untilSeen } from './settle.ts'

/** Answers the user once it reads as DELETED, also if it did before. */
export async function deactivate({ directory, settings }: Parts, ask: Ask, id: string): Promise<User> {
  const before = await directory.byId(ask, id)
  if (before === undefined) throw gone(id)
  if (before.status === 'DELETED') return before
  const call = {
    method: 'POST',
    path: '/user-management/v1/users/deactivate',
    body: { userIds: [id] },
    writes: true,
  } as const
  const { answer, refusal } = await attempt(() => ask(call, deactivated))
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
export async function revive({ directory, settings }: Parts, ask: Ask, id: string): Promise<User> {
  const before = await directory.byId(ask, id)
  if (before === undefined) throw gone(id)
  if (before.status !== 'DELETED') return before
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
  if (after !== undefined && after.status !== 'DELETED') return after
  throw refusal ?? unseen(`the reactivation of ${before.userName}`)
}

/** A refusal as a value: somebody else may have been faster, which only reading tells. */
async function attempt<T>(act: () => Promise<T>): Promise<{ answer?: T; refusal?: CxoneRefused }> {
  try {
    return { answer: await act() }
  } catch (error) {
    if (isRefusedAsAsked(error) || (error instanceof CxoneRefused && error.status === 404)) return { refusal: error }
    throw error
  }
}
