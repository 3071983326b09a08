import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLoad, type Load } from '../../bench/load.ts'
import { openBench, TOKEN, type Bench } from '../../bench/processes.ts'
import { fill, withGroup } from '../../bench/scim.ts'
import type { Directory } from '../../bench/scim-phases.ts'
import { mixOf } from './mix.ts'
import { steadily } from './steady.ts'

/** Ten minutes, or what ROLLCALL_SOAK_SECONDS says. */
const SECONDS = Number(process.env['ROLLCALL_SOAK_SECONDS'] ?? 600)
const PARTS = 10
const PEOPLE = 5_000
const CLIENTS = 16
/** Caches fill and code is compiled: until the end of this part the process may hold on to more and more. */
const SETTLED = 2
/** Beyond what it held on to then, as a share of it. */
const MAY_GROW = 0.25

let bench: Bench
let load: Load
let directory: Directory
beforeAll(async () => {
  bench = await openBench()
  load = openLoad({ base: `${await bench.serve([])}/scim/v2`, token: TOKEN, connections: CLIENTS })
  const ids: string[] = []
  await fill(load, { people: PEOPLE, ids })
  directory = await withGroup(load, ids)
}, 120_000)
afterAll(async () => {
  load.close()
  await bench.close()
})

test(
  'at half of what it can bear no request fails, and the server does not hold on to more and more',
  async () => {
    const mix = mixOf(directory, PEOPLE)
    let asked = 0
    const next = () => mix(asked++)
    const seconds = SECONDS / PARTS
    await load.run(next, { seconds: seconds / 4 })
    const peak = await load.run(next, { seconds: seconds / 4 })
    expect(peak.refused).toBe(0)
    say(`peak ${peak.perSecond}/s, p50 ${peak.p50} ms, p99 ${peak.p99} ms`)
    const retained: number[] = []
    for (let part = 1; part <= PARTS; part++) {
      const figures = await steadily(load, next, { perSecond: peak.perSecond / 2, seconds, clients: CLIENTS })
      const [resident, held] = [bench.memory(), await bench.retained()]
      retained.push(held)
      const { requests, p50, p99, failures } = figures
      say(
        `${part * seconds} s: ${Math.round(requests / seconds)}/s, p50 ${p50} ms, p99 ${p99} ms, resident ${resident} MiB, retained ${held} MiB`,
      )
      expect(failures).toEqual([])
    }
    const settled = retained[SETTLED - 1] ?? 0
    expect(settled).toBeGreaterThan(0)
    expect(retained.at(-1)).toBeLessThan(settled * (1 + MAY_GROW))
  },
  // The rest is for collecting garbage in between.
  (SECONDS * 1.2 + 120) * 1000,
)

/** Figures are for who reads them: nothing here depends on how fast the machine is. */
const say = (line: string): void => void process.stderr.write(`${line}\n`)
