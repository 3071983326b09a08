// Decides what one running simulator is made of, and what of it is new after a reset. Wiring and shapes only.
import type { CallLog } from './calls.ts'
import type { ClientApp, Mail, Tenant } from './records.ts'
import { type AccountSettings, newAccountSettings } from './scim/account.ts'
import type { Moment, Store } from './store.ts'
import type { Switches } from './switches.ts'
import type { Tokens } from './tokens.ts'
import type { Traffic } from './traffic.ts'

export interface World {
  readonly tenant: Tenant
  readonly tokens: Tokens
  readonly calls: CallLog
  readonly traffic: Traffic
  /** Milliseconds since 1970, as the business unit has it: `clock` included. */
  readonly now: () => number
  /** How far its clock is off. */
  readonly clock: { offsetMs: number }
  /** Every business unit at this issuer, this one among them: any of them can be signed in to here (facts 2.1). */
  units: readonly World[]
  /** `http://127.0.0.1:N`, known once it listens. */
  origin: string
  store: Store
  switches: Switches
  mails: Mail[]
  client: ClientApp
  /** What an administrator has allowed SCIM to do. */
  account: AccountSettings
  /** What the console of the login authenticator was told: where its provider is. */
  idpEndpointUrl: string | null
}

/** The parts of a world that begin afresh with every reset. */
export function freshParts(): Pick<World, 'mails' | 'client' | 'account' | 'idpEndpointUrl'> {
  return {
    mails: [],
    client: { isEnabled: true, isAuthorized: true },
    account: newAccountSettings(),
    idpEndpointUrl: null,
  }
}

/** The moment and the lag a write or a lagging read happens under. */
export function moment(world: World): Moment {
  return { now: world.now(), lagMs: world.switches.readLagMs, switches: world.switches }
}

/** For what the ACD itself writes into UserHub: it does not wait for its own mirror. */
export function atOnce(world: World): Moment {
  return { ...moment(world), switches: { ...world.switches, acdLagMs: 0 } }
}
