/**
 * `rollcall connection watch`: waits for the provider's test call and says what came.
 * Decides how long is waited and when it is over; must not decide what a call means (src/contract/watching.ts does).
 */
import { connection as connectionSchema, unknownCalls, type Connection } from '../../contract/connection.ts'
import { exchangePage } from '../../contract/exchange.ts'
import { PROVIDER_NAMES } from '../../contract/guide/shape.ts'
import { observeExchange, observeUnknownCall, type Observation } from '../../contract/watching.ts'
import { wrapped } from '../advise/paragraph.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, defineCommand, numberOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { printable } from '../text.ts'
import { clock, relative } from '../time.ts'

const POLL_MS = 1000
const PAGE = 200
/** What follows a test call, such as the question for groups, comes within this many polls. */
const POLLS_AFTER = 2

export const command = defineCommand({
  path: 'connection watch',
  about: "Wait for a provider's test call and say what came and what to correct",
  args: [{ name: '<connection>', about: 'id of the connection, as in rollcall.yaml' }],
  options: [
    { flags: '--timeout <seconds>', about: 'how long to wait for it', default: '600' },
    { flags: '--json', about: 'print JSON for scripts, once it is over' },
  ],
  notes: [
    'Start it, then press the test button in the console of the provider. Ends with 0 once the test call has come and',
    'was answered as it should be, with 1 when the time is over or Ctrl+C was pressed.',
  ],
  examples: ['rollcall connection watch okta', 'rollcall connection watch entra --timeout 60 --json'],
  parse: (args, options) => ({
    name: argument(args, 0, 'connection'),
    seconds: numberOption(options, 'timeout', { least: 1, most: 86_400 }) ?? 600,
    json: options['json'] === true,
  }),
  run: async ({ name, seconds, json }, io) => {
    const client = openClient(io)
    const connection = await client.get(path`/connections/${name}`, connectionSchema)
    const watch = await openWatch(client, connection)
    if (!json) for (const line of opening(connection, { watch, io })) io.err(line)
    const steps: Step[] = []
    const onStep = (step: Step): void => {
      steps.push(step)
      if (!json) io.out(render(step, io))
    }
    const end = await untilProven(watch, { seconds, onStep, io })
    if (json) io.out(JSON.stringify({ ok: end === 'proven', steps: steps.map(asJson) }, null, 2))
    if (end !== 'proven') throw new CommandError('other', closing(end, { connection, steps, seconds }))
    if (!json) io.err(io.colours.green(`${PROVIDER_NAMES[connection.profile]} is connected.`))
  },
})

interface Step extends Observation {
  readonly time: string
}

interface Watch {
  readonly hidden: 'owners-only' | 'several-tenants' | null
  /** What has come since the last time, oldest first. */
  next(): Promise<readonly Step[]>
}

/** From now on: what came before is what `scim log` is for. */
async function openWatch(client: Client, connection: Connection): Promise<Watch> {
  const log = path`/connections/${connection.id}/exchanges`
  const unknown = path`/connections/${connection.id}/unknown-calls`
  let afterExchange = (await client.get(log, exchangePage, { limit: 1 })).items[0]?.id ?? 0
  let afterUnknown = 0
  const nextUnknown = async (): Promise<readonly Step[]> => {
    const { items } = await client.get(unknown, unknownCalls, { after: afterUnknown, limit: PAGE })
    afterUnknown = items.at(-1)?.id ?? afterUnknown
    return items.map((call) => ({ ...observeUnknownCall(call, connection), time: call.time }))
  }
  const { hidden } = await client.get(unknown, unknownCalls, { limit: 1 })
  while ((await nextUnknown()).length === PAGE);
  return {
    hidden,
    next: async () => {
      const { items } = await client.get(log, exchangePage, { after: afterExchange, limit: PAGE })
      afterExchange = items.at(-1)?.id ?? afterExchange
      const known = items.map((it) => ({ ...observeExchange(it, connection), time: it.time }))
      return [...known, ...(await nextUnknown())].toSorted((one, other) => one.time.localeCompare(other.time))
    },
  }
}

type End = 'proven' | 'time' | 'interrupted'

async function untilProven(
  watch: Watch,
  { seconds, onStep, io }: { seconds: number; onStep: (step: Step) => void; io: Io },
): Promise<End> {
  const until = io.now().getTime() + seconds * 1000
  let interrupted = false
  const stop = io.onInterrupt(() => {
    interrupted = true
  })
  try {
    let left = Number.POSITIVE_INFINITY
    for (;;) {
      for (const step of await watch.next()) {
        onStep(step)
        if (step.proves) left = Math.min(left, POLLS_AFTER)
      }
      if (left <= 0) return 'proven'
      if (interrupted) return Number.isFinite(left) ? 'proven' : 'interrupted'
      if (io.now().getTime() >= until) return Number.isFinite(left) ? 'proven' : 'time'
      left--
      await io.sleep(POLL_MS)
    }
  } finally {
    stop()
  }
}

const HIDDEN = {
  'owners-only': 'Calls with a token that no connection knows are shown to the key of an owner only.',
  'several-tenants':
    'Calls with a token that no connection knows are not shown: they may be meant for another tenant of this server.',
}

function opening(connection: Connection, { watch, io }: { watch: Watch; io: Io }): string[] {
  const { profile, address, lastCall, state } = connection
  const last = lastCall === null ? 'Nothing has ever come.' : `The last call came ${relative(lastCall, io.now())}.`
  return [
    `Waiting for ${PROVIDER_NAMES[profile]} at ${address}. ${last} Press its test button now; Ctrl+C ends.`,
    ...(state === 'detached' ? ['This connection is no longer in rollcall.yaml: its tokens open nothing.'] : []),
    ...(watch.hidden === null ? [] : [HIDDEN[watch.hidden]]),
  ]
}

function closing(
  end: End,
  { connection, steps, seconds }: { connection: Connection; steps: readonly Step[]; seconds: number },
): string {
  const why =
    end === 'time' ? `No test call that succeeded came within ${seconds} s.` : 'Stopped before a test call succeeded.'
  if (steps.length > 0) return `${why} What came is above, with what to correct.`
  return `${why} Nothing came at all: does ${connection.address} lead here from where the provider is? \`rollcall connection check ${connection.id}\` looks at it.`
}

/** The call on a line, what it means below it. */
function render({ time, step, ok, detail }: Step, io: Io): string {
  const { colours } = io
  const words = wrapped(printable(detail), io, INDENT.length).map((line) => INDENT + (ok ? line : colours.yellow(line)))
  return [
    `${colours.dim(clock(time))}  ${ok ? colours.green('✓') : colours.red('✗')} ${printable(step)}`,
    ...words,
  ].join('\n')
}

const INDENT = ' '.repeat(16)

const asJson = ({ time, step, ok, detail, proves }: Step): object => ({ step, ok, detail, time, test: proves })
