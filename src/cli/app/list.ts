/** `rollcall app list`: the targets and what waits for them. Must not hold layout that other commands need too. */
import { appPage, type AppSummary } from '../../contract/app.ts'
import { openClient } from '../client.ts'
import { defineCommand, JSON_OPTION } from '../command.ts'
import { readPages } from '../pages.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'

const MOST = 1000

export const command = defineCommand({
  path: 'app list',
  about: 'List the apps and what waits for them',
  args: [],
  options: [JSON_OPTION],
  examples: ['rollcall app list', 'rollcall app list --json'],
  parse: (_args, options) => ({ json: options['json'] === true }),
  run: async ({ json }, io) => {
    const client = openClient(io)
    const page = await readPages(MOST, (query) => client.get('/apps', appPage, query))
    if (json) return io.out(JSON.stringify(page, null, 2))
    if (page.items.length === 0)
      return io.out('There are no apps yet. Declare one under apps: in rollcall.yaml and start `rollcall serve` again.')
    const number = (pick: (app: AppSummary) => number) => (app: AppSummary) => String(pick(app))
    const lines = table(
      page.items,
      [
        { title: 'APP', value: (app) => app.id, flexible: true },
        { title: 'TYPE', value: (app) => app.type },
        { title: 'MODE', value: (app) => app.mode },
        { title: 'STATE', value: (app) => app.state, colour: (app) => stateColour(app.state, io.colours) },
        { title: 'DUE', value: number((app) => app.waiting.due) },
        { title: 'RETRYING', value: number((app) => app.waiting.retrying) },
        { title: 'REFUSED', value: number((app) => app.waiting.refused) },
        { title: 'DISPUTED', value: number((app) => app.waiting.disputed) },
        { title: 'OPEN ITEMS', value: number((app) => app.open) },
      ],
      io,
    )
    io.out(lines.join('\n'))
  },
})
