/**
 * Login authenticators: which there are, and putting somebody on one (facts, sections 4.2 and 8.1).
 * CXone lists none, so they are found where they are used, and named by the app's entry.
 * Decides which are known and when the change is done; must not decide who signs in how.
 */
import type { Agents } from './acd/agents.ts'
import type { Acd } from './acd/client.ts'
import { agentPage } from './acd/schema.ts'
import type { Ask } from './client.ts'
import { unseen } from './complaints.ts'
import type { CxoneConfig, CxoneSettings } from './config.ts'
import type { Directory } from './directory.ts'
import { CxoneRefused } from './refusal.ts'
import { written, type Entry, type User } from './schema.ts'
import { untilSeen } from './settle.ts'

export interface Authenticators {
  /** Takes note of one that somebody is on. */
  saw(id: unknown): void
  /** All that are named, noted, bound to these roles, or used by some of the agents. */
  list(ask: Ask, roles: readonly Entry[]): Promise<readonly Entry[]>
}

export function openAuthenticators(acd: Acd, named: CxoneConfig['authenticators']): Authenticators {
  const seen = new Set<string>()
  const saw: Authenticators['saw'] = (id) => {
    if (typeof id === 'string' && id !== '') seen.add(id)
  }
  return {
    saw,
    list: async (ask, roles) => {
      for (const { authenticator } of roles) saw(authenticator)
      for (const id of await usedByAgents(acd, ask)) saw(id)
      const known = named.map(({ id, name, system }): Entry => ({
        id,
        name,
        active: true,
        ...(system === undefined ? {} : { system }),
      }))
      const nameless = [...seen].filter((id) => !named.some((entry) => entry.id === id)).toSorted()
      return [...known, ...nameless.map((id): Entry => ({ id, name: id, active: true }))]
    },
  }
}

/** A page of them is enough to find what is in use; without the right to see agents the rest has to do. */
async function usedByAgents(acd: Acd, ask: Ask): Promise<readonly unknown[]> {
  try {
    const call = { method: 'GET', path: '/agents?isActive=true&skip=0&top=100' } as const
    const { records } = await acd.ask(ask, call, agentPage)
    return records.map(({ raw }) => authenticatorOf(raw))
  } catch (error) {
    if (error instanceof CxoneRefused && error.refusal.code !== 'throttled') return []
    throw error
  }
}

/** Written large in reads of the ACD (section 0). */
export const authenticatorOf = (agent: Readonly<Record<string, unknown>>): unknown =>
  agent['LoginAuthenticatorId'] ?? agent['loginAuthenticatorId']

interface Assignment {
  readonly directory: Directory
  readonly agents: Pick<Agents, 'of'>
  readonly settings: CxoneSettings
  readonly user: User
  readonly authenticator: string
}

const FIELD = 'loginAuthenticatorId'

/** Its own call; done when the read by id says so, or the mirror where no read by id shows the user, as of who is deactivated. */
export async function assignAuthenticator(
  ask: Ask,
  { directory, agents, settings, user, authenticator }: Assignment,
): Promise<User> {
  if (user.raw[FIELD] === authenticator) return user
  const path = `/user-management/v1/users/${encodeURIComponent(user.id)}/login-authenticator`
  await ask({ method: 'PUT', path, body: { authenticatorId: authenticator }, writes: true }, written)
  const look = async () => {
    const seen = await directory.byId(ask, user.id)
    const tells = seen === undefined || FIELD in seen.raw
    return { seen, on: tells ? seen?.raw[FIELD] : authenticatorOf((await agents.of(ask, user.id))?.raw ?? {}) }
  }
  const lag = { readLagSeconds: Math.max(settings.readLagSeconds, settings.mirrorSeconds) }
  const { seen, on } = await untilSeen(lag, look, (now) => now.on === authenticator)
  if (seen === undefined || on !== authenticator) throw unseen(`the login authenticator of ${user.userName}`)
  return seen
}
