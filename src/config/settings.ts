/**
 * Every setting of the process: flags and environment variables, declared once for the code, --help and the guide.
 * Decides names, defaults and what is acceptable; must not read rollcall.yaml.
 */
import { ConfigError, type Problem } from './problem.ts'
import type { Env } from './secrets.ts'
import { suggestion } from './nearest.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

export interface Settings {
  readonly configPath?: string
  readonly dataDir?: string
  readonly port: number
  readonly host: string
  /** Absent: the managed PostgreSQL in `dataDir`. */
  readonly databaseUrl?: string
  /** 32 bytes that seal secrets at rest. Absent: a key file in the data directory, made on the first start. */
  readonly key?: Buffer
  /** Without a slash at the end. */
  readonly publicUrl?: string
  readonly logLevel: LogLevel
}

export interface SettingDoc {
  readonly env: string
  /** The flag of `rollcall serve`, as commander reads it. A flag wins over the variable. */
  readonly flag?: string
  readonly default?: string
  readonly about: string
}

export const SETTINGS = {
  configPath: {
    env: 'ROLLCALL_CONFIG',
    flag: '--config <file>',
    about: 'The configuration, rollcall.yaml.',
  },
  dataDir: {
    env: 'ROLLCALL_DATA',
    flag: '--data <directory>',
    about:
      'Where the managed PostgreSQL and the key file live. Left out: .rollcall in the working directory, or a place its user can reach.',
  },
  port: {
    env: 'ROLLCALL_PORT',
    flag: '--port <number>',
    default: '8080',
    about: 'Port to listen on; 0 takes a free one.',
  },
  host: {
    env: 'ROLLCALL_HOST',
    flag: '--host <address>',
    default: '127.0.0.1',
    about: 'Address to listen on; 0.0.0.0 for every interface.',
  },
  databaseUrl: {
    env: 'DATABASE_URL',
    about: 'A PostgreSQL of yours (postgres://…). Without it Rollcall runs one of its own.',
  },
  key: {
    env: 'ROLLCALL_KEY',
    about:
      '32 bytes in base64 or hexadecimal that encrypt secrets at rest. Without it a key file is made on the first start.',
  },
  publicUrl: {
    env: 'ROLLCALL_PUBLIC_URL',
    about: 'The address under which others reach this server; it stands in SCIM locations.',
  },
  logLevel: {
    env: 'ROLLCALL_LOG_LEVEL',
    flag: '--log-level <level>',
    default: 'info',
    about: `How much is logged: ${LOG_LEVELS.join(', ')}.`,
  },
} as const satisfies Record<string, SettingDoc>

/** Values of flags as commander hands them over. */
export interface ServeFlags {
  readonly config?: string
  readonly data?: string
  readonly port?: string
  readonly host?: string
  readonly logLevel?: string
}

/** Reads the settings; an empty variable counts as not set. Throws {@link ConfigError} naming every variable or flag that is wrong. */
export function loadSettings(given: { flags: ServeFlags; env: Env }): Settings {
  const problems: Problem[] = []
  const pick = <T>(setting: SettingDoc, flag: string | undefined, read: (text: string) => T | Wrong): T | undefined => {
    const text = flag ?? given.env[setting.env]?.trim()
    if (text === undefined || text === '') return undefined
    const value = read(text)
    if (!(value instanceof Wrong)) return value
    problems.push({
      line: 0,
      column: 0,
      path: flag === undefined ? setting.env : (setting.flag?.split(' ')[0] ?? setting.env),
      message: value.message,
      fix: value.fix,
    })
    return undefined
  }
  const settings = {
    ...present('configPath', pick(SETTINGS.configPath, given.flags.config, asText)),
    ...present('dataDir', pick(SETTINGS.dataDir, given.flags.data, asText)),
    port: pick(SETTINGS.port, given.flags.port, asPort) ?? Number(SETTINGS.port.default),
    host: pick(SETTINGS.host, given.flags.host, asText) ?? SETTINGS.host.default,
    ...present('databaseUrl', pick(SETTINGS.databaseUrl, undefined, asDatabaseUrl)),
    ...present('key', pick(SETTINGS.key, undefined, asKey)),
    ...present('publicUrl', pick(SETTINGS.publicUrl, undefined, asPublicUrl)),
    logLevel: pick(SETTINGS.logLevel, given.flags.logLevel, asLogLevel) ?? SETTINGS.logLevel.default,
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return settings
}

/** What is wrong with a value; never repeats it, since it may be a secret. */
class Wrong {
  readonly message: string
  readonly fix: string
  constructor(message: string, fix: string) {
    this.message = message
    this.fix = fix
  }
}

const present = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }

const asText = (text: string): string => text

function asPort(text: string): number | Wrong {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535
    ? port
    : new Wrong('this is not a port', 'Write a whole number from 0 to 65535, for example 8080.')
}

function asDatabaseUrl(text: string): string | Wrong {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
    ? text
    : new Wrong('this is not an address of a PostgreSQL', 'Write postgres://user:password@host:5432/database.')
}

function asKey(text: string): Buffer | Wrong {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 && /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
    ? bytes
    : new Wrong(
        'this is not a key of 32 bytes',
        'Make one with `openssl rand -base64 32`, and keep it: without it stored secrets cannot be read.',
      )
}

function asPublicUrl(text: string): string | Wrong {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const right =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.search === '' &&
    url.hash === '' &&
    url.username === '' &&
    !text.includes('?')
  return right
    ? url.href.replace(/\/+$/, '')
    : new Wrong('this is not a plain web address', 'Write https://host or https://host/path, without a user, ? or #.')
}

function asLogLevel(text: string): LogLevel | Wrong {
  return (
    LOG_LEVELS.find((level) => level === text.toLowerCase()) ??
    new Wrong('there is no such log level', suggestion(text, LOG_LEVELS, ''))
  )
}
