/**
 * What a start is given, and how it is refused.
 * Decides shapes only.
 */
import type { FastifyBaseLogger } from 'fastify'
import type { Settings } from '../config.ts'
import type { AlertPace } from '../workflows/alert-engine.ts'
import type { Closers } from './closers.ts'

/** A start that cannot succeed as things are; the message says what to do. */
export class StartError extends Error {
  override readonly name = 'StartError'
}

export interface StartOptions {
  readonly settings: Settings
  readonly log: FastifyBaseLogger
  /** The variables that rollcall.yaml takes secrets from. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** How soon who is told of open items; for tests that cannot wait as long as people can. */
  readonly alertPace?: AlertPace
  /** Seconds between looks at the TLS files; for tests. */
  readonly tlsSeconds?: number
}

/** Where every part logs, and what it leaves to be closed. */
export interface Surroundings {
  readonly log: FastifyBaseLogger
  readonly closers: Closers
}
