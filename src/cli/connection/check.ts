/**
 * `rollcall connection check`: plays a provider's test calls against this server, and looks at its public address.
 * Decides what is checked and where the token comes from; must not write unless it is told to.
 */
import { randomUUID } from 'node:crypto'
import { connection as connectionSchema, type Connection } from '../../contract/connection.ts'
import { exchangePage } from '../../contract/exchange.ts'
import { addressFaults } from '../../contract/guide/address.ts'
import { PROVIDERS, type Provider } from '../../contract/guide/shape.ts'
import { wrapped } from '../advise/paragraph.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, choiceOption, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { COMMAND_SETTINGS } from '../environment.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { printable } from '../text.ts'
import { playTestCalls, type Playing } from './check-calls.ts'
import { reachSteps, type CheckStep } from './check-reach.ts'
import { playLife } from './check-write.ts'

const TOKEN_ENV = 'ROLLCALL_CHECK_TOKEN'

export const command = defineCommand({
  path: 'connection check',
  about: "Play a provider's test calls here, and look at the public address",
  args: [{ name: '<connection>', about: 'id of the connection, as in rollcall.yaml' }],
  options: [
    {
      flags: '--token-env <name>',
      about: 'variable that holds a token of the connection; asked for if it is not set',
      default: TOKEN_ENV,
    },
    {
      flags: '--provider <provider>',
      about: `play another one than the connection's profile: ${PROVIDERS.join(', ')}`,
    },
    { flags: '--here', about: 'call ROLLCALL_URL, not the public address' },
    { flags: '--write', about: 'also create, change and delete a user that is marked as a check' },
    {
      flags: '--yes',
      about: 'with --write: also where apps are attached; the user stays inactive, so none makes an account',
    },
    JSON_OPTION,
  ],
  notes: [
    'Without --write nothing is changed. The token is never taken from the command line, where others on the machine',
    'could read it; an access token from /oauth/token will do as well. Ends with 0 if everything is right, with 1 if not.',
  ],
  examples: ['rollcall connection check okta', 'OKTA=… rollcall connection check okta --token-env OKTA --write'],
  parse: (args, options) => ({
    name: argument(args, 0, 'connection'),
    tokenEnv: textOption(options, 'tokenEnv') ?? TOKEN_ENV,
    provider: choiceOption(options, 'provider', PROVIDERS),
    here: options['here'] === true,
    write: options['write'] === true,
    yes: options['yes'] === true,
    json: options['json'] === true,
  }),
  run: async (input, io) => {
    const client = openClient(io)
    const connection = await client.get(path`/connections/${input.name}`, connectionSchema)
    const inactive = input.write && mustStayInactive(connection, input.yes)
    const token = await tokenFrom(input.tokenEnv, io)
    const steps: CheckStep[] = []
    const show = (...more: readonly CheckStep[]): void => {
      steps.push(...more)
      if (!input.json) for (const step of more) io.out(render(step, io))
    }
    await checkAll({ ...input, client, connection, token, inactive }, { show, io })
    const wrong = steps.filter(({ ok }) => !ok).length
    if (input.json) io.out(JSON.stringify({ ok: wrong === 0, steps }, null, 2))
    if (wrong > 0) throw new CommandError('other', `${wrong} of ${steps.length} steps are not right.`)
    if (!input.json) io.out(io.colours.green(`All ${steps.length} steps are right.`))
  },
})

/** Whether the check's user must never be active, for an app would give them an account. Refuses where nobody said yes. */
function mustStayInactive({ id, apps }: Connection, yes: boolean): boolean {
  const writing = apps.filter(({ mode }) => mode === 'enforce').map((app) => app.id)
  if (writing.length === 0 || yes) return writing.length > 0
  throw new CommandError(
    'usage',
    `People of ${id} get accounts in ${writing.join(', ')}, so --write needs --yes as well. The user of the check then stays inactive from the first moment to the last, and no app makes an account for somebody inactive.`,
  )
}

async function tokenFrom(name: string, io: Io): Promise<string> {
  const given = io.env[name]?.trim() ?? ''
  if (given !== '') return checked(given)
  if (io.openDialogue === undefined)
    throw new CommandError(
      'usage',
      `Set ${name} to a token of the connection, or name another variable with --token-env.`,
    )
  const dialogue = io.openDialogue()
  try {
    const typed = (await dialogue.askHidden('A token of the connection (it is not shown):')) ?? ''
    if (typed === '') throw new CommandError('usage', 'Without a token there is nothing to sign in with.')
    return checked(typed)
  } finally {
    dialogue.close()
  }
}

function checked(token: string): string {
  if (/^[\x21-\x7e]+$/.test(token)) return token
  throw new CommandError('usage', 'The token holds a blank or a letter outside ASCII, so no provider could send it.')
}

interface Checking {
  readonly client: Client
  readonly connection: Connection
  readonly token: string
  readonly provider: Provider | undefined
  readonly here: boolean
  readonly write: boolean
  readonly inactive: boolean
}

