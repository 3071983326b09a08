/**
 * Invitations of which nobody knows whether they went out: the attempt was cut off, or its answer was lost.
 * Decides when the app is believed, and what is told until then; must not send one (apply-plan.ts), and prefers that somebody
 * is not asked in, and this is seen, to asking them in twice.
 */
import type { Account, Wish } from '../identity/account.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { forgetInvited, invitationKnown } from '../store/invitations.ts'
import type { LinkRecord } from '../store/ownership.ts'
import type { DeliverContext } from './delivery-context.ts'
import { disputeSeconds } from './delivery-refusal.ts'

/** What was sent may arrive, and show, as long as this after it was noted: what a create is given, too. */
const SETTLES_SECONDS = 600

/** An invitation in doubt: for how long the app may still come to show it; none once that is over. */
export interface Doubt {
  readonly secondsLeft: number
}

export interface Invited {
  readonly link: LinkRecord
  readonly doubt?: Doubt
}

interface Look {
  readonly link: LinkRecord
  readonly account: Account | 'absent'
  readonly wish: Wish
}

/**
 * Asks the app, by the account as it was just read. An app that shows who was asked in is believed once what was sent must
 * have arrived: then the note is taken back, and the plan asks them in. Else there is a doubt.
 */
export async function lookAtInvitation(
  { db, now }: DeliverContext,
  delivery: LeasedDelivery,
  { link, account, wish }: Look,
): Promise<Invited> {
  const { invitedAt } = link
  if (account === 'absent' || !wish.active || wish.invite !== true) return { link }
  // Of who is about to return, the app shows it once they have.
  const returns = account.state === 'inactive'
  if (!(returns || account.state === 'unregistered') || invitedAt === undefined || link.madeAt === undefined)
    return { link }
  const known = await invitationKnown(db, delivery)
  if (known === 'sent') return { link }
  const secondsLeft = Math.max(returns ? 1 : 0, SETTLES_SECONDS - (now().getTime() - invitedAt.getTime()) / 1000)
  if (known === 'unknown' || secondsLeft > 0) return { link, doubt: { secondsLeft } }
  await forgetInvited(db, delivery)
  const { invitedAt: _noted, ...rest } = link
  return { link: { ...rest, invited: false } }
}

/** All else is delivered: the row stays open for the invitation alone, with what somebody can do about it. */
export function inDoubt(
  result: DeliveryResult,
  { secondsLeft, attempts }: Doubt & { readonly attempts: number },
): DeliveryResult {
  const common = { ...result, code: 'invitation-unknown' } as const
  const cutOff =
    'All but the invitation is done. Sending it was cut off, and the app does not show that its person was asked in'
  return secondsLeft > 0
    ? {
        ...common,
        state: 'retrying',
        countAttempt: false,
        retryIn: secondsLeft + 1,
        detail: `${cutOff} yet; the app is asked again once it must show it.`,
      }
    : {
        ...common,
        state: 'refused',
        countAttempt: true,
        retryIn: disputeSeconds(attempts),
        detail: `${cutOff}. It is not sent a second time. Ask them whether they got it; if not, invite them in the app. This ends as soon as the app shows it, or they have signed in.`,
      }
}
