/**
 * In which CXones the connector is tried.
 * Decides the combinations of the simulator's switches; learns names and values from the simulator itself.
 */
import { openCxoneWorld, type Switches } from './cxone-world.ts'

type Value = string | number
export type Choices = Readonly<Record<string, readonly [Value, ...Value[]]>>

interface Row {
  readonly name: string
  readonly part: string
  readonly default: Value
  readonly values: readonly Value[]
}

/** Values that are likely to hurt, for switches that take any number; lags well below what the connector waits for. */
const NUMBERS: Readonly<Record<string, readonly number[]>> = {
  tokenSeconds: [2],
  searchMaxTop: [1, 7],
  readLagMs: [60],
  acdLagMs: [100],
  logoutLagMs: [100],
  rolesPageSize: [1, 3],
}

/** Every switch with its values, the default first. */
export async function readChoices(): Promise<Choices> {
  const world = await openCxoneWorld({}, { users: 2 })
  try {
    const rows = await world.control<readonly Row[]>('GET', '/switches/table')
    // Native SCIM is another connector's: this one never calls it.
    const called = rows.filter(({ part }) => part !== 'scim')
    const choices = called.map((row): [string, readonly [Value, ...Value[]]] => {
      const values = NUMBERS[row.name] ?? row.values
      return [row.name, [row.default, ...values.filter((value) => value !== row.default)]]
    })
    return Object.fromEntries(choices)
  } finally {
    await world.close()
  }
}

/** Each value but the defaults, alone. */
export const oneAtATime = (choices: Choices): readonly Switches[] =>
  Object.entries(choices).flatMap(([name, [, ...others]]) => others.map((value) => ({ [name]: value })))

/** As few combinations as hold every value of every switch at least once. */
export function covering(choices: Choices): readonly Switches[] {
  const most = Math.max(...Object.values(choices).map(({ length }) => length))
  return Array.from({ length: most - 1 }, (_, index) =>
    knowable(pick(choices, (values) => values[(index + 1) % values.length] ?? values[0])),
  )
}

/** One combination a seed; half of the switches, on average, are not at their default. */
export function random(choices: Choices, seed: number): Switches {
  const next = numbers(seed)
  return knowable(pick(choices, (values) => values[Math.floor(next() * values.length)] ?? values[0]))
}

const pick = (choices: Choices, choose: (values: readonly [Value, ...Value[]]) => Value): Switches =>
  Object.fromEntries(Object.entries(choices).map(([name, values]) => [name, choose(values)]))

/**
 * Without what nobody could cope with: where neither the list nor the search shows deactivated users, nobody can find one by
 * name; and what is given to somebody whose skills do not show before they were there once cannot be read back.
 */
const knowable = (switches: Switches): Switches => ({
  ...switches,
  ...(switches['listDeleted'] === 'activeOnly' && switches['searchDeleted'] === 'hides'
    ? { searchDeleted: 'whenAsked' }
    : {}),
  ...(switches['acdActive'] === 'onceActivated' && switches['inactiveAgentSkills'] === 'hidden'
    ? { inactiveAgentSkills: 'shown' }
    : {}),
})

/** Mulberry32: the same numbers for the same seed. */
function numbers(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d_2b_79_f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
