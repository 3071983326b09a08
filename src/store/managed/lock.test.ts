import { readdirSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { temporaryDirectory } from '../../../test/support/temporary-directory.ts'
import { holdDataDirectory, isHeld } from './lock.ts'
import { processStart, processWorld } from './processes.ts'

const living = { pid: process.pid, start: processStart(process.pid), world: processWorld() }

function writeClaim(directory: string, claim: object): string {
  const path = join(directory, 'rollcall.holder-1-test.json')
  writeFileSync(path, JSON.stringify({ since: '2026-01-02T03:04:05.000Z', command: 'rollcall serve', ...claim }))
  return path
}

describe('a data directory', () => {
  test('is held by one of many who want it at once', async () => {
    const directory = temporaryDirectory()
    const results = await Promise.allSettled(Array.from({ length: 6 }, () => holdDataDirectory(directory)))
    expect(results.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1)
    for (const result of results) if (result.status === 'fulfilled') result.value.release()
  })

  test('can be held again after it was released, and nothing stays behind', async () => {
    const directory = temporaryDirectory()
    for (let round = 0; round < 3; round += 1) {
      const hold = await holdDataDirectory(directory)
      expect(await isHeld(directory)).toBe(true)
      hold.release()
      hold.release()
      expect(await isHeld(directory)).toBe(false)
    }
    expect(readdirSync(directory)).toEqual([])
  })

  test('is refused with the holder, since when, and what it runs', async () => {
    const directory = temporaryDirectory()
    writeClaim(directory, living)
    await expect(holdDataDirectory(directory)).rejects.toThrow(
      `process ${process.pid} holds it since 2026-01-02T03:04:05.000Z; it was started as \`rollcall serve\``,
    )
  })

  test.each([
    ['a dead process', { ...living, pid: 2 ** 30 }],
    ['a process whose number another one has now', { ...living, start: '1' }],
    ['half a claim', { pid: 'x' }],
  ])('is taken over from %s', async (_, claim) => {
    const directory = temporaryDirectory()
    writeClaim(directory, claim)
    const hold = await holdDataDirectory(directory)
    expect(readdirSync(directory)).toHaveLength(1)
    hold.release()
  })

  test.concurrent('is not taken from a process in another container that shows signs of life', async ({ expect }) => {
    const directory = temporaryDirectory()
    const path = writeClaim(directory, { ...living, world: 'another' })
    const beating = setInterval(() => utimesSync(path, new Date(), new Date()), 100)
    try {
      await expect(holdDataDirectory(directory)).rejects.toThrow('in another container')
    } finally {
      clearInterval(beating)
    }
  })

  test.concurrent('is taken over from another container that shows no sign of life', async ({ expect }) => {
    const directory = temporaryDirectory()
    const path = writeClaim(directory, { ...living, world: 'another' })
    const hold = await holdDataDirectory(directory)
    expect(readdirSync(directory).map((name) => join(directory, name))).not.toContain(path)
    hold.release()
  })
})
