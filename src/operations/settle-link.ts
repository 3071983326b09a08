/**
 * Settles whose account it is, because a person says so.
 * Decides which decisions are possible in which state; must not touch any app: the next delivery does what was decided.
 */
import { lockLink, settle, type SettleableLink, type SettleAs } from '../store/settlements.ts'
import { wakeApps, type OperationContext } from './context.ts'

export interface Settle {
  readonly tenant: string
  /** Id of the link. */
  readonly id: number
  readonly as: SettleAs
  /** Adopt although the account is protected; for who may do everything only. */
  readonly evenProtected: boolean
  readonly actor: string
}

export type SettleResult =
  | { readonly ok: true; readonly app: string }
  | { readonly ok: false; readonly refusal: { readonly kind: 'no-such-link' | 'not-possible'; readonly why: string } }

/** One transaction. Nothing is settled that makes no sense in the state the link is in; `why` says what would. */
export async function settleLink(
  context: Pick<OperationContext, 'db' | 'wake'>,
  settlement: Settle,
): Promise<SettleResult> {
  const result = await context.db.transaction(async (tx): Promise<SettleResult> => {
    const link = await lockLink(tx, settlement)
    if (link === undefined) {
      const why = `There is no link ${settlement.id}. The command rollcall link list shows those there are.`
      return { ok: false, refusal: { kind: 'no-such-link', why } }
    }
    const why = objection(link, settlement.as)
    if (why !== undefined) return { ok: false, refusal: { kind: 'not-possible', why } }
    await settle(tx, settlement)
    return { ok: true, app: link.app }
  })
  if (result.ok) wakeApps(context, settlement.tenant, [result.app])
  return result
}

/** Why a decision makes no sense, in words; undefined if it does. Pure. */
export function objection({ state, account, owns, settled }: SettleableLink, as: SettleAs): string | undefined {
  switch (as) {
    case 'adopt':
      if (state === 'linked') return 'The account is this person’s already.'
      if (state === 'deleted')
        return 'The account is gone from the app, so there is nothing to adopt. Use reopen to have it looked for again.'
      if (account === null)
        return 'No account was found for this person, so there is none to adopt. Use reopen to have it looked for again.'
      return undefined
    case 'ignore':
      return owns ? 'The account is this person’s. Use release to give it up.' : undefined
    case 'release':
      return owns ? undefined : 'This person owns no account here. Use ignore to leave things as they are.'
    case 'reopen':
      return settled === null ? 'Nothing was settled here, so there is nothing to reopen.' : undefined
  }
}
