/** Whatever the cxone connector changes of a fully filled agent, every other field of both halves stays as it was. */
import { randomUUID } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { at, fieldsOfGrants, fullHolder, three } from '../../src/connectors/conformance-holdings.ts'
import { assertSameBut, rawOf, updatable } from '../../src/connectors/conformance-people.ts'
import type { AttributeName, GrantKind } from '../../src/identity/account.ts'
import type { Change } from '../../src/reconcile/change.ts'
import { openCxoneWorld, type CxoneWorld, type Switches } from './cxone-world.ts'

/** Where an update is most likely to lose something. */
const worlds: readonly (readonly [string, Switches])[] = [
  ['as it comes', {}],
  ['that clears what an update leaves out', { agentMissing: 'clears', agentHidden: 'few', nullFields: 'absent' }],
  ['that takes from the ACD what UserHub owns', { agentIdentity: 'taken', acdLagMs: 250, hiddenFields: 'none' }],
  ['that refuses fields it does not know', { unknownFields: 'refused', agentIdentity: 'refused', putMissing: 'keeps' }],
]

const step = fc.record({
  names: fc.array(fc.nat(20), { maxLength: 4 }),
  of: fc.constantFrom<GrantKind | undefined>('role', 'skill', 'group', undefined),
  gives: fc.boolean(),
})

describe.each(worlds)('a CXone %s', (_name, switches) => {
  let world: CxoneWorld
  let values: readonly (readonly [AttributeName, string])[]
  beforeAll(async () => {
    world = await openCxoneWorld(switches)
    values = await updatable(world)
  })
  afterAll(() => world.close())

  const changesOf = async (
    account: string,
    { names, of, gives }: { names: number[]; of?: GrantKind; gives: boolean },
  ) => {
    const picked = [...new Set(names)].flatMap((index) => values[index % values.length] ?? [])
    const set = Object.fromEntries(values.filter(([name]) => picked.some((some) => some === name)))
    const changes: (readonly [Change, readonly string[]])[] = []
    const fields = Object.keys(set).flatMap((name) => world.fieldsOf(name as AttributeName))
    if (fields.length > 0) changes.push([{ kind: 'update', account, set }, [...fields, ...world.stamps]])
    if (of === undefined) return changes
    const [first, , third] = await three(world, of)
    const grant: Change = gives
      ? { kind: 'grant', account, of, grants: [at('max', third)] }
      : { kind: 'revoke', account, of, ids: [first.id] }
    return [...changes, [grant, fieldsOfGrants(world, of)] as const]
  }

  it('keeps every field that no change names', async () => {
    const account = await fullHolder(world)
    await fc.assert(
      fc.asyncProperty(step, async ({ names, of, gives }) => {
        for (const [change, but] of await changesOf(account, { names, gives, ...(of === undefined ? {} : { of }) })) {
          const before = await rawOf(world, account)
          const outcome = await world.connector.apply(change, randomUUID())
          if (!outcome.ok) expect.fail(`${change.kind}: ${outcome.code}: ${outcome.detail}`)
          assertSameBut(before, await rawOf(world, account), but)
        }
      }),
      { numRuns: 8 },
    )
  })
})
