/**
 * The command line: which commands there are, and how a call of one ends.
 * Decides exit codes and what is loaded when; must not do what a command does.
 */
import { Command, CommanderError, Help } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import { toCommander, type AnyCommand } from './command.ts'
import { COMMAND_SETTINGS } from './environment.ts'
import { EXIT } from './errors.ts'
import { failure } from './failure.ts'
import { processIo, type Io } from './io.ts'

export { processIo }

interface Entry {
  readonly path: string
  readonly about: string
  /** A command is loaded when it is called: the help and a typing error cost nothing. */
  readonly load: () => Promise<{ readonly command: AnyCommand }>
}

/** Every command, in the order of the help. `about` is the one of the command itself; a test compares them. */
export const COMMANDS: readonly Entry[] = [
  { path: 'serve', about: 'Start the server', load: () => import('./serve.ts') },
  {
    path: 'advise',
    about: 'Say what a larger plan costs, what its SCIM gives, and what to do',
    load: () => import('./advise.ts'),
  },
  {
    path: 'inventory',
    about: 'Read an app and say what is in it, and what is worth a look',
    load: () => import('./inventory.ts'),
  },
  { path: 'app list', about: 'List the apps and what waits for them', load: () => import('./app/list.ts') },
  { path: 'app show', about: 'Show an app and what stands in its way', load: () => import('./app/show.ts') },
  {
    path: 'app enforce',
    about: 'Show everything that would be done to an app, ask, and have it done',
    load: () => import('./app/enforce.ts'),
  },
  {
    path: 'app observe',
    about: 'Write nothing to an app any more: accept, link and plan only',
    load: () => import('./app/observe.ts'),
  },
  {
    path: 'app doctor',
    about: 'Say what is wrong with the set-up of an app, and what mends it',
    load: () => import('./app/doctor.ts'),
  },
  {
    path: 'app sso',
    about: 'Set up single sign-on into an app, check it, see who is locked out',
    load: () => import('./app/sso.ts'),
  },
  {
    path: 'app entitlements',
    about: 'List what accounts can hold in an app, and who names it',
    load: () => import('./app/entitlements.ts'),
  },
  {
    path: 'policy show',
    about: 'Show the policy of an app, as it was written',
    load: () => import('./policy/show.ts'),
  },
  {
    path: 'policy save',
    about: 'Bring the policy in a file into force for an app',
    load: () => import('./policy/save.ts'),
  },
  {
    path: 'policy versions',
    about: 'List every policy that an app ever had, newest first',
    load: () => import('./policy/versions.ts'),
  },
  {
    path: 'policy test',
    about: 'Show what a policy comes to for somebody, rule by rule',
    load: () => import('./policy/test.ts'),
  },
  {
    path: 'policy preview',
    about: 'Show what a policy would do to everybody, in numbers and by name',
    load: () => import('./policy/preview.ts'),
  },
  {
    path: 'person show',
    about: 'Show a person: identities, accounts, and what is under way',
    load: () => import('./person/show.ts'),
  },
  { path: 'person join', about: 'Say that two identities are one human', load: () => import('./person/join.ts') },
  { path: 'person part', about: 'Say that an identity is a human of its own', load: () => import('./person/part.ts') },
  {
    path: 'link list',
    about: 'List whose accounts they are, and where somebody must decide',
    load: () => import('./link/list.ts'),
  },
  { path: 'link settle', about: 'Say whose account it is', load: () => import('./link/settle.ts') },
  {
    path: 'connection guide',
    about: 'Say what to paste into the console of a provider, step by step',
    load: () => import('./connection/guide.ts'),
  },
  {
    path: 'connection watch',
    about: "Wait for a provider's test call and say what came and what to correct",
    load: () => import('./connection/watch.ts'),
  },
  {
    path: 'connection check',
    about: "Play a provider's test calls here, and look at the public address",
    load: () => import('./connection/check.ts'),
  },
  {
    path: 'connection handover',
    about: 'Move accounts from one provider to another, or show what that would do',
    load: () => import('./connection/handover.ts'),
  },
  {
    path: 'token create',
    about: 'Make a token for a connection and print it, once',
    load: () => import('./token/create.ts'),
  },
  {
    path: 'token list',
    about: 'List tokens, client secrets and passwords, and when each was last used',
    load: () => import('./token/list.ts'),
  },
  {
    path: 'token revoke',
    about: 'End a token, client secret or password for ever',
    load: () => import('./token/revoke.ts'),
  },
  {
    path: 'delivery list',
    about: 'List what is wanted in the apps and how far it is',
    load: () => import('./delivery/list.ts'),
  },
  {
    path: 'delivery retry',
    about: 'Try everything that waits for an app now',
    load: () => import('./delivery/retry.ts'),
  },
  {
    path: 'alert test',
    about: 'Send a test message through an alert and say what happened',
    load: () => import('./alert/test.ts'),
  },
  { path: 'scim log', about: 'Show the last SCIM exchanges of a connection', load: () => import('./scim/log.ts') },
  { path: 'run show', about: 'Show a run and its steps', load: () => import('./run/show.ts') },
]

