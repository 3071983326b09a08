/**
 * Has an app written to from now on, or not any more, because a person says so.
 * Decides that nobody says so without having looked at what it does; must not write to any app: deliveries do.
 */
import { lockMode, readLookedAt, writeMode, type LookedAt, type ModePlace } from '../store/app-mode.ts'
import { wakeApps, type OperationContext } from './context.ts'

export interface SetMode {
  readonly tenant: string
  readonly app: string
  readonly actor: string
  /** The difference that was looked at: the app is enforced. Without it, it is observed. */
  readonly enforce?: { readonly difference: string; readonly hash: string }
}

export type ModeRefusal =
  | { readonly kind: 'no-such-app' }
  | { readonly kind: 'detached' }
  /** rollcall.yaml names the mode. */
  | { readonly kind: 'pinned'; readonly mode: 'enforce' | 'observe' }
  /** What was looked at is not what would happen now; `why` in words. */
  | { readonly kind: 'not-seen'; readonly why: string }

export type SetModeResult =
  | { readonly ok: true; readonly changed: boolean; readonly due: number }
  | { readonly ok: false; readonly refusal: ModeRefusal }

/** One transaction. What was planned until then is due as soon as it is committed. */
export async function setMode(context: Pick<OperationContext, 'db' | 'wake'>, asked: SetMode): Promise<SetModeResult> {
  const mode = asked.enforce === undefined ? 'observe' : 'enforce'
  const result = await context.db.transaction(async (tx): Promise<SetModeResult> => {
    const place = await lockMode(tx, asked)
    if (place === undefined) return { ok: false, refusal: { kind: 'no-such-app' } }
    if (place.detached) return { ok: false, refusal: { kind: 'detached' } }
    if (place.pinned) return { ok: false, refusal: { kind: 'pinned', mode: place.mode } }
    if (place.mode === mode) return { ok: true, changed: false, due: 0 }
    const why =
      asked.enforce === undefined
        ? undefined
        : objection(place, await readLookedAt(tx, { tenant: asked.tenant, id: asked.enforce.difference }), {
            app: asked.app,
            hash: asked.enforce.hash,
          })
    if (why !== undefined) return { ok: false, refusal: { kind: 'not-seen', why } }
    return { ok: true, changed: true, due: await writeMode(tx, asked) }
  })
  if (result.ok && result.changed) wakeApps(context, asked.tenant, [asked.app])
  return result
}

/** People decide slowly; after this, what they have seen may be another thing. */
const FRESH_SECONDS = 15 * 60

/** Why nobody has seen what enforcing does now; undefined if somebody has. Pure. */
export function objection(
  { policyVersion }: Pick<ModePlace, 'policyVersion'>,
  seen: LookedAt | undefined,
  { app, hash }: { readonly app: string; readonly hash: string },
): string | undefined {
  if (seen === undefined || seen.app !== app) return 'There is no such difference of this app.'
  if (seen.given) return 'That difference is about a policy that is not in force.'
  if (!seen.done) return 'That difference is not done yet.'
  if (seen.verdict === 'unreachable') return 'The app could not be read, so nobody has seen what enforcing it does.'
  if (seen.hash !== hash) return 'The difference is another one by now.'
  if (seen.policyVersion !== policyVersion) return 'Another policy came into force meanwhile.'
  if (seen.seconds > FRESH_SECONDS) return 'The difference is more than a quarter of an hour old.'
  return undefined
}
