/**
 * `npm run bench`: prints figures, never a verdict.
 * Decides what there is to measure, rounds, and how they are shown.
 *
 * Usage: npm run bench -- [delivery|outage|scim] [--people N] [--rounds N] [--only N] [--json]
 *
 * `--only 2` takes the second measurement of the subject alone. `--leave-down` ends an outage's round with the last push.
 */
import { parseArgs } from 'node:util'
import { measureDelivery } from './delivery.ts'
import { measureOutage } from './outage.ts'
import { measureScim } from './scim.ts'

type Figures = Readonly<Record<string, unknown>>

interface Subject {
  readonly people: number
  /** What is measured in a round, one after the other: a machine that changes its pace changes it for all. */
  readonly measurements: readonly ((people: number) => Promise<Figures>)[]
  /** The figure whose median stands for the rounds. */
  readonly by: string
}

const SUBJECTS: Readonly<Record<string, Subject>> = {
  scim: {
    people: 20_000,
    measurements: [async (people) => measureScim({ people, seconds: Number(values.seconds) })],
    by: 'get by id',
  },
  delivery: {
    people: 1000,
    measurements: [1, 4, 16].map((concurrency) => async (people) => ({
      ...(await measureDelivery({ people, concurrency })),
    })),
    by: 'deliveredPerSecond',
  },
  outage: {
    people: 20_000,
    measurements: (['queue', 'confirm'] as const).map((delivery) => async (people) => ({
      ...(await measureOutage({ people, delivery, arrives: !values['leave-down'] })),
    })),
    by: 'acceptedPerSecond',
  },
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    'leave-down': { type: 'boolean', default: false },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
  },
})
const [name = 'delivery'] = positionals
const subject = SUBJECTS[name]
if (subject === undefined) {
  console.error(`There is no benchmark "${name}". There are: ${Object.keys(SUBJECTS).join(', ')}.`)
  process.exit(2)
}
const only = values.only === undefined ? undefined : Number(values.only) - 1
const measurements = subject.measurements.filter((_, index) => only === undefined || index === only)
const figures = await inAlternation(
  { ...subject, measurements },
  {
    people: Number(values.people ?? subject.people),
    rounds: Number(values.rounds),
  },
)
if (values.json) console.log(JSON.stringify(figures, null, 2))
else print(figures)

async function inAlternation(
  { measurements, by }: Subject,
  { people, rounds }: { people: number; rounds: number },
): Promise<Figures[]> {
  const all: Figures[][] = measurements.map(() => [])
  for (let round = 0; round < rounds; round++) {
    for (const [index, measure] of measurements.entries()) {
      process.stderr.write(`round ${round + 1} of ${rounds}, ${name} ${index + 1} of ${measurements.length}\n`)
      all[index]?.push(await measure(people))
    }
  }
  return all.map((some) => medianOf(some, by))
}

function medianOf(rounds: readonly Figures[], by: string): Figures {
  const median = rounds.toSorted((a, b) => Number(a[by]) - Number(b[by]))[Math.floor(rounds.length / 2)]
  if (median === undefined) throw new RangeError('there was no round')
  return median
}

/** One column a measurement, one line a figure. */
function print(columns: readonly Figures[]): void {
  const names = Object.keys(columns[0] ?? {})
  const width = Math.max(...names.map((one) => one.length)) + 2
  for (const one of names) {
    const cells = columns.map((column) => String(column[one]).padStart(16))
    console.log(one.padEnd(width) + cells.join(''))
  }
}
