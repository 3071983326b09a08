import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { mayBeCalled, openWebhook, signatures } from '../../src/notify/webhook.ts'
import { receiveWebhooks, WEBHOOK_SECRET, type WebhookReceiver } from '../support/webhook-receiver.ts'
import { message } from './messages.ts'

let receiver: WebhookReceiver
beforeEach(async () => {
  receiver = await receiveWebhooks()
})
afterEach(() => receiver.close())

const world = { now: () => new Date() }
const open = (more: { url?: string; secret?: string; oldSecret?: string } = {}) =>
  openWebhook({ url: receiver.url, secret: WEBHOOK_SECRET, ...more }, world)

describe('a signature', () => {
  test('is the one of the example that the libraries of Standard Webhooks are tested with', () => {
    const signed = {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      timestamp: 1_614_265_330,
      body: '{"test": 2432232314}',
    }
    expect(signatures(signed, ['whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'])).toBe(
      'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    )
  })
  test('is there once for each secret while one takes the place of another, so the receiver may know either', async () => {
    const other = `whsec_${Buffer.alloc(32, 9).toString('base64')}`
    await open({ secret: other, oldSecret: WEBHOOK_SECRET }).send(message())
    await open({ secret: WEBHOOK_SECRET, oldSecret: other }).send(message())
    await open({ secret: other }).send(message())
    expect(receiver.received.map(({ genuine, signatures: count }) => [genuine, count])).toEqual([
      [true, 2],
      [true, 2],
      [false, 1],
    ])
  })
})

test('a message arrives once, with its id, its type, when it happened and what programs need', async () => {
  expect(await open().send(message())).toEqual({
    ok: true,
    detail: expect.stringMatching(/took it with status 204\.$/),
  })
  expect(receiver.received).toEqual([
    {
      id: message().id,
      genuine: true,
      signatures: 1,
      body: {
        type: 'open-item.opened',
        timestamp: '2026-03-02T10:11:12.000Z',
        data: { tenant: 'acme', summary: message().subject, app: 'cxone-na1', waiting: 500 },
      },
    },
  ])
})

describe('what does not arrive is said in words that hold neither path nor secret', () => {
  test.each<[string, number | 'cut', RegExp]>([
    ['a server error', 500, /answered with status 500\.$/],
    ['an unknown path', 404, /status 404, so nobody listens at this path\.$/],
    ['a signature that is not taken', 401, /status 401, so it may not know the secret\.$/],
    ['a connection that is cut', 'cut', /did not take it: the connection was cut\.$/],
  ])('%s', async (_what, status, words) => {
    receiver.answer(status)
    const sent = await open().send(message())
    expect(sent).toEqual({ ok: false, detail: expect.stringMatching(words) })
    expect(sent.detail).not.toMatch(/path-that-may-be-secret|whsec/)
  })
  test('nobody there', async () => {
    const { url } = receiver
    await receiver.close()
    expect(await open({ url }).send(message())).toEqual({
      ok: false,
      detail: `${new URL(url).host} did not take it: the connection was refused.`,
    })
    receiver = await receiveWebhooks()
  })
})

test('a redirect is not followed', async () => {
  const elsewhere = await receiveWebhooks()
  receiver.answer(307, { location: elsewhere.url })
  expect(await open().send(message())).toMatchObject({ ok: false, detail: expect.stringContaining('not followed') })
  expect(elsewhere.calls()).toBe(0)
  await elsewhere.close()
})

test.each([
  ['https://hooks.example.com/a?b=c', true],
  ['http://localhost:9000/hook', true],
  ['http://127.0.0.1/hook', true],
  ['http://[::1]:1/', true],
  ['http://hooks.example.com/', false],
  ['http://127.0.0.1.example.com/', false],
  ['http://localhost@example.com/', false],
  ['https://user:password@hooks.example.com/', false],
  ['ftp://127.0.0.1/', false],
  ['file:///etc/passwd', false],
  ['nonsense', false],
])('%s may be called: %j', async (url, may) => {
  expect(mayBeCalled(url)).toBe(may)
  if (!may) expect((await open({ url }).send(message())).ok).toBe(false)
})
