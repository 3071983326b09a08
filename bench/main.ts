/**
 * `npm run bench`: prints figures, never a verdict.
 * Decides rounds and how they are shown.
 *
 * Usage: npm run bench [-- --people 1000 --rounds 3 --json]
 */
import { parseArgs } from 'node:util'
import { measureDelivery, type DeliveryFigures } from './delivery.ts'

const CONCURRENCIES = [1, 4, 16]

const { values } = parseArgs({
  options: {
    people: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const figures = await inAlternation(Number(values.people), Number(values.rounds))
if (values.json) console.log(JSON.stringify(figures, null, 2))
else print(figures)

/** Every concurrency once a round, so that a machine that changes its pace changes it for all. */
async function inAlternation(people: number, rounds: number): Promise<DeliveryFigures[]> {
  const all: DeliveryFigures[] = []
  for (let round = 0; round < rounds; round++) {
    for (const concurrency of CONCURRENCIES) {
      process.stderr.write(`round ${round + 1} of ${rounds}: ${people} people, ${concurrency} deliveries at once\n`)
      all.push(await measureDelivery({ people, concurrency }))
    }
  }
  return CONCURRENCIES.map((concurrency) => medianOf(all.filter((one) => one.concurrency === concurrency)))
}

function medianOf(rounds: readonly DeliveryFigures[]): DeliveryFigures {
  const sorted = rounds.toSorted((a, b) => a.deliveredPerSecond - b.deliveredPerSecond)
  const median = sorted[Math.floor(sorted.length / 2)]
  if (median === undefined) throw new RangeError('there was no round')
  return median
}

function print(figures: readonly DeliveryFigures[]): void {
  console.log('at once   accepted/s   delivered/s   calls to CXone a person   (medians)')
  for (const { concurrency, acceptedPerSecond, deliveredPerSecond, callsPerPerson } of figures) {
    const cells = [
      String(concurrency).padStart(7),
      String(acceptedPerSecond).padStart(12),
      String(deliveredPerSecond).padStart(13),
      String(callsPerPerson).padStart(25),
    ]
    console.log(cells.join(' '))
  }
}
