/**
 * Every setting of the process: flags and environment variables, declared once for the code, --help and the guide.
 * Decides names, defaults and where a value comes from; must not read rollcall.yaml.
 */
import { readFileSync } from 'node:fs'
import { ConfigError, type Problem } from './problem.ts'
import type { Env } from './secrets.ts'
import {
  asAddresses,
  asDatabaseUrl,
  asKey,
  asLogLevel,
  asMetricsToken,
  asPort,
  asPublicUrl,
  asText,
  LOG_LEVELS,
  withPassword,
  Wrong,
  type LogLevel,
} from './setting-values.ts'

export type { LogLevel } from './setting-values.ts'

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
  /** Addresses, networks (10.0.0.0/8) and the words `loopback` and `private`. Absent: nobody's headers are believed. */
  readonly trustedProxies?: readonly string[]
  /** Rollcall itself speaks TLS, with these files. */
  readonly tls?: { readonly certPath: string; readonly keyPath: string }
  /** What opens /metrics to other machines. */
  readonly metricsToken?: string
  readonly logLevel: LogLevel
}

export interface SettingDoc {
  readonly env: string
  /** The flag of `rollcall serve`, as commander reads it. A flag wins over the variable. */
  readonly flag?: string
  readonly default?: string
  readonly about: string
  /** Its value may also stand in a file that the variable `<env>_FILE` names. */
  readonly secret?: true
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
    secret: true,
    about:
      'A PostgreSQL of yours (postgres://…). Without it Rollcall runs one of its own. Or `DATABASE_URL_FILE`, a file that holds the address.',
  },
  databasePassword: {
    env: 'DATABASE_PASSWORD',
    secret: true,
    about: 'The password for `DATABASE_URL`, so that the address can be shown. Or `DATABASE_PASSWORD_FILE`.',
  },
  key: {
    env: 'ROLLCALL_KEY',
    secret: true,
    about:
      '32 bytes in base64 or hexadecimal that encrypt secrets at rest. Without it a key file is made on the first start. Or `ROLLCALL_KEY_FILE`.',
  },
  publicUrl: {
    env: 'ROLLCALL_PUBLIC_URL',
    about:
      'The address under which others reach this server, with its path prefix if it has one; it stands in SCIM locations.',
  },
  trustedProxies: {
    env: 'ROLLCALL_TRUSTED_PROXIES',
    about:
      'Whose X-Forwarded-For, -Proto and -Host headers are believed: addresses and networks such as 10.1.0.0/16, with commas between them; `loopback` is this machine, `private` every private network.',
  },
  tlsCert: {
    env: 'ROLLCALL_TLS_CERT',
    about:
      'File with the certificate and its chain (PEM), for a server that speaks https itself. Read again when it changes.',
  },
  tlsKey: {
    env: 'ROLLCALL_TLS_KEY',
    about: 'File with the private key of the certificate (PEM, without a passphrase). Read again when it changes.',
  },
  metricsToken: {
    env: 'ROLLCALL_METRICS_TOKEN',
    secret: true,
    about:
      'Bearer token that opens /metrics, also to other machines: at least 16 characters. Or `ROLLCALL_METRICS_TOKEN_FILE`.',
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

/**
 * Reads the settings, and the files that hold secrets; an empty variable counts as not set. Throws {@link ConfigError}
 * naming every variable or flag that is wrong.
 */
export function loadSettings(given: { flags: ServeFlags; env: Env }): Settings {
  const { flags, env } = given
  const problems: Problem[] = []
  const pick: Pick = (setting, read, flag) => {
    const found = flag === undefined ? fromEnv(setting, env) : { text: flag, name: setting.flag?.split(' ')[0] }
    const value = found instanceof Wrong ? found : found.text === '' ? undefined : read(found.text)
    if (!(value instanceof Wrong)) return value
    const name = (found instanceof Wrong ? `${setting.env}_FILE` : found.name) ?? setting.env
    problems.push({ line: 0, column: 0, path: name, message: value.message, fix: value.fix })
    return undefined
  }
  const settings = {
    ...present('configPath', pick(SETTINGS.configPath, asText, flags.config)),
    ...present('dataDir', pick(SETTINGS.dataDir, asText, flags.data)),
    port: pick(SETTINGS.port, asPort, flags.port) ?? Number(SETTINGS.port.default),
    host: pick(SETTINGS.host, asText, flags.host) ?? SETTINGS.host.default,
    ...present('databaseUrl', databaseUrl(pick)),
    ...present('key', pick(SETTINGS.key, asKey)),
    ...present('publicUrl', pick(SETTINGS.publicUrl, asPublicUrl)),
    ...present('trustedProxies', pick(SETTINGS.trustedProxies, asAddresses)),
    ...present('tls', tlsFiles(pick, problems)),
    ...present('metricsToken', pick(SETTINGS.metricsToken, asMetricsToken)),
    logLevel: pick(SETTINGS.logLevel, asLogLevel, flags.logLevel) ?? SETTINGS.logLevel.default,
  }
  if (problems.length > 0) throw new ConfigError(problems)
  return settings
}

type Pick = <T>(setting: SettingDoc, read: (text: string) => T | Wrong, flag?: string) => T | undefined

/** The variable, or what stands in the file that its twin names. */
function fromEnv({ env: name, secret }: SettingDoc, env: Env): { text: string; name: string } | Wrong {
  const text = env[name]?.trim() ?? ''
  const path = secret === true ? (env[`${name}_FILE`]?.trim() ?? '') : ''
  if (path === '') return { text, name }
  if (text !== '') return new Wrong(`${name} is set as well`, 'Keep one of the two.')
  try {
    const held = readFileSync(path, 'utf8').trim()
    return held === '' ? new Wrong('the file is empty', 'Put the value into it.') : { text: held, name }
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
    return new Wrong(`the file cannot be read (${code})`, 'Name a file that the user of `rollcall serve` may read.')
  }
}

function databaseUrl(pick: Pick): string | undefined {
  const password = pick(SETTINGS.databasePassword, asText)
  return pick(SETTINGS.databaseUrl, (text) => withPassword(asDatabaseUrl(text), password))
}

function tlsFiles(pick: Pick, problems: Problem[]): Settings['tls'] {
  const certPath = pick(SETTINGS.tlsCert, asText)
  const keyPath = pick(SETTINGS.tlsKey, asText)
  if (certPath !== undefined && keyPath !== undefined) return { certPath, keyPath }
  if (certPath === undefined && keyPath === undefined) return undefined
  const [path, other] = certPath === undefined ? [SETTINGS.tlsCert, 'key'] : [SETTINGS.tlsKey, 'certificate']
  problems.push({
    line: 0,
    column: 0,
    path: path.env,
    message: `this is not set, but the ${other} is`,
    fix: `Set both ${SETTINGS.tlsCert.env} and ${SETTINGS.tlsKey.env}, or neither.`,
  })
  return undefined
}

const present = <K extends string, T>(key: K, value: T | undefined): { [P in K]?: T } =>
  (value === undefined ? {} : { [key]: value }) as { [P in K]?: T }
