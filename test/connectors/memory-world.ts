/**
 * A memory directory with the connector open on it, and the way behind the connector's back.
 * Decides what the directory is filled with; must not know any case.
 */
import { randomUUID } from 'node:crypto'
import type { World } from '../../src/connectors/conformance.ts'
import { entriesOf } from '../../src/connectors/memory/entries.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import {
  openTarget,
  type MemoryRecord,
  type MemorySeed,
  type MemoryTarget,
} from '../../src/connectors/memory/target.ts'

export interface MemoryWorld extends World {
  readonly target: MemoryTarget
}

const now = () => new Date()

const entries = (names: readonly string[]) =>
  names.map((name) => ({ id: randomUUID(), name, active: !name.startsWith('Old') }))

export const fullSeed = (): MemorySeed => ({
  roles: entries(['Agent', 'Manager', 'Evaluator', 'Coach', 'Old role']),
  teams: entries(['Default Team', 'Night', 'Old team']),
  skills: entries(['Sales', 'Support', 'Billing', 'Old skill']).map((skill) => ({
    ...skill,
    levels: { min: 1, max: 20 },
  })),
  groups: entries(['Day', 'Evening', 'Weekend', 'Old group']),
  authenticators: [
    { id: randomUUID(), name: 'Password', active: true, system: true },
    { id: randomUUID(), name: 'Single sign-on', active: true, system: false },
    { id: randomUUID(), name: 'Old single sign-on', active: false, system: false },
  ],
  profiles: entries(['Agent', 'Manager']),
})

export function openMemoryWorld(seed: MemorySeed = fullSeed()): MemoryWorld {
  const target = openTarget(seed, now)
  const put = (record: Omit<MemoryRecord, 'id' | 'createdAt' | 'notes'>): string => {
    const id = randomUUID()
    target.put({ ...record, id, notes: 'only the directory knows', createdAt: now().toISOString() })
    return id
  }
  return {
    target,
    connector: connect(target),
    raw: async (id) => {
      const record = target.raw(id)
      return record === undefined ? undefined : flat(record)
    },
    ids: async () => target.ids(),
    seed: async (account) => put(account),
    fieldsOf: (name) => [name],
    fieldsOfGrants: (of) => [`holds ${of}`],
    stateFields: ['state', 'before'],
    stamps: [],
    held: async (id, of) => target.raw(id)?.grants?.[of] ?? [],
    entryCount: async (kind) => entriesOf(seed, kind).length,
    template: async () => {
      const userName = `template.${randomUUID()}@example.test`
      put({ state: 'active', attributes: { userName, licence: 'voice, recording' } })
      return userName
    },
    mails: async () => target.mails().length,
    beginSession: async (id) => target.begin(id),
    inSession: async (id) => target.works(id),
    leaveRoom: async (room) => target.fault({ kind: 'ceiling', room }),
    holdMirror: async () => target.fault({ kind: 'mirror' }),
    refuseEntry: async (of, id) => target.fault({ kind: 'row', of, id }),
    throttle: async (seconds) =>
      target.fault(seconds === undefined ? { kind: 'throttle' } : { kind: 'throttle', retryAfterSeconds: seconds }),
    outage: async () => target.fault({ kind: 'outage' }),
    withdrawRights: async () => target.fault({ kind: 'rights' }),
    heal: async () => target.fault(undefined),
    endSessions: async () => target.endSessions(),
  }
}

/** Attributes, and what is held of each kind, laid side by side, so that a case sees them field by field. */
function flat({ attributes, grants = {}, ...record }: MemoryRecord) {
  const held = Object.entries(grants).map(([of, some]) => [
    `holds ${of}`,
    some.toSorted((a, b) => a.id.localeCompare(b.id)),
  ])
  return { ...record, ...attributes, ...Object.fromEntries(held) }
}
