import { expect, test } from 'vitest'
import { playMany } from './many-agents.ts'

/** As few as can be killed half-way: most of the time goes into two starts. The long form has five hundred. */
test('agents are set up by policy, moved, disabled and brought back, through a kill', async () => {
  for (const { name, wrong, left, refused } of await playMany({ people: 4, callsPerSecond: 100 }))
    expect({ name, wrong, left, refused }).toEqual({ name, wrong: [], left: [], refused: 0 })
}, 180_000)
