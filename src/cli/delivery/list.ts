/** `rollcall delivery list`: what is still to be delivered, and what was. Must not change a delivery. */
import { deliveryPage, deliveryState, type Delivery } from '../../contract/delivery.ts'
import { openClient } from '../client.ts'
import { choiceOption, defineCommand, JSON_OPTION, numberOption, textOption } from '../command.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { relative } from '../time.ts'

const LIMIT = { least: 1, most: 10_000 }

export const command = defineCommand({
  path: 'delivery list',
  about: 'List what is wanted in the apps and how far it is',
  args: [],
  options: [
    { flags: '--app <id>', about: 'only this app' },
    { flags: '--state <state>', about: `only this state: ${deliveryState.options.join(', ')}` },
    { flags: '--limit <number>', about: 'most lines', default: '50' },
    JSON_OPTION,
  ],
  examples: ['rollcall delivery list --state retrying', 'rollcall delivery list --app cxone-na1 --json'],
  parse: (_args, options) => ({
    app: textOption(options, 'app'),
    state: choiceOption(options, 'state', deliveryState.options),
    limit: numberOption(options, 'limit', LIMIT) ?? 50,
    json: options['json'] === true,
  }),
  run: async ({ app, state, limit, json }, io) => {
    const client = openClient(io)
    const page = await readPages(limit, (query) => client.get('/deliveries', deliveryPage, { ...query, app, state }))
    if (json) return io.out(JSON.stringify(page, null, 2))
    if (page.items.length === 0)
      return io.out(
        state === undefined && app === undefined
          ? 'Nothing was ever to be delivered.'
          : 'There are no such deliveries.',
      )
    io.out(render(page.items, io).join('\n'))
    if (page.next !== null) io.err(io.colours.dim(`There are more; --limit shows up to ${LIMIT.most}.`))
  },
})

const render = (items: readonly Delivery[], io: Io): string[] =>
  table(
    items,
    [
      { title: 'APP', value: (item) => item.app },
      { title: 'USER NAME', value: (item) => item.userName, flexible: true },
      { title: 'SUBJECT', value: (item) => item.subject, flexible: true },
      {
        title: 'STATE',
        value: (item) => (item.urgency === 'deactivation' ? `${item.state} (deactivation)` : item.state),
        colour: (item) => stateColour(item.state, io.colours),
      },
      { title: 'DELIVERED', value: (item) => `${item.delivered} of ${item.wanted}` },
      { title: 'NEXT', value: (item) => relative(item.next, io.now()) },
      { title: 'DETAIL', value: (item) => item.detail ?? '', flexible: true },
    ],
    io,
  )
