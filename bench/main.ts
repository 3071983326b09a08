/**
 * `npm run bench`: prints figures, never a verdict.
 * Decides what there is to measure, and with how many people.
 */
import { parseArgs } from 'node:util'
import { measureDelivery } from './delivery.ts'
import { measureOutage } from './outage.ts'
import { measurePlanner } from './planner.ts'
import { inAlternation, table, type Figures, type Subject } from './rounds.ts'
import { measureScim } from './scim.ts'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    people: { type: 'string' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string' },
    'leave-down': { type: 'boolean', default: false },
    seconds: { type: 'string', default: '3' },
    json: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})
const seconds = Number(values.seconds)
const given = values.people === undefined ? undefined : Number(values.people)
const few = given ?? 1_000

const SUBJECTS: Readonly<Record<string, Subject>> = {
  scim: {
    about: 'requests a second of each kind, beside the floor of the same minute; 2,000 and 20,000 people',
    takes: '4 min',
    measurements: (given === undefined ? [2_000, 20_000] : [given]).map(
      (people) => () => measureScim({ people, seconds }),
    ),
  },
  delivery: {
    about: 'people a second that reach an unthrottled CXone, with 1, 4 and 16 deliveries at once; 1,000 people',
    takes: '1 min',
    measurements: [1, 4, 16].map((concurrency) => () => measureDelivery({ people: few, concurrency })),
  },
  outage: {
    about: 'what a provider feels while CXone is down, and how what waited arrives, by delivery; 1,000 people',
    takes: '1 min (with --people 20000 ten)',
    measurements: (['queue', 'confirm'] as const).map(
      (delivery) => () => measureOutage({ people: few, delivery, arrives: !values['leave-down'] }),
    ),
  },
  planner: {
    about: 'plans a second by what they come to, without a server; 10,000 people',
    takes: '20 s',
    measurements: [() => measurePlanner({ people: given ?? 10_000, seconds })],
  },
}

const USAGE = `Usage: npm run bench -- [${Object.keys(SUBJECTS).join('|')}] [options]

Without a subject all of them, one after the other.
${Object.entries(SUBJECTS)
  .map(([name, { about, takes }]) => `  ${name.padEnd(10)} ${about}\n             a round takes ${takes}`)
  .join('\n')}

  --people N     so many people
  --rounds N     of each subject, its measurements in alternation; medians are printed (3)
  --only N       the N-th measurement of the subject alone
  --seconds N    of each kind of request, and of each kind of plan (3)
  --leave-down   ends an outage's round with the last push
  --json         {"subject": [figures of each measurement]}`

function chosen(names: readonly string[]): readonly [string, Subject][] {
  const unknown = names.find((name) => !Object.hasOwn(SUBJECTS, name))
  if (values.help || unknown !== undefined) {
    console.error(unknown === undefined ? USAGE : `There is no benchmark "${unknown}".\n\n${USAGE}`)
    process.exit(unknown === undefined ? 0 : 2)
  }
  return Object.entries(SUBJECTS).filter(([name]) => names.length === 0 || names.includes(name))
}

const only = values.only === undefined ? undefined : Number(values.only) - 1
const figures: Record<string, readonly Figures[]> = {}
for (const [name, subject] of chosen(positionals)) {
  const measurements = subject.measurements.filter((_, index) => only === undefined || index === only)
  figures[name] = await inAlternation(name, { ...subject, measurements }, Number(values.rounds))
  if (!values.json) console.log(table(name, figures[name]))
}
if (values.json) console.log(JSON.stringify(figures, null, 2))
