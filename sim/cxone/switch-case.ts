// Decides how a switch is shown to matter: one probe that looks, and what it must see under each value. Also the
// small steps that probes share. For tests only.
import { call, type Body, type Caller, replacementFor, type Row, somebody } from './caller.ts'

export interface SwitchCase {
  readonly probe: (sim: Caller) => Promise<unknown>
  /** What the probe sees, in the order of the values in the table. */
  readonly sees: readonly unknown[]
}

export const USERS = '/user-management/v1/users'
export const SEARCH = '/user-management/v2/users/search'

export const stateOf = async (sim: Caller): Promise<Body> => (await sim.control('GET', '/state')).body

export async function oneWho(sim: Caller, fits: (user: Row) => boolean): Promise<Row> {
  const user = (await stateOf(sim)).users.find(fits)
  if (user === undefined) throw new Error('the seed has nobody like that')
  return user
}

export const active = (user: Row): boolean => user.status === 'ACTIVE' && user['role'] === 'Agent'
export const deleted = (user: Row): boolean => user.status === 'DELETED'

export const create = (sim: Caller, change: Record<string, unknown> = {}) =>
  sim.api('POST', USERS, { ...somebody(), ...change })

/** An update of somebody who is active, read before with v3. */
export async function put(sim: Caller, change: Record<string, unknown>, who: (user: Row) => boolean = active) {
  const user = await oneWho(sim, who)
  const read = (await sim.api('GET', `/user-management/v3/users/${user.id}`)).body.user
  const answer = await sim.api('PUT', USERS, { ...replacementFor(read), ...change })
  return { answer, before: user, after: (await sim.control('GET', `/users/${user.id}`)).body }
}

export const signInAnswer = (sim: Caller, body: unknown) =>
  call('POST', `${sim.simulator.issuer}/authentication/v1/token/access-key`, { body })

export function keyPair(sim: Caller): Record<string, string> {
  const { accessKeyId, accessKeySecret } = sim.simulator
  return { accessKeyId, accessKeySecret }
}

export const rawList = (sim: Caller, headers: Record<string, string>) =>
  call('GET', `${sim.apiEndpoint}${USERS}`, { headers: { authorization: `Bearer ${sim.accessToken}`, ...headers } })
