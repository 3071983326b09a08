/**
 * Tells people and machines of open items.
 * Decides what a message says and what becomes of one that did not arrive; must not decide what an open item is, nor how
 * a message travels (notify).
 */
import type { Channel, Message, Sent } from '../notify/channel.ts'
import {
  dropUntrue,
  GIVE_UP_DAYS,
  leaseAlerts,
  settleFailed,
  settleSent,
  type AlertBody,
  type LeasedAlert,
} from '../store/alerts.ts'
import type { Queryable } from '../store/db.ts'
import { kindOf } from './open-items.ts'

/** An entry under `alerts:` of a tenant, open. */
export interface OpenChannel {
  readonly tenant: string
  readonly id: string
  readonly channel: Channel
}

export interface AlertContext {
  readonly db: Queryable
  readonly channels: readonly OpenChannel[]
  readonly newId: () => string
  readonly now: () => Date
  readonly log: {
    info(fields: object, message: string): void
    warn(fields: object, message: string): void
    error(fields: object, message: string): void
  }
}

const AT_ONCE = 8

/** Sends what is due. A message is sent at least once, however many processes there are, and again until it arrives. */
export async function sendAlerts(context: AlertContext): Promise<void> {
  const { db, channels } = context
  if (channels.length === 0) return
  await dropUntrue(db)
  const token = context.newId()
  const leased = await leaseAlerts(db, { channels, token, limit: AT_ONCE })
  await Promise.all(leased.map((alert) => sendOne(context, alert)))
}

async function sendOne({ db, channels, log }: AlertContext, alert: LeasedAlert): Promise<void> {
  const { tenant, channel: id } = alert
  const open = channels.find((one) => one.tenant === tenant && one.id === id)
  if (open === undefined) return
  const { ok, detail } = await open.channel.send(messageOf(alert))
  const fields = { tenant, alert: id, message: alert.id, kind: alert.body.kind, app: alert.body.app }
  if (ok) {
    await settleSent(db, alert)
    return log.info(fields, 'an alert was sent')
  }
  const retryIn = await settleFailed(db, alert, detail)
  if (retryIn === undefined) log.error({ ...fields, detail }, `an alert was given up after ${GIVE_UP_DAYS} days`)
  else log.warn({ ...fields, detail, retryIn: Math.ceil(retryIn) }, 'an alert did not arrive and will be sent again')
}

/** A message that tells of nothing but itself; tried once. Undefined if the tenant has no such entry. */
export async function sendTest(
  { channels, newId, now }: Pick<AlertContext, 'channels' | 'newId' | 'now'>,
  { tenant, id }: { tenant: string; id: string },
): Promise<Sent | undefined> {
  const open = channels.find((one) => one.tenant === tenant && one.id === id)
  return open?.channel.send({
    id: newId(),
    type: 'test',
    at: now(),
    tenant,
    subject: 'Rollcall: a test, nothing is wrong',
    text: `This is a test of the alert "${id}" of ${tenant}. Nothing is wrong, and there is nothing to do.\n`,
    data: { alert: id },
  })
}

/** The same for the same alert, at whichever attempt. Pure. */
export function messageOf({ id, tenant, kind, created, body }: LeasedAlert): Message {
  const resolved = kind === 'resolved'
  const what = oneLine(`${kindOf(body.kind).title}${body.about === '' ? '' : ` "${body.about}"`}`)
  const waiting = resolved ? '' : `, ${waits(body)}`
  return {
    id,
    type: resolved ? 'open-item.resolved' : 'open-item.opened',
    at: created,
    tenant,
    subject: `Rollcall: ${resolved ? 'resolved: ' : ''}${body.app}: ${what}${waiting}`,
    text: resolved ? resolvedText(tenant, body, what) : openedText(tenant, body, what),
    data: { ...body },
  }
}

const openedText = (tenant: string, body: AlertBody, what: string): string =>
  [
    `${what} in the app ${body.app} of ${tenant}.`,
    '',
    `Since:      ${body.since}`,
    kindOf(body.kind).concerns === true
      ? `Concerns:   ${waits(body)}; all else of them is delivered`
      : `Waiting:    ${waits(body)}; nothing is lost, all are delivered once this is mended`,
    `What to do: ${oneLine(body.fix)}`,
    `To see it:  rollcall app show ${body.app}`,
    '',
  ].join('\n')

const resolvedText = (tenant: string, body: AlertBody, what: string): string =>
  [
    `Resolved: ${what} in the app ${body.app} of ${tenant}.`,
    '',
    `Since:      ${body.since}`,
    `Until:      ${body.resolved ?? ''}`,
    '',
  ].join('\n')

/** Nobody: a reading of the app has found it first. */
function waits({ kind, waiting }: AlertBody): string {
  if (kindOf(kind).concerns === true) return waiting === 1 ? '1 person' : `${waiting} people`
  if (waiting === 0) return 'nobody waits yet'
  return waiting === 1 ? '1 change waits' : `${waiting} changes wait`
}

const oneLine = (text: string): string => text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
