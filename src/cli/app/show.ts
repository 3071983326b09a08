/** `rollcall app show`: one target, and what stands in its way. Must not decide what an open item is. */
import { app as appSchema, type App } from '../../contract/app.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION } from '../command.ts'
import type { Io } from '../io.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { pad, printable } from '../text.ts'
import { relative } from '../time.ts'

export const command = defineCommand({
  path: 'app show',
  about: 'Show an app and what stands in its way',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [JSON_OPTION],
  examples: ['rollcall app show cxone-na1'],
  parse: (args, options) => ({ app: argument(args, 0, 'app'), json: options['json'] === true }),
  run: async ({ app, json }, io) => {
    const found = await openClient(io).get(path`/apps/${app}`, appSchema)
    io.out(json ? JSON.stringify(found, null, 2) : render(found, io))
  },
})

function breakerOf({ breaker }: App, io: Io): string {
  const { state, since, failures } = breaker
  if (state === 'closed') return 'closed: deliveries go their way'
  const trying = state === 'open' ? 'nothing is tried' : 'one delivery tries for all'
  const times = failures === 1 ? 'once' : `${failures} times`
  return `${state}: ${trying}; left alone ${times}, the first time ${relative(since, io.now())}`
}

/** Whose provider sees the accounts that nobody owns, and how recent that is. */
function readingOf(reading: NonNullable<App['reading']>, io: Io): string {
  const { to, verdict, why, at, accounts, shown, wholeAt } = reading
  const names = to.join(', ')
  if (verdict === null || at === null) return `accounts without owner to ${names}; not read yet`
  const when = relative(at, io.now())
  if (verdict === 'whole') return `${shown} of ${accounts} accounts to ${names}; read whole ${when}`
  const before = wholeAt === null ? 'it was never read whole' : `last read whole ${relative(wholeAt, io.now())}`
  const trouble = io.colours.red(`${verdict} ${when}: ${printable(why ?? '')}`)
  return `${shown} accounts to ${names}; ${trouble} Nobody is taken away by that; ${before}.`
}

/** Whether it is written to, and if not, what would be. */
function modeOf({ id, mode, modePinned, observed }: App): string {
  if (mode === 'enforce') return 'enforce: changes are written'
  const { plans, kinds } = observed ?? { plans: 0, kinds: {} }
  const what = Object.entries(kinds).map(([kind, people]) => `${people} ${kind}`)
  const waits =
    plans === 0 ? 'no plan waits' : `${plans === 1 ? '1 plan waits' : `${plans} plans wait`} (${what.join(', ')})`
  const how = modePinned ? 'mode: observe in rollcall.yaml' : `rollcall app enforce ${id} shows all of it and asks`
  return `observe: nothing is written; ${waits}; ${how}`
}

function render(app: App, io: Io): string {
  const { due, retrying, refused, disputed } = app.waiting
  const state = (stateColour(app.state, io.colours) ?? String)(app.state)
  const facts: [string, string][] = [
    ['App', `${app.id} (${app.type})`],
    [
      'State',
      app.pausedUntil === null
        ? state
        : `${state}, next try ${relative(app.pausedUntil, io.now())}: ${printable(app.pausedWhy ?? '')}`,
    ],
    ['Breaker', breakerOf(app, io)],
    ['Mode', modeOf(app)],
    ['People from', app.connections.join(', ') || 'no connection'],
    ...(app.reading === null ? [] : [['Shown', readingOf(app.reading, io)] satisfies [string, string]]),
    ['Waiting', `${due} due, ${retrying} retrying, ${refused} refused, ${disputed} disputed`],
  ]
  const lines = facts.map(([name, value]) => `${io.colours.dim(pad(name, 12))}${value}`)
  if (app.openItems.length === 0) return [...lines, '', 'Nothing stands in its way.'].join('\n')
  const items = table(
    app.openItems,
    [
      {
        title: 'OPEN ITEM',
        value: (item) => (item.about === '' ? item.kind : `${item.kind} ${item.about}`),
        colour: () => io.colours.red,
      },
      { title: 'WAITING', value: (item) => String(item.waiting) },
      { title: 'SINCE', value: (item) => relative(item.since, io.now()) },
      { title: 'WHAT TO DO', value: (item) => item.fix, flexible: true },
    ],
    io,
  )
  return [...lines, '', ...items].join('\n')
}
