/** `rollcall inventory`: read an app and say what is in it and what is worth a look. Must not decide what that is. */
import { writeFile } from 'node:fs/promises'
import {
  finding as findings,
  IDLE_DAYS,
  inventory as inventorySchema,
  inventoryAccountPage,
  inventoryStarted,
  type Inventory,
  type InventoryAccount,
} from '../contract/inventory.ts'
import { runWithSteps } from '../contract/run.ts'
import { openClient, path, type Client } from './client.ts'
import { argument, choiceOption, defineCommand, JSON_OPTION, numberOption, textOption } from './command.ts'
import { CommandError } from './errors.ts'
import { csvOf } from './inventory/csv.ts'
import { pageOf } from './inventory/page.ts'
import { renderInventory } from './inventory/render.ts'
import type { Io } from './io.ts'
import { readPages } from './pages.ts'

const POLL_MS = 500
const MOST = 1_000_000
/** Accounts without --all. */
const FIRST = 20

export const command = defineCommand({
  path: 'inventory',
  about: 'Read an app and say what is in it, and what is worth a look',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [
    { flags: '--idle-days <days>', about: 'days without a sign of its person until an account is idle', default: '90' },
    { flags: '--finding <finding>', about: `list only: ${findings.options.join(', ')}` },
    { flags: '--all', about: 'list everybody instead of the first 20 of whom something was found' },
    { flags: '--csv <file>', about: 'also write every account into a CSV file' },
    { flags: '--html <file>', about: 'also write a page to look at and to print' },
    JSON_OPTION,
  ],
  notes: [
    'Needs an app with its access key in rollcall.yaml, and no provider. The app is only read.',
    'Files hold names and e-mail addresses of people: keep them as you keep those.',
  ],
  examples: ['rollcall inventory cxone-na1', 'rollcall inventory cxone-na1 --csv agents.csv --html agents.html'],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    idleDays: numberOption(options, 'idleDays', IDLE_DAYS) ?? IDLE_DAYS.usual,
    finding: choiceOption(options, 'finding', findings.options),
    all: options['all'] === true,
    csv: textOption(options, 'csv'),
    html: textOption(options, 'html'),
    json: options['json'] === true,
  }),
  run: async (asked, io) => {
    const client = openClient(io)
    const found = await findOut(client, asked, io)
    const everybody = asked.json || asked.csv !== undefined || asked.html !== undefined || asked.all
    const accounts = await readAccounts(client, { id: found.id, finding: asked.finding, everybody })
    if (asked.csv !== undefined) await write(asked.csv, csvOf(accounts), io)
    if (asked.html !== undefined) await write(asked.html, pageOf(found, accounts), io)
    if (asked.json) io.out(JSON.stringify({ ...found, snapshot: found.id, accounts }, null, 2))
    else io.out(renderInventory(found, { accounts, most: asked.all ? MOST : FIRST, finding: asked.finding }, io))
    if (found.verdict === 'unreachable')
      throw new CommandError('other', `${asked.app} could not be read: ${found.why ?? 'nobody knows why'}`)
  },
})

async function findOut(
  client: Client,
  { app, idleDays }: { readonly app: string; readonly idleDays: number },
  io: Io,
): Promise<Inventory> {
  const { run } = await client.post(path`/apps/${app}/inventories`, inventoryStarted, { idleDays })
  try {
    for (;;) {
      const { state, why } = await client.get(path`/runs/${run}`, runWithSteps)
      if (state === 'failed') throw new CommandError('other', why ?? 'The run failed.')
      const found = await client.get(path`/inventories/${run}`, inventorySchema)
      if (state === 'done') return found
      io.progress(found.accounts === 0 ? 'the app is read …' : `${found.accounts} accounts read …`)
      await io.sleep(POLL_MS)
    }
  } finally {
    io.progress('')
  }
}

/** Everybody, or enough for what is shown. */
async function readAccounts(
  client: Client,
  { id, finding, everybody }: { id: string; finding: string | undefined; everybody: boolean },
): Promise<readonly InventoryAccount[]> {
  const { items } = await readPages(everybody ? MOST : FIRST + 1, (query) =>
    client.get(path`/inventories/${id}/accounts`, inventoryAccountPage, { ...query, finding }),
  )
  return items
}

async function write(file: string, text: string, io: Io): Promise<void> {
  try {
    // Only for whoever asked: it is full of names.
    await writeFile(file, text, { mode: 0o600 })
    io.err(`${file} is written.`)
  } catch (error) {
    throw new CommandError(
      'other',
      `${file} could not be written: ${error instanceof Error ? error.message : String(error)}`,
    )
  }
}
