/** The memory connector keeps the contract. */
import { describe } from 'vitest'
import { expectConformance } from './expect-conformance.ts'
import { openMemoryWorld } from './memory-world.ts'

describe('the memory connector', () => {
  const world = openMemoryWorld()
  expectConformance(() => world, { wants: 200 })
})
