/**
 * `rollcall app sso`: setting up single sign-on into an app, checking what the provider gave, and who would be locked out.
 * Must not judge anything itself.
 */
import { lockOut, nameIdSource, signOnChecked, signOnGuide, signOnProvider, type LockOut } from '../../contract/sso.ts'
import { runStarted, runWithSteps } from '../../contract/run.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, choiceOption, defineCommand, JSON_OPTION, textOption, type Options } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { renderChecked, renderGuide, renderLockOut } from './sso-text.ts'
import { documentIn } from './sso-files.ts'

const POLL_MS = 500

export const command = defineCommand({
  path: 'app sso',
  about: 'Set up single sign-on into an app, check it, see who is locked out',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [
    { flags: '--idp <provider>', about: `whose words: ${signOnProvider.options.join(', ')}` },
    { flags: '--oidc', about: 'OpenID Connect instead of SAML' },
    {
      flags: '--metadata <source>',
      about: "check the provider's metadata, a file or an https address, and watch it from now on",
    },
    { flags: '--certificate <file>', about: 'check the certificate that CXone has, and watch it from now on' },
    { flags: '--response <file>', about: 'check a captured SAML response; nothing of it is kept' },
    { flags: '--user <name>', about: 'with --response: whose account it is about' },
    { flags: '--name-id <value>', about: 'with --response: the federated identity that it must name, instead' },
    { flags: '--at <time>', about: 'with --response: when it came, such as 2026-03-02T10:11:12Z' },
    { flags: '--entity-id <value>', about: 'with --response: Entity ID as CXone shows it' },
    { flags: '--acs <value>', about: 'with --response: Assertion URL as CXone shows it' },
    { flags: '--accounts', about: 'list who would be locked out' },
    {
      flags: '--name-id-from <attribute>',
      about: `with --accounts: what the provider sends: ${nameIdSource.options.join(', ')}`,
      default: 'userName',
    },
    { flags: '--ticket', about: 'print the ticket for the support of NICE, alone' },
    JSON_OPTION,
  ],
  notes: [
    'Nothing is written to the app. The exit code is 1 where something is wrong or somebody would be locked out.',
  ],
  examples: [
    'rollcall app sso cxone-na1 --idp okta',
    'rollcall app sso cxone-na1 --idp entra --metadata metadata.xml',
    'rollcall app sso cxone-na1 --idp okta --response response.txt --user ann@example.com',
    'rollcall app sso cxone-na1 --idp okta --accounts',
  ],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    idp: providerOption(options),
    protocol: options['oidc'] === true ? ('oidc' as const) : ('saml' as const),
    metadata: textOption(options, 'metadata'),
    certificate: textOption(options, 'certificate'),
    response: textOption(options, 'response'),
    expected: {
      userName: textOption(options, 'user'),
      nameId: textOption(options, 'nameId'),
      at: timeOption(options),
      entityId: textOption(options, 'entityId'),
      acs: textOption(options, 'acs'),
    },
    accounts: options['accounts'] === true,
    nameIdFrom: sourceOption(options),
    ticket: options['ticket'] === true,
    json: options['json'] === true,
  }),
  run: async (input, io) => {
    const client = openClient(io)
    if (input.accounts) return checkAccounts(client, input, io)
    const given = input.metadata !== undefined || input.certificate !== undefined
    if (given && input.response === undefined) return giveDocuments(client, input, io)
    if (input.response !== undefined) return checkResponse(client, input, io)
    const guide = await client.get(path`/apps/${input.app}/sso`, signOnGuide, {
      idp: input.idp,
      protocol: input.protocol,
    })
    if (input.json) return io.out(JSON.stringify(guide, null, 2))
    io.out(input.ticket ? guide.ticket.trimEnd() : renderGuide(guide, io))
  },
})

interface Input {
  readonly app: string
  readonly idp: (typeof signOnProvider.options)[number]
  readonly protocol: 'saml' | 'oidc'
  readonly metadata: string | undefined
  readonly certificate: string | undefined
  readonly response: string | undefined
  readonly expected: Readonly<Record<'userName' | 'nameId' | 'at' | 'entityId' | 'acs', string | undefined>>
  readonly nameIdFrom: (typeof nameIdSource.options)[number]
  readonly json: boolean
}

