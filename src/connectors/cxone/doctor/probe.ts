/**
 * One read of the API, for what can be learned from its answer.
 * Decides how an answer, a refusal and no answer at all are told apart; must not judge what they mean for the app.
 */
import { z } from 'zod'
import { ConnectorError, type Refusal } from '../../contract.ts'
import type { Ask } from '../client.ts'
import { CxoneRefused } from '../refusal.ts'
import { troubleOf, type Trouble } from './trouble.ts'
import type { Visit } from './visit.ts'

export type Probed =
  | { readonly ok: true; readonly body: Readonly<Record<string, unknown>> }
  | {
      readonly ok: false
      readonly refusal: Refusal
      /** As CXone answered; undefined where no answer of it came. */
      readonly status?: number
      readonly trouble?: Trouble
    }

/** Reads, or searches where there is a body. Never throws but for a fault of ours. */
export type Probe = (path: string, search?: unknown) => Promise<Probed>

/** Lists may come without an envelope. */
const json = z.union([z.array(z.unknown()).transform((rows): Record<string, unknown> => ({ rows })), z.looseObject({})])

export const openProbe =
  (ask: Ask, visit: Visit): Probe =>
  async (path, search) => {
    const before = visit.exchanges.length
    try {
      const call = search === undefined ? { method: 'GET' as const } : { method: 'POST' as const, body: search }
      return { ok: true, body: await ask({ ...call, path }, json) }
    } catch (error) {
      if (!(error instanceof ConnectorError)) throw error
      const last = visit.exchanges.length > before ? visit.exchanges.at(-1) : undefined
      const trouble = last && troubleOf(last)
      return {
        ok: false,
        refusal: error.refusal,
        ...(error instanceof CxoneRefused ? { status: error.status } : {}),
        ...(trouble === undefined ? {} : { trouble }),
      }
    }
  }

/** Rows of an answer under one of several names. */
export function rowsOf(body: Readonly<Record<string, unknown>>, ...names: readonly string[]): Row[] {
  for (const name of [...names, 'rows']) {
    const rows = body[name]
    if (Array.isArray(rows)) return rows.filter((row): row is Row => typeof row === 'object' && row !== null)
  }
  return []
}

export type Row = Readonly<Record<string, unknown>>

export const textOf = (row: Row, name: string): string | undefined => {
  const value = row[name]
  return typeof value === 'string' && value !== '' ? value : undefined
}
