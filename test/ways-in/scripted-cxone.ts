/**
 * A CXone that is written down call by call: answers by address, remembers what it was sent, has a clock moved by hand.
 * Decides nothing of what is right.
 */
import { expect } from 'vitest'
import { ConnectorError, type ConnectorIo, type HttpRequest, type HttpResponse } from '../../src/connectors/contract.ts'
import { config } from '../../src/connectors/cxone/config.ts'

export type Answer = (request: HttpRequest) => HttpResponse

export const json = (body: unknown, status = 200): HttpResponse => ({ status, headers: {}, text: JSON.stringify(body) })

export const page = (status = 200): HttpResponse => ({
  status,
  headers: { 'content-type': 'text/html; charset=utf-8' },
  text: '<!DOCTYPE html><title>Sign in to the guest network</title>',
})

export const jwt = (claims: object): string => `e30.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.sig`

export const TENANT = '4d1e0c5e-0000-4000-8000-000000000001'

export const token = (more: object = {}): HttpResponse =>
  json({
    access_token: 'A',
    id_token: jwt({ iss: 'https://cxone.niceincontact.com', tenantId: TENANT }),
    refresh_token: 'R',
    expires_in: 3600,
    ...more,
  })

export const SECRET = 'the+key/secret%=='
export const KEY = { accessKeyId: 'the-key', accessKeySecret: SECRET }

/** An entry of rollcall.yaml; in the area na1 unless it says otherwise. */
export const entry = (more: Readonly<Record<string, unknown>> = {}) =>
  config.parse({ ...('issuer' in more ? {} : { area: 'na1' }), auth: KEY, ...more })

export interface Script {
  readonly io: ConnectorIo
  readonly calls: HttpRequest[]
  /** Address and method of each call, in order. */
  made(): string[]
  readonly clock: { now: number }
}

/** What is not written down is answered 404; an answer may throw instead. */
export function scripted(answers: Readonly<Record<string, Answer>>): Script {
  const calls: HttpRequest[] = []
  const clock = { now: 1_800_000_000_000 }
  return {
    calls,
    clock,
    made: () => calls.map(({ method, url }) => `${method} ${url}`),
    io: {
      fetch: async (request) => {
        calls.push(request)
        return answers[request.url]?.(request) ?? json({}, 404)
      },
      now: () => new Date(clock.now),
      log: { debug: () => {}, warn: () => {} },
    },
  }
}

/** How an attempt was refused; it has to be. */
export async function refusalOf(attempt: Promise<unknown>) {
  const error = await attempt.catch((thrown: unknown) => thrown)
  return error instanceof ConnectorError ? error.refusal : expect.fail('it was expected to be refused')
}