const NOUNS: Readonly<Record<string, string>> = {
  app: 'Targets, such as a CXone business unit',
  policy: 'Who gets an account in an app, and with what',
  person: 'People and their accounts',
  link: 'Whose account it is',
  connection: 'Where identities come from',
  token: 'What opens a connection',
  delivery: 'What is still to be brought to an app',
  alert: 'Who is told of what stands in the way of an app',
  scim: 'What identity providers say, and what they hear',
  run: 'Long work',
}

const ABOUT = `Rollcall gives every application one standards-complete SCIM 2.0 address and turns what
the identity provider says into accounts, through the API that the application has
already. First target: NICE CXone contact centres.`

const FIRST_STEPS: readonly (readonly [string, string])[] = [
  ['rollcall serve --config rollcall.yaml', 'start the server; examples/rollcall.yaml is one to begin with'],
  ['rollcall app list', 'what is connected, and what waits for it'],
  ['rollcall person show ann@example.com', 'who somebody is, and what they have where'],
]

/**
 * The program. Of the commands only those that `words` call are loaded, the others have a name and a line of help; all
 * are when `words` is left out. Parsing throws CommanderError instead of ending the process.
 */
export async function buildProgram(io: Io = processIo(), words?: readonly string[]): Promise<Command> {
  const program = openProgram(io)
  const called = words?.filter((word) => !word.startsWith('-'))
  const nouns = new Map<string, Command>()
  for (const entry of COMMANDS) {
    const [noun = '', verb] = entry.path.split(' ')
    const parent =
      verb === undefined ? program : (nouns.get(noun) ?? program.command(noun).description(NOUNS[noun] ?? ''))
    if (verb !== undefined) nouns.set(noun, parent.helpCommand(false))
    const name = verb ?? noun
    const isCalled = called === undefined || entry.path.split(' ').every((word, at) => word === called[at])
    const command = isCalled
      ? toCommander((await entry.load()).command, { name, io })
      : new Command(name).description(entry.about)
    const hint = `\`rollcall ${entry.path} --help\` explains it.`
    parent.addCommand(command.copyInheritedSettings(parent).showHelpAfterError(hint))
  }
  return program
}

function openProgram(io: Io): Command {
  const program = new Command('rollcall')
    .description(ABOUT)
    .version(packageJson.version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'explain a command')
    .helpCommand(false)
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.out(text.trimEnd()), writeErr: (text) => io.err(text.trimEnd()) })
  return program.configureHelp({
    subcommandTerm: (command) => command.name(),
    formatHelp: (command, help) =>
      command === program ? overview(io) : Help.prototype.formatHelp.call(help, command, help),
  })
}

/** What Rollcall is, the first three commands to type, all commands, and the environment. */
function overview({ colours }: Io): string {
  const commands = COMMANDS.map(({ path, about }) => [`rollcall ${path}`, about] as const)
  const environment = Object.values(COMMAND_SETTINGS).map((setting) => {
    const standard = 'default' in setting ? ` Default: ${setting.default}` : ''
    return [setting.env, setting.about + standard] as const
  })
  const section = (title: string, rows: readonly (readonly [string, string])[]): string => {
    const wide = Math.max(...rows.map(([name]) => name.length))
    return [
      '',
      colours.bold(title),
      ...rows.map(([name, about]) => `  ${name.padEnd(wide)}  ${colours.dim(about)}`),
    ].join('\n')
  }
  const more = '`rollcall COMMAND --help` explains a command, `rollcall --version` prints the version.'
  const sections = [
    section('First steps', FIRST_STEPS),
    section('Commands', commands),
    section('Environment', environment),
  ]
  return [ABOUT, ...sections, '', more, ''].join('\n')
}

/** Runs one call and returns its exit code; every error ends in words on stderr. */
export async function runProgram(words: readonly string[], io: Io): Promise<number> {
  if (words.length === 0) {
    io.out(overview(io).trimEnd())
    return 0
  }
  try {
    const program = await buildProgram(io, words)
    await program.parseAsync([...words], { from: 'user' })
    return 0
  } catch (error) {
    // Commander has said its words by now; what is left is the exit code.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT.usage
    const { text, exitCode } = failure(error)
    io.progress('')
    io.err(text)
    return exitCode
  }
}
