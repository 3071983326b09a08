/**
 * What a setting of the process may say.
 * Decides how the text of each is read and what is wrong with it; must not know where the text came from.
 */
import { isIP } from 'node:net'
import { suggestion } from './nearest.ts'

export const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** What is wrong with a value; never repeats it, since it may be a secret. */
export class Wrong {
  readonly message: string
  readonly fix: string
  constructor(message: string, fix: string) {
    this.message = message
    this.fix = fix
  }
}

export const asText = (text: string): string => text

export function asPort(text: string): number | Wrong {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  return port <= 65_535
    ? port
    : new Wrong('this is not a port', 'Write a whole number from 0 to 65535, for example 8080.')
}

export function asDatabaseUrl(text: string): string | Wrong {
  return URL.canParse(text) && /^postgres(ql)?:$/.test(new URL(text).protocol)
    ? text
    : new Wrong('this is not an address of a PostgreSQL', 'Write postgres://user:password@host:5432/database.')
}

export function asKey(text: string): Buffer | Wrong {
  if (/^[0-9a-fA-F]{64}$/.test(text)) return Buffer.from(text, 'hex')
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === 32 && /^[A-Za-z0-9+/_-]{43}=?$/.test(text)
    ? bytes
    : new Wrong(
        'this is not a key of 32 bytes',
        'Make one with `openssl rand -base64 32`, and keep it: without it stored secrets cannot be read.',
      )
}

export function asPublicUrl(text: string): string | Wrong {
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

export function asLogLevel(text: string): LogLevel | Wrong {
  return (
    LOG_LEVELS.find((level) => level === text.toLowerCase()) ??
    new Wrong('there is no such log level', suggestion(text, LOG_LEVELS, ''))
  )
}

/** Puts a password into the address of a database that has none. */
export function withPassword(url: string | Wrong, password: string | undefined): string | Wrong {
  if (url instanceof Wrong || password === undefined) return url
  const parsed = new URL(url)
  if (parsed.password !== '')
    return new Wrong('there is a password in it, and DATABASE_PASSWORD is set as well', 'Keep one of the two.')
  if (parsed.username === '')
    return new Wrong('it names no user for the password', 'Write postgres://user@host/database.')
  parsed.password = encodeURIComponent(password)
  return parsed.href
}

/** Addresses and networks, with commas or blanks between them. */
export function asAddresses(text: string): readonly string[] | Wrong {
  const parts = text.split(/[\s,]+/).filter((part) => part !== '')
  return parts.every(isAddress)
    ? parts
    : new Wrong(
        'this is not a list of addresses',
        'Write addresses (10.1.2.3, fd00::1), networks (10.1.0.0/16), `loopback` or `private`, with commas between them.',
      )
}

function isAddress(part: string): boolean {
  if (part === 'loopback' || part === 'private') return true
  const [address = '', bits, ...rest] = part.split('/')
  const family = isIP(address)
  if (family === 0 || rest.length > 0) return false
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128))
}

export const asMetricsToken = (text: string): string | Wrong =>
  text.length >= 16 && !/\s/.test(text)
    ? text
    : new Wrong('this is no token of 16 characters or more without blanks', 'Make one with `openssl rand -base64 24`.')
