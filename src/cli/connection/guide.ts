/**
 * `rollcall connection guide`: what to paste into a provider's console.
 * Decides whose values stand in it; must not hold words of a guide (src/contract/guide does).
 */
import { addressFaults, type AddressFault } from '../../contract/guide/address.ts'
import { guideFor } from '../../contract/guide/guide.ts'
import { plainOf } from '../../contract/guide/plain.ts'
import { PROVIDERS, type Guide, type Place, type Provider } from '../../contract/guide/shape.ts'
import { connection as connectionSchema } from '../../contract/connection.ts'
import { wrapped } from '../advise/paragraph.ts'
import { openClient, path } from '../client.ts'
import { argument, choiceOption, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { COMMAND_SETTINGS } from '../environment.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { printable } from '../text.ts'

export const command = defineCommand({
  path: 'connection guide',
  about: 'Say what to paste into the console of a provider, step by step',
  args: [{ name: '<connection>', about: `id of a connection, or a provider: ${PROVIDERS.join(', ')}` }],
  options: [
    {
      flags: '--provider <provider>',
      about: `another provider than the connection's profile: ${PROVIDERS.join(', ')}`,
    },
    { flags: '--address <url>', about: "SCIM address to put in, instead of the server's own" },
    JSON_OPTION,
  ],
  notes: [
    'With ROLLCALL_API_KEY set, the address and the apps are those of the connection. Without it, or where no server',
    'answers, a provider is explained with an address of an example. docs/guide/ holds the same pages.',
  ],
  examples: [
    'rollcall connection guide okta',
    'rollcall connection guide entra --address https://scim.example.com/scim/v2',
  ],
  parse: (args, options) => ({
    name: argument(args, 0, 'connection or provider'),
    provider: choiceOption(options, 'provider', PROVIDERS),
    address: textOption(options, 'address')?.replace(/\/+$/, ''),
    json: options['json'] === true,
  }),
  run: async ({ name, provider: asked, address, json }, io) => {
    const known = await lookUp(name, io)
    const provider = asked ?? known.provider
    const place = address === undefined ? known.place : { ...known.place, base: address }
    const guide = guideFor(provider, place)
    const faults = known.isExample && address === undefined ? [] : addressFaults(provider, place.base)
    io.out(json ? asJson(guide, { place, faults, io }) : asText(guide, { faults, io }))
    if (known.isExample) io.err(`${known.why} The address is an example.`)
  },
})

interface Known {
  readonly provider: Provider
  readonly place: Place
  /** No connection was found: the address is made up. */
  readonly isExample: boolean
  readonly why: string
}

const EXAMPLE = 'https://scim.example.com/scim/v2'

/** The connection of this name, else the provider of this name. */
async function lookUp(name: string, io: Io): Promise<Known> {
  const provider = PROVIDERS.find((candidate) => candidate === name)
  const example = (why: string): Known => {
    if (provider === undefined) throw new CommandError('not-found', `${why} ${notAProvider(name)}`)
    return { provider, place: { base: EXAMPLE, connection: name, apps: [] }, isExample: true, why }
  }
  if ((io.env[COMMAND_SETTINGS.apiKey.env] ?? '').trim() === '') return example('ROLLCALL_API_KEY is not set.')
  try {
    const found = await openClient(io).get(path`/connections/${name}`, connectionSchema)
    const place = { base: found.address, connection: found.id, apps: found.apps.map(({ id }) => id) }
    return { provider: found.profile, place, isExample: false, why: '' }
  } catch (error) {
    if (error instanceof CommandError && provider !== undefined) return example(error.message)
    throw error
  }
}

const notAProvider = (name: string): string =>
  `"${printable(name)}" is no provider either; there are ${PROVIDERS.join(', ')}.`

interface Printing {
  readonly faults: readonly AddressFault[]
  readonly io: Io
}

function asText(guide: Guide, { faults, io }: Printing): string {
  const { colours } = io
  const { title, intro } = guide
  const parts = plainOf(guide, (text, indent) => wrapped(printable(text), io, indent))
  const warnings = faults.flatMap(({ what, fix, certain }) => [
    '',
    ...wrapped(`${certain ? 'This will not work' : 'This may not work'}: ${printable(what)} ${fix}`, io).map((line) =>
      certain ? colours.red(line) : colours.yellow(line),
    ),
  ])
  return [
    colours.bold(title),
    ...wrapped(intro, io),
    ...warnings,
    ...parts.flatMap((part) => ['', colours.bold(part.title), ...part.lines]),
  ].join('\n')
}

/** `steps` are the parts a person goes through; the address is one, and the only one that can be judged from here. */
function asJson(guide: Guide, { place, faults, io }: Printing & { place: Place }): string {
  const parts = plainOf(guide, (text) => [text])
  const address = {
    step: 'address',
    ok: !faults.some(({ certain }) => certain),
    detail: faults.length === 0 ? place.base : faults.map(({ what, fix }) => `${what} ${fix}`).join(' '),
  }
  const steps = [address, ...parts.map(({ title, lines }) => ({ step: title, ok: true, detail: lines.join('\n') }))]
  const plain = { ...io, colours: { ...io.colours, bold: String, red: String, yellow: String } }
  const { provider } = guide
  return JSON.stringify({ provider, ...place, guide: asText(guide, { faults, io: plain }), steps }, null, 2)
}
