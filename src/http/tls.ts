/**
 * TLS served by Rollcall itself, from two files that somebody else renews.
 * Decides when a new pair is taken and what is said of an old one; must not decide what a pair is (tls-pair.ts).
 *
 * The files are read, not watched: a rename, a swapped symlink (certbot, Kubernetes) and an overwritten file look the same
 * then, on every file system. What cannot be served never replaces what can. A connection keeps the certificate it began
 * with; the next one gets the new one.
 */
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:https'
import type { RequestListener, ServerOptions as HttpOptions } from 'node:http'
import { createSecureContext } from 'node:tls'
import { digestOf, readPair, TlsPairError, type TlsPair } from './tls-pair.ts'

export interface TlsFiles {
  readonly certPath: string
  readonly keyPath: string
}

export interface TlsOptions extends TlsFiles {
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly now: () => Date
}

export interface Tls {
  /** What is served just now. */
  readonly pair: () => TlsPair
  /** A server that serves the newest pair, whenever that changes. */
  createServer(listener: RequestListener, http?: HttpOptions): Server
  /** Reads the files again. Never throws for what they hold: that is logged, and the old pair stays. */
  look(): Promise<void>
}

const DAY_MS = 86_400_000
/** Days before the end from which it is told once a day; a third of its life for a certificate that lives shorter. */
const WARN_DAYS = 14

/** Throws {@link TlsPairError} if there is nothing that can be served. */
export async function openTls(options: TlsOptions): Promise<Tls> {
  let current = await firstPair(options)
  const servers = new Set<Server>()
  const complain = openComplaints(options)
  complain.expiry(current)
  const take = (pair: TlsPair): void => {
    current = pair
    for (const server of servers) server.setSecureContext(contextOf(pair))
    options.log.info({ certificate: options.certPath, until: pair.until }, 'a new certificate is served from now on')
  }
  return {
    pair: () => current,
    createServer: (listener, http = {}) => {
      const server = createServer({ ...http, ...contextOf(current) }, listener)
      servers.add(server.once('close', () => servers.delete(server)))
      return server
    },
    look: async () => {
      const found = await lookFor(options, current)
      if (found === 'unchanged') complain.fine()
      else if (found instanceof TlsPairError) complain.unusable(found)
      else {
        complain.fine()
        take(found)
      }
      complain.expiry(current)
    },
  }
}

const contextOf = ({ cert, key }: TlsPair) => ({ cert, key, minVersion: 'TLSv1.2' as const })

async function firstPair(options: TlsOptions): Promise<TlsPair> {
  const { cert, key } = await readFiles(options)
  return servable(cert, key)
}

/** A pair that OpenSSL takes as well: it refuses keys that are too short. */
function servable(cert: string, key: string): TlsPair {
  const pair = readPair(cert, key)
  try {
    createSecureContext(contextOf(pair))
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause)
    throw new TlsPairError(`OpenSSL does not take the certificate and its key: ${why}`, { cause })
  }
  return pair
}

async function lookFor(options: TlsOptions, current: TlsPair): Promise<TlsPair | 'unchanged' | TlsPairError> {
  try {
    const { cert, key } = await readFiles(options)
    if (digestOf(cert, key) === current.digest) return 'unchanged'
    const pair = servable(cert, key)
    const now = options.now()
    if (isValid(current, now) && !isValid(pair, now))
      return new TlsPairError(`the new certificate is not valid now: from ${day(pair.from)} to ${day(pair.until)}`)
    return pair
  } catch (error) {
    if (error instanceof TlsPairError) return error
    throw error
  }
}

const isValid = ({ from, until }: TlsPair, now: Date): boolean => from <= now && now < until
const day = (at: Date): string => at.toISOString().slice(0, 10)

async function readFiles({ certPath, keyPath }: TlsFiles): Promise<{ cert: string; key: string }> {
  const read = async (what: string, path: string): Promise<string> => {
    try {
      return await readFile(path, 'utf8')
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : String(cause)
      throw new TlsPairError(`the ${what} file ${path} cannot be read (${code})`, { cause })
    }
  }
  return { cert: await read('certificate', certPath), key: await read('key', keyPath) }
}

/** What is told of the files, once a cause and once a day: looks come every few seconds. */
function openComplaints({ log, now, certPath, keyPath }: TlsOptions) {
  let told = ''
  let seen = ''
  let expiryTold = -Infinity
  return {
    fine: () => {
      told = ''
      seen = ''
    },
    unusable: ({ message }: TlsPairError): void => {
      // Two files are renewed one after the other: what is gone at the next look was no fault.
      if (message === seen && message !== told) {
        log.warn(
          { certificate: certPath, key: keyPath, why: message },
          'the new certificate is not used: the one from before is still served',
        )
        told = message
      }
      seen = message
    },
    expiry: ({ from, until }: TlsPair): void => {
      const at = now().getTime()
      const left = until.getTime() - at
      const warnFrom = Math.min(WARN_DAYS * DAY_MS, (until.getTime() - from.getTime()) / 3)
      if (left > warnFrom || at - expiryTold < DAY_MS) return
      expiryTold = at
      const words =
        left > 0 ? 'the certificate ends soon: renew it' : 'the certificate has expired: providers refuse it'
      log.warn({ certificate: certPath, until, days: Math.floor(left / DAY_MS) }, words)
    },
  }
}
