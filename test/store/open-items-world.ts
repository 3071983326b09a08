/**
 * People who wait for an app, and receivers that keep what they are told, on a real database.
 * Must not write items or alerts: those come from the product.
 */
import { randomUUID } from 'node:crypto'
import type { Message, Sent } from '../../src/notify/channel.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { settleDelivery, type DeliveryResult, type LeasedDelivery } from '../../src/store/deliveries.ts'
import { leaseDeliveries } from '../../src/store/leases.ts'
import { openItems, type OpenItem } from '../../src/store/views/open-items.ts'
import { sendAlerts, type AlertContext } from '../../src/workflows/alert.ts'
import { keepOpenItems, noteSettled } from '../../src/workflows/open-items.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

export const APP = { tenant: 'acme', app: 'cxone' }

export interface Receiver {
  readonly messages: Message[]
  /** What it answers; it takes everything unless told otherwise. */
  answer: Sent
}

export interface ItemsWorld {
  readonly world: TestWorld
  /** Of acme: the receivers `hook` and `mail`. */
  readonly receivers: { readonly hook: Receiver; readonly mail: Receiver }
  readonly alerting: AlertContext
  /** Everything gone but the configuration. */
  clear(): Promise<void>
  people(count: number, connection?: string): Promise<void>
  /** Leases up to so many due rows. */
  lease(limit?: number): Promise<LeasedDelivery[]>
  settle(delivery: LeasedDelivery, result: Partial<DeliveryResult>): Promise<void>
  /** Makes everything due, and settles all of it so. */
  settleAll(result: Partial<DeliveryResult>): Promise<void>
  look(more?: { againSeconds?: number; quietSeconds?: number; gatherSeconds?: number }): Promise<void>
  send(): Promise<void>
  items(): Promise<string[]>
  shown(): Promise<OpenItem[]>
  /** As if so many seconds had passed since everything that is written down. */
  pass(seconds: number): Promise<void>
  /** What a receiver was told, in order. */
  told(receiver?: 'hook' | 'mail'): string[]
}

export const refusedFor = (code: string, about = ''): Partial<DeliveryResult> => ({
  state: 'retrying',
  code,
  about,
  detail: `The app says ${code}.`,
  retryIn: 300,
})
export const DONE: Partial<DeliveryResult> = { state: 'delivered', wrote: true }

export async function openItemsWorld(): Promise<ItemsWorld> {
  const world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'], ['okta', 'other']), tenant('bravo', ['cxone'])])
  const { db } = world
  const receivers = { hook: receiver(), mail: receiver() }
  const quiet = { info: () => {}, warn: () => {}, error: () => {} }
  const channels = Object.entries(receivers).map(([id, it]) => ({ tenant: 'acme', id, channel: channelTo(it) }))
  const alerting: AlertContext = { db, channels, newId: randomUUID, now: () => new Date(), log: quiet }
  let names = 0

  const lease = (limit = 1000) => leaseDeliveries(db, APP, { limit, token: randomUUID() })
  const settle: ItemsWorld['settle'] = async (delivery, result) => {
    const whole: DeliveryResult = { state: 'delivered', countAttempt: false, ...result }
    await settleDelivery(db, delivery, whole)
    await noteSettled({ db, advice: { 'unknown-role': 'Make it there.' } }, delivery, whole)
  }
  const shown = () => openItems(db, APP)
  return {
    world,
    receivers,
    alerting,
    clear: async () => {
      await db.query('truncate identity, delivery, link, event, plan, open_item, alert, confirmation cascade')
      for (const it of Object.values(receivers)) Object.assign(it, { messages: [], answer: TAKEN })
    },
    people: async (count, connection = 'okta') => {
      for (let n = 0; n < count; n++) {
        const made = await createUser(world.operations, caller('acme', connection), {
          userName: `p${++names}@acme.test`,
          active: true,
        })
        if (!made.ok) throw new Error(made.refusal.kind)
      }
    },
    lease,
    settle,
    settleAll: async (result) => {
      await db.query(`update delivery set next_at = now(), state = 'due' where wanted > delivered`)
      for (const delivery of await lease()) await settle(delivery, result)
    },
    look: ({ againSeconds = 600, quietSeconds = 15, gatherSeconds = 10 } = {}) =>
      keepOpenItems({
        db,
        telling: { channels, gatherSeconds, quietSeconds, againSeconds },
        probeSeconds: 20,
        log: quiet,
      }),
    send: () => sendAlerts(alerting),
    items: async () => (await shown()).map(({ kind, about, waiting }) => `${waiting} ${kind} ${about}`.trim()),
    shown,
    pass: async (seconds) => {
      const gone = `- make_interval(secs => ${seconds})`
      await db.query(
        `update open_item set since = since ${gone}, opened_at = opened_at ${gone}, probed_at = probed_at ${gone}`,
      )
      await db.query(
        `update alert set created_at = created_at ${gone}, due_at = due_at ${gone}, lease_until = lease_until ${gone}`,
      )
    },
    told: (id = 'hook') =>
      receivers[id].messages.map(({ type, data }) => [type, data['kind'], data['waiting']].join(' ')),
  }
}

const TAKEN: Sent = { ok: true, detail: 'taken' }

const receiver = (): Receiver => ({ messages: [], answer: TAKEN })

const channelTo = (it: Receiver) => ({
  send: (message: Message): Promise<Sent> => {
    it.messages.push(message)
    return Promise.resolve(it.answer)
  },
})
