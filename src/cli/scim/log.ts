/** `rollcall scim log`: what a provider said and what it was answered. Must not decide what is kept or redacted. */
import { exchangePage, type Exchange } from '../../contract/exchange.ts'
import { openClient, path, type Client } from '../client.ts'
import { defineCommand, numberOption, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { statusColour } from '../states.ts'
import { pad, printable } from '../text.ts'
import { clock } from '../time.ts'

const POLL_MS = 1000
const PAGE = 200

export const command = defineCommand({
  path: 'scim log',
  about: 'Show the last SCIM exchanges of a connection',
  args: [],
  options: [
    { flags: '--connection <id>', about: 'which connection, as in rollcall.yaml' },
    { flags: '--limit <number>', about: 'how many of the last ones', default: '50' },
    { flags: '--follow', about: 'go on with what comes, until Ctrl+C' },
    { flags: '--json', about: 'print JSON for scripts; with --follow one exchange a line' },
  ],
  examples: ['rollcall scim log --connection okta', 'rollcall scim log --connection okta --follow'],
  parse: (_args, options) => {
    const connection = textOption(options, 'connection')
    if (connection === undefined) throw new CommandError('usage', 'Say which connection: --connection ID.')
    return {
      connection,
      limit: numberOption(options, 'limit', { least: 1, most: 500 }) ?? 50,
      follow: options['follow'] === true,
      json: options['json'] === true,
    }
  },
  run: async ({ connection, limit, follow, json }, io) => {
    const client = openClient(io)
    const log = path`/connections/${connection}/exchanges`
    const page = await readPages(limit, (query) => client.get(log, exchangePage, query))
    if (json && !follow) return io.out(JSON.stringify(page, null, 2))
    const items = page.items.toReversed()
    if (items.length === 0) io.err(`Nothing has come from ${connection} yet.`)
    print(items, { json, io })
    if (follow) await goOn(client, { log, after: items.at(-1)?.id ?? 0, json }, io)
  },
})

/** Asks again and again for what is later than the last one printed; ends with the process. */
async function goOn(client: Client, from: { log: string; after: number; json: boolean }, io: Io): Promise<never> {
  let { after } = from
  for (;;) {
    const { items } = await client.get(from.log, exchangePage, { after, limit: PAGE })
    print(items, { json: from.json, io })
    after = items.at(-1)?.id ?? after
    if (items.length < PAGE) await io.sleep(POLL_MS)
  }
}

function print(items: readonly Exchange[], { json, io }: { json: boolean; io: Io }): void {
  for (const item of items) io.out(json ? JSON.stringify(item) : render(item, io))
}

/** One line for the exchange, then what was understood and why it was refused, set in below it. */
function render(item: Exchange, io: Io): string {
  const { colours } = io
  const status = statusColour(item.status, colours)(String(item.status))
  const lines = [
    `${colours.dim(clock(item.time))}  ${status}  ${pad(item.method, 6)}  ${printable(item.path)}  ${colours.dim(`${Math.round(item.durationMs)} ms`)}`,
  ]
  for (const { code, detail } of item.understood)
    lines.push(`${INDENT}${colours.dim(`read as: ${printable(detail)} (${printable(code)})`)}`)
  if (item.why !== null) lines.push(`${INDENT}${colours.red('why:')} ${printable(item.why)}`)
  return lines.join('\n')
}

const INDENT = ' '.repeat(14)
