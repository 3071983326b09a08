/** `rollcall delivery retry`: try everything of an app that waits, now. Must not decide what waits. */
import { app as appSchema } from '../../contract/app.ts'
import { runStarted, runWithSteps, type RunWithSteps } from '../../contract/run.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, defineCommand, JSON_OPTION } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'

const POLL_MS = 500

export const command = defineCommand({
  path: 'delivery retry',
  about: 'Try everything that waits for an app now',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [{ flags: '--wait', about: 'stay until it is done' }, JSON_OPTION],
  examples: ['rollcall delivery retry cxone-na1 --wait'],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    wait: options['wait'] === true,
    json: options['json'] === true,
  }),
  run: async ({ app, wait, json }, io) => {
    const client = openClient(io)
    const { run } = await client.post(path`/apps/${app}/deliver`, runStarted)
    if (!wait)
      return io.out(json ? JSON.stringify({ run }, null, 2) : `Started. Follow it with: rollcall run show ${run}`)
    const ended = await follow(client, { app, run }, io)
    io.out(
      json ? JSON.stringify({ run, state: ended.state, why: ended.why, result: ended.result }, null, 2) : words(ended),
    )
    if (ended.state === 'failed') throw new CommandError('other', ended.why ?? 'The run failed.')
  },
})

async function follow(client: Client, { app, run }: { app: string; run: string }, io: Io): Promise<RunWithSteps> {
  try {
    for (;;) {
      const now = await client.get(path`/runs/${run}`, runWithSteps)
      if (now.state === 'done' || now.state === 'failed') return now
      const { waiting } = await client.get(path`/apps/${app}`, appSchema)
      io.progress(`${now.state}: ${waiting.due + waiting.retrying} deliveries left …`)
      await io.sleep(POLL_MS)
    }
  } finally {
    io.progress('')
  }
}

function words(run: RunWithSteps): string {
  if (run.state === 'failed') return 'Failed.'
  const { due, waiting, stuck } = counts(run.result)
  const others = stuck === 0 ? '' : ` ${stuck} cannot be delivered as they are. See: rollcall delivery list`
  if (due === 0) return `Nothing was waiting.${others}`
  return waiting === 0
    ? `Done: ${due} tried, none waits any more.${others}`
    : `${due} tried, ${waiting} still wait. See: rollcall delivery list --state retrying${others}`
}

/** The result of the workflow deliver-now: rows made due, rows still waiting, rows that wait for somebody. */
function counts(result: unknown): { due: number; waiting: number; stuck: number } {
  const number = (value: unknown): number => (typeof value === 'number' ? value : 0)
  const record = typeof result === 'object' && result !== null ? (result as Readonly<Record<string, unknown>>) : {}
  return { due: number(record['due']), waiting: number(record['waiting']), stuck: number(record['stuck']) }
}
