/**
 * `rollcall serve`: starts the server and stays until it is told to stop.
 * Decides how signals end it; must not put the server together (app.ts does).
 */
import pino, { type Logger } from 'pino'
import { loadSettings, SETTINGS, type LogLevel, type ServeFlags } from '../config.ts'
import { defineCommand, textOption, type OptionSpec, type Options } from './command.ts'
import type { Io } from './io.ts'
import { layOut } from './log-lines.ts'

const flags: readonly OptionSpec[] = Object.values(SETTINGS).flatMap((setting) =>
  'flag' in setting
    ? [
        {
          flags: setting.flag,
          about: `${setting.about} (${setting.env}${'default' in setting ? `, default ${setting.default}` : ''})`,
        },
      ]
    : [],
)

const notes = [
  'Environment without a flag:',
  ...Object.values(SETTINGS).flatMap((setting) =>
    'flag' in setting ? [] : [`  ${setting.env.padEnd(26)} ${setting.about}`],
  ),
]

export const command = defineCommand({
  path: 'serve',
  about: 'Start the server',
  args: [],
  options: flags,
  notes,
  examples: [
    'rollcall serve --config rollcall.yaml',
    'DATABASE_URL=postgres://rollcall@db/rollcall rollcall serve --config rollcall.yaml --host 0.0.0.0',
  ],
  parse: (_args, options) => flagsOf(options),
  run: async (given, io) => {
    const settings = loadSettings({ flags: given, env: io.env })
    const log = openLog(settings.logLevel, io)
    const stop = stopSignal()
    const { startRollcall } = await import('../app.ts')
    const rollcall = await startRollcall({ settings, log, env: io.env })
    io.out(`Rollcall listens at ${rollcall.address}`)
    const signal = await stop
    log.info(`${signal}: finishing what is under way; a second signal ends at once`)
    await rollcall.close()
  },
})

/** To stderr, at once: stdout has the address only, and the last words before an exit are not lost. */
function openLog(level: LogLevel, { colours }: Io): Logger {
  const { stderr } = process
  if (!stderr.isTTY) return pino({ level }, pino.destination({ fd: 2, sync: true }))
  return pino({ level }, { write: (line) => void stderr.write(layOut(line, colours)) })
}

function flagsOf(options: Options): ServeFlags {
  const pick = <K extends keyof ServeFlags>(name: K): { [P in K]?: string } => {
    const value = textOption(options, name)
    return (value === undefined ? {} : { [name]: value }) as { [P in K]?: string }
  }
  return { ...pick('config'), ...pick('data'), ...pick('port'), ...pick('host'), ...pick('logLevel') }
}

/** Resolves with the first SIGTERM or SIGINT, also one that comes while the server is still starting; a second one ends the process. */
function stopSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let asked = false
    const onSignal = (signal: NodeJS.Signals): void => {
      if (asked) process.exit(1)
      asked = true
      resolve(signal)
    }
    process.on('SIGTERM', onSignal)
    process.on('SIGINT', onSignal)
  })
}