interface Showing {
  readonly show: (...steps: readonly CheckStep[]) => void
  readonly io: Io
}

async function checkAll(checking: Checking, { show, io }: Showing): Promise<void> {
  const { client, connection, token, here, write, inactive } = checking
  const provider = checking.provider ?? connection.profile
  show(standing(connection), addressStep(provider, connection))
  const isPublic = connection.addressFrom === 'ROLLCALL_PUBLIC_URL'
  if (isPublic && connection.address.startsWith('https:'))
    show(...(await reachSteps(connection.address, { now: io.now() })))
  const base = here || !isPublic ? `${serverOf(io)}/scim/v2` : connection.address
  if (inTheClear(base)) {
    show({
      step: 'test calls',
      ok: false,
      detail: `Not made: the token would travel to ${base} in the clear. --here calls ROLLCALL_URL.`,
    })
    return
  }
  const playing: Playing = { provider, base, token, newId: randomUUID, now: io.now }
  const { steps, requestIds, silent } = await playTestCalls(playing)
  show(...steps)
  if (silent) {
    if (!here)
      show({
        step: 'test calls',
        ok: false,
        detail: `Nobody answers at ${base}, as seen from here. --here calls ROLLCALL_URL instead.`,
      })
    return
  }
  show(await belonging(client, { connection, requestIds, io }))
  if (write) show(...(await writingSteps({ ...playing, active: !inactive }, io)))
}

const serverOf = (io: Io): string =>
  (io.env[COMMAND_SETTINGS.url.env]?.trim() || COMMAND_SETTINGS.url.default).replace(/\/+$/, '')

/** Plain http is for this machine only. */
const inTheClear = (base: string): boolean => {
  const { protocol, hostname } = new URL(base)
  return protocol === 'http:' && !/^(?:localhost|127\.[\d.]+|\[::1\])$/.test(hostname)
}

async function writingSteps(writing: Playing & { readonly active: boolean }, io: Io): Promise<readonly CheckStep[]> {
  let interrupted = false
  const stop = io.onInterrupt(() => {
    interrupted = true
  })
  try {
    return await playLife({ ...writing, interrupted: () => interrupted })
  } finally {
    stop()
  }
}

function standing({ id, profile, state, apps, ...signIn }: Connection): CheckStep {
  if (state === 'detached')
    return {
      step: 'connection',
      ok: false,
      detail: `${id} is no longer in rollcall.yaml: put it back, and start again.`,
    }
  const fed = apps.length === 0 ? 'no app yet' : apps.map((app) => `${app.id} (${app.mode})`).join(', ')
  const kinds = [
    ...(signIn.tokens > 0 ? [`${signIn.tokens} ${signIn.tokens === 1 ? 'token' : 'tokens'}`] : []),
    ...(signIn.oauth ? ['OAuth client credentials'] : []),
    ...(signIn.basic ? ['HTTP Basic'] : []),
  ]
  if (kinds.length === 0)
    return {
      step: 'connection',
      ok: false,
      detail: `Nothing opens ${id} now: \`rollcall token create --connection ${id}\`.`,
    }
  return {
    step: 'connection',
    ok: true,
    detail: `${id}: profile ${profile}, opened by ${kinds.join(', ')}, feeds ${fed}.`,
  }
}

function addressStep(provider: Provider, { address, addressFrom }: Connection): CheckStep {
  const step = 'address'
  if (addressFrom === 'request')
    return {
      step,
      ok: false,
      detail: 'No public address is set: set ROLLCALL_PUBLIC_URL to what the provider is to reach, and start again.',
    }
  const faults = addressFaults(provider, address)
  const detail = faults.length === 0 ? address : faults.map(({ what, fix }) => `${what} ${fix}`).join(' ')
  return { step, ok: !faults.some(({ certain }) => certain), detail }
}

/** The log is written within a second or two. */
const LOOKS = 6
const LOOK_MS = 500

/** Whose token it is shows in whose log the calls are. */
async function belonging(
  client: Client,
  { connection: { id }, requestIds, io }: { connection: Connection; requestIds: readonly string[]; io: Io },
): Promise<CheckStep> {
  const step = 'whose token'
  for (let look = 0; look < LOOKS; look++) {
    if (look > 0) await io.sleep(LOOK_MS)
    const { items } = await client.get(path`/connections/${id}/exchanges`, exchangePage, { limit: 200 })
    if (items.some(({ requestId }) => requestIds.includes(requestId)))
      return { step, ok: true, detail: `It is a token of ${id}: the calls are in its log.` }
  }
  return {
    step,
    ok: false,
    detail: `The calls are not in the log of ${id}: the token opens another connection or nothing, or the address leads to another server.`,
  }
}

function render({ step, ok, detail }: CheckStep, io: Io): string {
  const { colours } = io
  const lines = wrapped(printable(detail), io, 4).map((line) => `    ${ok ? colours.dim(line) : colours.yellow(line)}`)
  return [`${ok ? colours.green('✓') : colours.red('✗')} ${step}`, ...lines].join('\n')
}
