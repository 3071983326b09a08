/** The memory connector keeps the contract. */
import { randomUUID } from 'node:crypto'
import { describe } from 'vitest'
import type { World } from '../../src/connectors/conformance.ts'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget } from '../../src/connectors/memory/target.ts'
import { expectConformance } from './expect-conformance.ts'

function openWorld(): World {
  const entries = (names: readonly string[]) =>
    names.map((name) => ({ id: randomUUID(), name, active: !name.startsWith('Old') }))
  const now = () => new Date()
  const target = openTarget(
    { roles: entries(['Agent', 'Manager', 'Old role']), teams: entries(['Default Team', 'Night', 'Old team']) },
    now,
  )
  return {
    connector: connect(target),
    // Attributes laid flat, so that a case sees them field by field.
    raw: async (id) => {
      const record = target.raw(id)
      return record === undefined ? undefined : { ...record, attributes: undefined, ...record.attributes }
    },
    ids: async () => target.ids(),
    seed: async ({ state, attributes }) => {
      const id = randomUUID()
      target.put({ id, state, attributes, notes: 'only the directory knows', createdAt: now().toISOString() })
      return id
    },
    fieldsOf: (name) => [name],
    stamps: [],
    mails: async () => 0, // it has no mail at all
    throttle: async (seconds) =>
      target.fault(seconds === undefined ? { kind: 'throttle' } : { kind: 'throttle', retryAfterSeconds: seconds }),
    outage: async () => target.fault({ kind: 'outage' }),
    withdrawRights: async () => target.fault({ kind: 'rights' }),
    heal: async () => target.fault(undefined),
    endSessions: async () => target.endSessions(),
  }
}

describe('the memory connector', () => {
  const world = openWorld()
  expectConformance(() => world, { wants: 200 })
})
