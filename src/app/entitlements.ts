/**
 * Readings of entitlements at the start, and what is named in an app.
 * Decides how often which app is read, and where the names of its defaults and policy come from; must not know what is done
 * with what was read.
 */
import { randomUUID } from 'node:crypto'
import type { Config } from '../config.ts'
import type { EntryKind } from '../connectors/contract.ts'
import { callingFor } from '../connectors/purpose.ts'
import type { AccountAttributes } from '../identity/account.ts'
import type { MentionKey, Mentions } from '../policy/policy.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey } from '../store/deliveries.ts'
import type { Mention, MentionsOf } from '../store/views/entitlements.ts'
import { openEntitlementEngine } from '../workflows/entitlement-engine.ts'
import type { Surroundings } from './starting.ts'
import type { Targets } from './targets.ts'

interface Reading extends Surroundings {
  readonly db: Db
  readonly targets: Targets
  readonly mentionsOf: MentionsOf
  readonly onError: (error: unknown) => void
}

export function openEntitlements(config: Config, { db, targets, mentionsOf, log, closers, onError }: Reading): void {
  const minutes = new Map(
    config.tenants.flatMap(({ id: tenant, apps }) =>
      apps.map(({ id: app, readEveryMinutes }) => [textOfAppKey({ tenant, app }), readEveryMinutes] as const),
    ),
  )
  const engine = openEntitlementEngine({
    db,
    targets,
    minutes: (key) => minutes.get(key) ?? Number.POSITIVE_INFINITY,
    mentionsOf,
    callingFor,
    newId: randomUUID,
    log,
    onError,
  })
  closers.add('readings of entitlements', engine.close)
}

/** Of an app that has no policy, or one that cannot be used any more, what its defaults name. */
export const mentionsIn =
  (targets: Targets): MentionsOf =>
  async (key) => {
    const target = targets.get(textOfAppKey(key))
    if (target === undefined) return []
    const current = await target.policy()
    return [...mentionsOfDefaults(target.defaults), ...mentionsOfPolicy(current?.policy?.mentions)]
  }

/** What each key of `give` is a name of; the others name accounts. */
const KINDS: Readonly<Partial<Record<MentionKey, EntryKind>>> = {
  role: 'role',
  roles: 'role',
  team: 'team',
  skills: 'skill',
  groups: 'group',
  loginAuthenticator: 'authenticator',
}

function mentionsOfDefaults(defaults: AccountAttributes): Mention[] {
  const keys = ['role', 'team', 'loginAuthenticator'] as const
  return keys.flatMap((key) => {
    const [kind, name] = [KINDS[key], defaults[key]]
    return kind === undefined || typeof name !== 'string' || name === ''
      ? []
      : [{ kind, name, at: [`defaults.${key}`] }]
  })
}

export function mentionsOfPolicy(mentions: Mentions | undefined): Mention[] {
  const named = Object.entries(mentions?.named ?? {}) as [MentionKey, Mentions['named'][MentionKey]][]
  return named.flatMap(([key, all]) => {
    const kind = KINDS[key]
    return kind === undefined ? [] : all.map(({ name, at }) => ({ kind, name, at }))
  })
}