function providerOption(options: Options): Input['idp'] {
  const idp = choiceOption(options, 'idp', signOnProvider.options)
  if (idp !== undefined) return idp
  throw new CommandError('usage', `Say whose words: --idp takes ${signOnProvider.options.join(', ')}.`)
}

function sourceOption(options: Options): Input['nameIdFrom'] {
  const said = textOption(options, 'nameIdFrom') ?? 'userName'
  const source = nameIdSource.options.find((it) => it.toLowerCase() === said.toLowerCase())
  if (source !== undefined) return source
  throw new CommandError('usage', `--name-id-from takes ${nameIdSource.options.join(', ')}, not "${said}".`)
}

function timeOption(options: Options): string | undefined {
  const text = textOption(options, 'at')
  if (text === undefined) return undefined
  const time = Date.parse(text)
  if (!Number.isNaN(time) && /^\d{4}-\d{2}-\d{2}T/.test(text)) return new Date(time).toISOString()
  throw new CommandError('usage', `--at takes a time such as 2026-03-02T10:11:12Z, not "${text}".`)
}

const isAddress = (source: string): boolean => /^https?:\/\//i.test(source)

async function giveDocuments(client: Client, input: Input, io: Io): Promise<void> {
  const { app, idp, protocol, metadata, certificate } = input
  const body = {
    idp,
    protocol,
    ...(metadata === undefined
      ? {}
      : isAddress(metadata)
        ? { metadataUrl: metadata }
        : { metadata: await documentIn(metadata) }),
    ...(certificate === undefined ? {} : { certificate: await documentIn(certificate) }),
  }
  const checked = await client.put(path`/apps/${app}/sso/given`, signOnChecked, body)
  io.out(input.json ? JSON.stringify(checked, null, 2) : renderChecked(checked, io))
  if (!checked.ok) throw new CommandError('other', `Something is wrong with what ${idp} gave for ${app}.`)
}

async function checkResponse(client: Client, input: Input, io: Io): Promise<void> {
  const { app, idp, metadata, certificate, response, expected } = input
  if (metadata !== undefined && isAddress(metadata))
    throw new CommandError('usage', 'With --response, give --metadata as a file, or give the address by itself first.')
  const body = {
    idp,
    response: await documentIn(response ?? ''),
    ...(metadata === undefined ? {} : { metadata: await documentIn(metadata) }),
    ...(certificate === undefined ? {} : { certificate: await documentIn(certificate) }),
    ...Object.fromEntries(Object.entries(expected).filter(([, value]) => value !== undefined)),
  }
  const checked = await client.post(path`/apps/${app}/sso/check`, signOnChecked, body)
  io.out(input.json ? JSON.stringify(checked, null, 2) : renderChecked(checked, io))
  if (!checked.ok) throw new CommandError('other', 'CXone would not let this person in like that.')
}

async function checkAccounts(client: Client, { app, nameIdFrom, json }: Input, io: Io): Promise<void> {
  const { run } = await client.post(path`/apps/${app}/sso/accounts`, runStarted, { nameIdFrom })
  const found = await whenDone(client, run, io)
  io.out(json ? JSON.stringify(found, null, 2) : renderLockOut(app, found, io))
  if (found.verdict === 'unreachable') throw new CommandError('server', `${app} could not be read: ${found.why ?? ''}`)
  const count = found.totals.reduce((sum, it) => sum + (it.reason === 'unknown' ? 0 : it.count), 0)
  if (count > 0) throw new CommandError('other', `${count} would be locked out of ${app}.`)
}

async function whenDone(client: Client, run: string, io: Io): Promise<LockOut> {
  try {
    for (;;) {
      const { state, why, result } = await client.get(path`/runs/${run}`, runWithSteps)
      if (state === 'failed') throw new CommandError('other', why ?? 'The app could not be read.')
      if (state === 'done') {
        const parsed = lockOut.safeParse(result)
        if (parsed.success) return parsed.data
        throw new CommandError(
          'server',
          'The server says it in a way that this command does not know. Are both of the same version?',
        )
      }
      io.progress(`${state}: all accounts are read …`)
      await io.sleep(POLL_MS)
    }
  } finally {
    io.progress('')
  }
}
