/** `rollcall token list`: what opens a connection, and when it was last used. Must not show a token. */
import { tokenPage, type Token } from '../../contract/token.ts'
import { openClient } from '../client.ts'
import { defineCommand, JSON_OPTION, numberOption, textOption } from '../command.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { table } from '../table.ts'
import { relative } from '../time.ts'

const LIMIT = { least: 1, most: 10_000 }

export const command = defineCommand({
  path: 'token list',
  about: 'List tokens, client secrets and passwords, and when each was last used',
  args: [],
  options: [
    { flags: '--connection <id>', about: 'only of this connection' },
    { flags: '--limit <number>', about: 'most lines', default: '50' },
    JSON_OPTION,
  ],
  notes: ['When one was last used is written once a minute, so it is up to a minute old.'],
  examples: ['rollcall token list --connection okta', 'rollcall token list --json'],
  parse: (_args, options) => ({
    connection: textOption(options, 'connection'),
    limit: numberOption(options, 'limit', LIMIT) ?? 50,
    json: options['json'] === true,
  }),
  run: async ({ connection, limit, json }, io) => {
    const client = openClient(io)
    const page = await readPages(limit, (query) => client.get('/tokens', tokenPage, { ...query, connection }))
    if (json) return io.out(JSON.stringify(page, null, 2))
    if (page.items.length === 0) return io.out('There are none.')
    io.out(render(page.items, io).join('\n'))
    if (page.next !== null) io.err(io.colours.dim(`There are more; --limit shows up to ${LIMIT.most}.`))
  },
})

const COLOURS = { valid: 'green', expired: 'yellow', revoked: 'red', withdrawn: 'dim' } as const

const render = (items: readonly Token[], io: Io): string[] =>
  table(
    items,
    [
      { title: 'ID', value: (item) => String(item.id) },
      { title: 'CONNECTION', value: (item) => item.connection, flexible: true },
      { title: 'KIND', value: (item) => item.kind },
      { title: 'NAME', value: (item) => item.name ?? '-', flexible: true },
      { title: 'STATE', value: (item) => item.state, colour: (item) => io.colours[COLOURS[item.state]] },
      { title: 'FROM', value: (item) => item.madeBy ?? 'rollcall.yaml', flexible: true },
      { title: 'MADE', value: (item) => relative(item.made, io.now()) },
      { title: 'EXPIRES', value: (item) => (item.expires === null ? 'never' : relative(item.expires, io.now())) },
      { title: 'LAST USED', value: (item) => (item.lastUsed === null ? 'never' : relative(item.lastUsed, io.now())) },
    ],
    io,
  )
