/** `rollcall link list`: whose accounts they are, and where somebody must decide. Must not change a link. */
import { linkPage, linkState, type Link } from '../../contract/link.ts'
import { openClient } from '../client.ts'
import { choiceOption, defineCommand, JSON_OPTION, numberOption, textOption } from '../command.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { relative } from '../time.ts'

const LIMIT = { least: 1, most: 10_000 }

export const command = defineCommand({
  path: 'link list',
  about: 'List whose accounts they are, and where somebody must decide',
  args: [],
  options: [
    { flags: '--app <id>', about: 'only this app' },
    { flags: '--state <state>', about: `only this state: ${linkState.options.join(', ')}` },
    { flags: '--limit <number>', about: 'most lines', default: '50' },
    JSON_OPTION,
  ],
  examples: ['rollcall link list --app cxone-na1 --state disputed', 'rollcall link list --json'],
  parse: (_args, options) => ({
    app: textOption(options, 'app'),
    state: choiceOption(options, 'state', linkState.options),
    limit: numberOption(options, 'limit', LIMIT) ?? 50,
    json: options['json'] === true,
  }),
  run: async ({ app, state, limit, json }, io) => {
    const client = openClient(io)
    const page = await readPages(limit, (query) => client.get('/links', linkPage, { ...query, app, state }))
    if (json) return io.out(JSON.stringify(page, null, 2))
    if (page.items.length === 0) return io.out('There are no such links.')
    io.out(render(page.items, io).join('\n'))
    if (page.items.some(isOpen)) io.err(io.colours.dim('Settle one with: rollcall link settle ID --as adopt'))
    if (page.next !== null) io.err(io.colours.dim(`There are more; --limit shows up to ${LIMIT.most}.`))
  },
})

const isOpen = (item: Link): boolean => item.state === 'disputed' && item.settled === null

const render = (items: readonly Link[], io: Io): string[] =>
  table(
    items,
    [
      { title: 'ID', value: (item) => String(item.id) },
      { title: 'APP', value: (item) => item.app },
      { title: 'CONNECTION', value: (item) => item.connection },
      { title: 'USER NAME', value: (item) => item.userName, flexible: true },
      { title: 'STATE', value: (item) => item.state, colour: (item) => stateColour(item.state, io.colours) },
      { title: 'ACCOUNT', value: (item) => item.account ?? '-', flexible: true },
      { title: 'SINCE', value: (item) => relative(item.since, io.now()) },
      { title: 'WHY', value: whyOf, flexible: true },
    ],
    io,
  )

/** What was decided, where something was; else why it is not linked. */
function whyOf({ why, settled }: Link): string {
  if (settled === null) return why ?? ''
  return `settled by ${settled.by} as ${settled.as}${why === null ? '' : `: ${why}`}`
}
