/** `rollcall policy versions`: every policy that an app ever had. Must not change any. */
import { policyVersionPage, type PolicyVersion } from '../../contract/policy.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION, numberOption } from '../command.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { table } from '../table.ts'
import { relative } from '../time.ts'

const LIMIT = { least: 1, most: 10_000 }

export const command = defineCommand({
  path: 'policy versions',
  about: 'List every policy that an app ever had, newest first',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [{ flags: '--limit <number>', about: 'most lines', default: '50' }, JSON_OPTION],
  examples: ['rollcall policy versions cxone-na1'],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    limit: numberOption(options, 'limit', LIMIT) ?? 50,
    json: options['json'] === true,
  }),
  run: async ({ app, limit, json }, io) => {
    const client = openClient(io)
    const address = path`/apps/${app}/policy/versions`
    const page = await readPages(limit, (query) => client.get(address, policyVersionPage, query))
    if (json) return io.out(JSON.stringify(page, null, 2))
    if (page.items.length === 0) return io.out(`${app} has had no policy yet.`)
    io.out(render(page.items, io).join('\n'))
    if (page.next !== null) io.err(io.colours.dim(`There are more; --limit shows up to ${LIMIT.most}.`))
  },
})

const render = (items: readonly PolicyVersion[], io: Io): string[] =>
  table(
    items,
    [
      { title: 'VERSION', value: ({ version }) => String(version) },
      {
        title: 'STATE',
        value: ({ current }) => (current ? 'in force' : '-'),
        colour: ({ current }) => (current ? io.colours.green : undefined),
      },
      { title: 'SAVED', value: ({ savedAt }) => relative(savedAt, io.now()) },
      {
        title: 'BY',
        value: ({ savedBy, origin }) => (origin === 'declared' ? 'rollcall.yaml' : savedBy),
        flexible: true,
      },
      { title: 'HASH', value: ({ hash }) => hash.slice(0, 12) },
    ],
    io,
  )
