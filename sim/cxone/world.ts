// Decides what one running simulator is made of. Wiring and shapes only.
import type { CallLog } from './calls.ts'
import type { Mail, Tenant } from './records.ts'
import type { Moment, Store } from './store.ts'
import type { Switches } from './switches.ts'
import type { Tokens } from './tokens.ts'
import type { Traffic } from './traffic.ts'

export interface World {
  readonly tenant: Tenant
  readonly tokens: Tokens
  readonly calls: CallLog
  readonly traffic: Traffic
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** `http://127.0.0.1:N`, known once it listens. */
  origin: string
  store: Store
  switches: Switches
  mails: Mail[]
}

/** The moment and the lag a write or a lagging read happens under. */
export function moment(world: World): Moment {
  return { now: world.now(), lagMs: world.switches.readLagMs, switches: world.switches }
}

/** For what the ACD itself writes into UserHub: it does not wait for its own mirror. */
export function atOnce(world: World): Moment {
  return { ...moment(world), switches: { ...world.switches, acdLagMs: 0 } }
}
