/** `rollcall app entitlements`: what accounts can hold in an app, and who names it. Must not decide what is retired or gone. */
import {
  entitlementKind,
  entitlementPage,
  type Entitlement,
  type EntitlementListing,
} from '../../contract/entitlement.ts'
import { runStarted, runWithSteps } from '../../contract/run.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, choiceOption, defineCommand, JSON_OPTION, numberOption, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { readPages } from '../pages.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { printable } from '../text.ts'
import { relative } from '../time.ts'

const LIMIT = { least: 1, most: 10_000 }
const POLL_MS = 500

export const command = defineCommand({
  path: 'app entitlements',
  about: 'List what accounts can hold in an app, and who names it',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [
    { flags: '--kind <kind>', about: `only this kind: ${entitlementKind.options.join(', ')}` },
    { flags: '--search <text>', about: 'only what has, or had, this in its name' },
    { flags: '--read', about: 'read the app now, then list' },
    { flags: '--limit <number>', about: 'most lines', default: '500' },
    JSON_OPTION,
  ],
  examples: [
    'rollcall app entitlements cxone-na1 --kind skill --search bill',
    'rollcall app entitlements cxone-na1 --read',
  ],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    kind: choiceOption(options, 'kind', entitlementKind.options),
    search: textOption(options, 'search'),
    read: options['read'] === true,
    limit: numberOption(options, 'limit', LIMIT) ?? 500,
    json: options['json'] === true,
  }),
  run: async ({ app, kind, search, read, limit, json }, io) => {
    const client = openClient(io)
    if (read) await readNow(client, app, io)
    let listings: readonly EntitlementListing[] = []
    const page = await readPages(limit, async (query) => {
      const part = await client.get(path`/apps/${app}/entitlements`, entitlementPage, { ...query, kind, search })
      ;({ listings } = part)
      return part
    })
    if (json) return io.out(JSON.stringify({ ...page, listings }, null, 2))
    const asked = kind === undefined ? listings : listings.filter((listing) => listing.kind === kind)
    for (const line of troubleOf(asked, io)) io.err(line)
    if (page.items.length === 0) return io.out(nothing({ app, kind, search }, listings))
    io.out(render(page.items, io).join('\n'))
    if (page.next !== null) io.err(io.colours.dim(`There are more; --limit shows up to ${LIMIT.most}, --search fewer.`))
  },
})

async function readNow(client: Client, app: string, io: Io): Promise<void> {
  const { run } = await client.post(path`/apps/${app}/entitlements/read`, runStarted)
  try {
    for (;;) {
      const { state, why, result } = await client.get(path`/runs/${run}`, runWithSteps)
      if (state === 'failed') throw new CommandError('other', why ?? 'The app could not be read.')
      if (state === 'done') {
        if (isRead(result)) return
        throw new CommandError(
          'other',
          `${app} was not read within two minutes: it is left alone just now, or slow. See: rollcall app show ${app}`,
        )
      }
      io.progress(`${state}: ${app} is read …`)
      await io.sleep(POLL_MS)
    }
  } finally {
    io.progress('')
  }
}

/** The result of the workflow read-entitlements. */
const isRead = (result: unknown): boolean =>
  typeof result === 'object' && result !== null && 'read' in result && result.read === true

/** Why there is nothing to list. */
function nothing(
  { app, kind, search }: { app: string; kind: string | undefined; search: string | undefined },
  listings: readonly EntitlementListing[],
): string {
  if (listings.length === 0)
    return `Nothing has been read of ${app} yet. It is read when the server starts; now: rollcall app entitlements ${app} --read`
  if (kind !== undefined && !listings.some((listing) => listing.kind === kind))
    return `No ${kind} was ever read of ${app}: its connector does not read that kind, or could not yet.`
  return search === undefined ? `The app has no ${kind ?? 'entitlements'}.` : 'There is nothing of that name.'
}

/** One line for each kind whose last reading was not whole. */
const troubleOf = (listings: readonly EntitlementListing[], io: Io): string[] =>
  listings
    .filter(({ verdict }) => verdict !== 'whole')
    .map(({ kind, verdict, why, at, wholeAt }) => {
      const before = wholeAt === null ? 'never read whole' : `last read whole ${relative(wholeAt, io.now())}`
      const what = `${kind}: ${verdict} ${relative(at, io.now())}: ${printable(why ?? '')}`
      return `${io.colours.red(what)} What was known stays; ${before}.`
    })

const render = (items: readonly Entitlement[], io: Io): string[] =>
  table(
    items,
    [
      { title: 'KIND', value: (item) => item.kind },
      { title: 'NAME', value: (item) => item.name, flexible: true },
      { title: 'ID', value: (item) => item.id, flexible: true },
      {
        title: 'STATE',
        value: (item) => (item.since === null ? item.state : `${item.state} ${relative(item.since, io.now())}`),
        colour: (item) => (item.state === 'gone' ? io.colours.red : stateColour(item.state, io.colours)),
      },
      { title: 'DETAIL', value: detailOf, flexible: true },
      { title: 'USED BY', value: (item) => item.usedBy.join(', ') || '-', flexible: true },
    ],
    io,
  )

function detailOf({ detail, formerNames }: Entitlement): string {
  const { levels, charges = [], system, role, privilege } = detail
  return [
    levels === undefined ? [] : `levels ${levels.min} to ${levels.max}`,
    charges.length === 0 ? [] : `charges ${charges.join(', ')}`,
    system === true ? 'passwords of the app' : [],
    role === undefined ? [] : `of role ${role}`,
    privilege === undefined ? [] : `privilege ${privilege}`,
    formerNames.length === 0 ? [] : `was ${formerNames.map(({ name }) => `"${name}"`).join(', ')}`,
  ]
    .flat()
    .join('; ')
}
