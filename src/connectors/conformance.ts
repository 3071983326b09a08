/**
 * What every connector must do, as cases that any test runner can run against any target.
 * Decides what "keeps the contract" means; must not know any target, nor assert how long anything takes.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import type { Account, AttributeName } from '../identity/account.ts'
import { accessing } from './conformance-access.ts'
import { granting } from './conformance-grants.ts'
import { naming } from './conformance-names.ts'
import { assertPersonsFault, attribute, changed, folded, newcomer, resolved, wholeOf } from './conformance-people.ts'
import { planProperties } from './conformance-plans.ts'
import { reading } from './conformance-reads.ts'
import { trouble } from './conformance-trouble.ts'
import type { Case, WantProperty } from './conformance-world.ts'
import { writing } from './conformance-writes.ts'

export { nameBatch } from './conformance-people.ts'
export type { Case, RawRecord, WantProperty, World } from './conformance-world.ts'

/** Each is run once, in any order, on a world that may be shared. */
export const cases: readonly Case[] = [...reading, ...naming, ...writing, ...granting, ...accessing, ...trouble]

/** Each is run for many generated wants. */
export const wantProperties: readonly WantProperty[] = [
  {
    name: 'what is read back is the canonical form of what was wanted',
    async run(world, want) {
      const newOne = await newcomer(world)
      const full = { ...newOne, ...want, userName: newOne.userName.replace('conformance', 'Conformance') }
      const made = await world.connector.apply({ kind: 'create', want: await resolved(world, full) }, randomUUID())
      if (!made.ok) return assertPersonsFault(made)
      const { canonical, capabilities } = world.connector
      const expected = canonical(await resolved(world, full))
      const names = capabilities.creates.filter((name) => capabilities.reads.includes(name))
      const isAsWanted = (account: Account, name: AttributeName) =>
        expected[name] === undefined || folded(name, attribute(account, name)) === folded(name, expected[name])
      // What only a whole read shows may be kept by a part of the target that follows, or be shown by none.
      const isOfRecord = (name: AttributeName) => name in made.seen.attributes
      for (const name of names.filter(isOfRecord)) {
        assert.ok(isAsWanted(made.seen, name), `${name}: ${attribute(made.seen, name)} for ${expected[name]}`)
      }
      const whole = await wholeOf(world, made.seen.id)
      const late = names.filter((name) => !isOfRecord(name) && !isAsWanted(whole, name))
      if (late.length > 0) {
        const set = Object.fromEntries(late.map((name) => [name, expected[name]]))
        await changed(world, { kind: 'update', account: made.seen.id, set })
      }
      const seen = late.length > 0 ? await wholeOf(world, made.seen.id) : whole
      for (const name of names) {
        if (expected[name] !== undefined && !seen.hidden?.includes(name))
          assert.equal(folded(name, attribute(seen, name)), folded(name, expected[name]), name)
      }
    },
  },
  ...planProperties,
]
