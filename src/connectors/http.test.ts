/** What the HTTP client promises to connectors, against a real server on this machine. */
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { until } from '../../test/support/wait.ts'
import { ConnectorError, type Refusal } from './contract.ts'
import { openHttp, type Http, type HttpOptions, type MadeCall } from './http.ts'

const opened: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const close of opened.splice(0)) await close()
})

async function serve(listener: RequestListener): Promise<string> {
  const server: Server = createServer(listener)
  await new Promise<void>((done) => {
    server.listen(0, '127.0.0.1', done)
  })
  opened.push(async () => {
    server.closeAllConnections()
    await new Promise((done) => {
      server.close(done)
    })
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}

function client(options?: HttpOptions): Http {
  const http = openHttp(options)
  opened.push(() => http.close())
  return http
}

async function refusalOf(call: Promise<unknown>): Promise<Refusal> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  if (!(error instanceof ConnectorError)) throw new Error('the call was expected to be refused', { cause: error })
  return error.refusal
}

describe('the HTTP client', () => {
  it('sends method, headers and body as given and hands back status, lower-case headers and text', async () => {
    const seen: { request?: IncomingMessage; body?: string } = {}
    const base = await serve((request, response) => {
      const chunks: Buffer[] = []
      request.on('data', (chunk: Buffer) => chunks.push(chunk))
      request.on('end', () => {
        seen.request = request
        seen.body = Buffer.concat(chunks).toString()
        response.writeHead(418, { 'X-Kind': 'pot' }).end('žluťoučký 🫖')
      })
    })
    const answer = await client().fetch({
      method: 'PUT',
      url: `${base}/a?b=c`,
      headers: { accept: 'text/plain' },
      body: '{"ž":1}',
    })
    expect(answer).toMatchObject({ status: 418, headers: { 'x-kind': 'pot' }, text: 'žluťoučký 🫖' })
    expect(seen.request).toMatchObject({ method: 'PUT', url: '/a?b=c' })
    expect(seen.request?.headers.accept).toBe('text/plain')
    expect(seen.body).toBe('{"ž":1}')
  })

  it('follows no redirect', async () => {
    let calls = 0
    const base = await serve((_request, response) => {
      calls += 1
      response.writeHead(302, { location: '/elsewhere' }).end()
    })
    const answer = await client().fetch({ method: 'GET', url: base })
    expect([answer.status, answer.headers['location'], calls]).toEqual([302, '/elsewhere', 1])
  })

  it('gives up on an answer that takes too long, also when it trickles', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/silent') return
      response.writeHead(200)
      const drip = setInterval(() => response.write('.'), 20)
      response.on('close', () => clearInterval(drip))
    })
    const http = client({ totalMs: 200 })
    const own = await refusalOf(http.fetch({ method: 'GET', url: `${base}/silent`, totalMs: 100 }))
    expect(own.detail).toContain('within 0.1 s')
    for (const path of ['/silent', '/trickle']) {
      const refusal = await refusalOf(http.fetch({ method: 'GET', url: base + path }))
      expect(refusal).toMatchObject({ code: 'unreachable', retry: 'soon' })
      expect(refusal.detail).toContain('within 0.2 s')
    }
  })

  it('reads no answer without an end further than its bound', async () => {
    let cut = false
    const base = await serve((_request, response) => {
      const chunk = Buffer.alloc(64 * 1024, 0x20)
      const more = (): void => {
        if (!cut) response.write(chunk)
      }
      response.on('drain', more).on('close', () => (cut = true))
      more()
    })
    const refusal = await refusalOf(client({ maxBytes: 1_000_000 }).fetch({ method: 'GET', url: base }))
    expect(refusal).toMatchObject({ code: 'answer-unexpected', retry: 'later' })
    await until(async () => cut, Boolean)
  })

  it('refuses headers beyond their bound, and headers that never end', async () => {
    const base = await serve((request, response) => {
      if (request.url === '/large') {
        response.writeHead(200, { 'x-large': 'x'.repeat(60_000) }).end('{}')
        return
      }
      request.socket.write('HTTP/1.1 200 OK\r\n')
      const drip = setInterval(() => request.socket.write(`x-drip: ${'x'.repeat(10)}\r\n`), 10)
      request.socket.on('close', () => clearInterval(drip))
    })
    expect(await refusalOf(client().fetch({ method: 'GET', url: `${base}/large` }))).toMatchObject({
      code: 'answer-unexpected',
      detail: expect.stringContaining('headers'),
    })
    const endless = await refusalOf(client({ totalMs: 300 }).fetch({ method: 'GET', url: `${base}/endless` }))
    expect(endless).toMatchObject({ code: 'unreachable', detail: expect.stringContaining('within 0.3 s') })
  })

  it('unpacks nothing: a compressed answer, which it did not ask for, is refused', async () => {
    const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024, 0x20))
    const asked: unknown[] = []
    const base = await serve((request, response) => {
      asked.push(request.headers['accept-encoding'])
      response.writeHead(200, { 'content-encoding': request.url === '/plain' ? 'identity' : 'gzip' })
      response.end(request.url === '/plain' ? '{}' : bomb)
    })
    const refusal = await refusalOf(client().fetch({ method: 'GET', url: base }))
    expect(refusal).toMatchObject({ code: 'answer-unexpected', detail: expect.stringContaining('compressed') })
    expect((await client().fetch({ method: 'GET', url: `${base}/plain` })).text).toBe('{}')
    expect(asked).toEqual([undefined, undefined])
  })

  it('names every call, by what it belongs to and by itself, and tells of it without query, headers and bodies', async () => {
    const seen: IncomingMessage[] = []
    const base = await serve((request, response) => {
      seen.push(request)
      response.writeHead(201).end('secret answer')
    })
    const made: MadeCall[] = []
    const onCall = (call: MadeCall): void => void made.push(call)
    const http = client({ onCall })
    const call = {
      method: 'POST',
      url: `${base}/users?key=secret`,
      headers: { authorization: 'secret' },
      body: 'secret',
    } as const
    await http.fetch({ ...call, correlation: 'plan-7' })
    await http.fetch({ ...call, correlation: 'plan-7' })
    await http.fetch(call)
    await client({ onCall, correlationHeader: 'CorrelationId' }).fetch(call)
    const sent = seen.map(({ headers }) => headers['x-correlation-id'] ?? headers['correlationid'])
    expect(sent[0]).toMatch(/^plan-7\.[0-9a-f]{8}$/)
    expect(sent[1]).toMatch(/^plan-7\.[0-9a-f]{8}$/)
    expect(sent[2]).toMatch(/^[0-9a-f]{8}$/)
    expect(new Set(sent).size).toBe(4)
    expect(made.map(({ id }) => id)).toEqual(sent)
    expect(made[0]).toMatchObject({ method: 'POST', url: `${base}/users`, status: 201, ms: expect.any(Number) })
    expect(JSON.stringify(made)).not.toContain('secret')
  })

  it('refuses an answer larger than its bound, and takes it where the request allows more', async () => {
    const base = await serve((_request, response) => response.end('x'.repeat(3_000)))
    const http = client({ maxBytes: 1_000 })
    expect(await refusalOf(http.fetch({ method: 'GET', url: base }))).toMatchObject({ code: 'answer-unexpected' })
    expect((await http.fetch({ method: 'GET', url: base, maxBytes: 3_000 })).text).toHaveLength(3_000)
  })

  it('says in words what went wrong when nobody answers or the connection is cut', async () => {
    const base = await serve((request) => request.socket.destroy())
    expect((await refusalOf(client().fetch({ method: 'GET', url: base }))).detail).toContain('was cut')
    const refusal = await refusalOf(client().fetch({ method: 'GET', url: 'http://127.0.0.1:1/' }))
    expect(refusal).toMatchObject({
      code: 'unreachable',
      retry: 'soon',
      detail: 'No answer from 127.0.0.1:1: the connection was refused.',
    })
  })

  it.each([
    ['http://example.test/', 'use https://'],
    ['http://127.0.0.1.example.test/', 'use https://'],
    ['ftp://example.test/', 'use https://'],
    ['https://user:secret@example.test/', 'belong in the settings'],
    ['not an address', 'is not an address'],
  ])('does not call %s', async (url, why) => {
    const refusal = await refusalOf(client().fetch({ method: 'GET', url }))
    expect(refusal).toMatchObject({ code: 'unreachable', retry: 'later' })
    expect(refusal.detail).toContain(why)
    expect(refusal.detail).not.toContain('secret@')
  })

  it('calls plain http beyond this machine only where a setting allows it', async () => {
    const refusal = await refusalOf(
      client({ allowPlainHttp: true }).fetch({ method: 'GET', url: 'http://host.invalid/' }),
    )
    expect(refusal.detail).toMatch(/^No answer from host\.invalid: /)
  })
})
