import { expect, test } from 'vitest'
import { playMany } from './many-agents.ts'

test.each([
  { people: 500, callsPerSecond: 100 },
  { people: 20, callsPerSecond: 5 },
])(
  '$people agents at $callsPerSecond calls a second are set up, moved, disabled and brought back, through a kill',
  async (many) => {
    const parts = await playMany(many)
    for (const { name, seconds, calls, callsPerAgent, share } of parts)
      process.stdout.write(
        `${many.people} agents, ${name}: ${seconds.toFixed(1)} s, ${calls} calls, ${callsPerAgent.toFixed(1)} an agent, ${Math.round(share * 100)} % of the limit\n`,
      )
    for (const { name, wrong, left, refused } of parts)
      expect({ name, wrong, left, refused }).toEqual({ name, wrong: [], left: [], refused: 0 })
  },
  1_800_000,
)
