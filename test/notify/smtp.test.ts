import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { createServer, type AddressInfo } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { openSmtp, type SmtpSettings } from '../../src/notify/smtp.ts'
import { receiveMail, type MailServer } from '../support/mail-server.ts'
import { localhostCertificate, type TestCertificate } from './certificate.ts'
import { message } from './messages.ts'

let server: MailServer
let trusted: TestCertificate
const before = getCACertificates('default')
beforeAll(() => {
  trusted = localhostCertificate()
  setDefaultCACertificates([...before, trusted.cert])
})
afterAll(() => setDefaultCACertificates(before))
afterEach(() => server.close())

const send = (more: Partial<SmtpSettings> = {}) =>
  openSmtp({
    host: 'localhost',
    port: server.port,
    tls: 'starttls',
    from: 'Rollcall <rollcall@acme.test>',
    to: ['ops@acme.test', 'lead@acme.test'],
    ...more,
  }).send(message())

const AUTH = { user: 'rollcall', password: 'right' }

describe('with STARTTLS', () => {
  test('one mail goes to all recipients, encrypted and signed in, in plain text', async () => {
    server = await receiveMail({ ...trusted })
    expect(await send({ auth: AUTH })).toEqual({ ok: true, detail: 'localhost took it for 2 recipients.' })
    const [mail, ...more] = server.mails
    expect(more).toEqual([])
    expect(mail).toMatchObject({
      from: 'rollcall@acme.test',
      to: ['ops@acme.test', 'lead@acme.test'],
      secure: true,
      user: 'rollcall',
    })
    const raw = mail?.raw.replaceAll(/\r?\n /g, ' ') ?? ''
    // Encoded, for its quotes.
    expect(raw).toMatch(/^Subject: .*cxone-na1.*Unknown.role.*Agnt.*500.changes.wait/m)
    expect(raw).toContain(`Message-ID: <${message().id}@acme.test>`)
    expect(raw).toContain('Auto-Submitted: auto-generated')
    expect(raw).toContain('Content-Type: text/plain')
    expect(raw).toContain('Unknown role "Agnt" in the app cxone-na1 of acme.')
  })
  test('nothing is sent, no password either, to a server that offers none', async () => {
    server = await receiveMail({ disabledCommands: ['STARTTLS'], allowInsecureAuth: true })
    expect(await send({ auth: AUTH })).toEqual({
      ok: false,
      detail: expect.stringContaining('localhost did not take it: it offers no encryption that can be used (STARTTLS)'),
    })
    expect([server.mails, server.credentials]).toEqual([[], []])
  })
  test('nothing is sent to a server whose certificate nobody vouches for', async () => {
    server = await receiveMail({ ...localhostCertificate() })
    expect(await send({ auth: AUTH })).toEqual({ ok: false, detail: expect.stringContaining('self-signed') })
    expect([server.mails, server.credentials]).toEqual([[], []])
  })
  test('nor to one whose certificate is for another name', async () => {
    server = await receiveMail({ ...trusted })
    expect(await send({ host: '127.0.0.1', auth: AUTH })).toMatchObject({ ok: false })
    expect([server.mails, server.credentials]).toEqual([[], []])
  })
})

test('implicit encryption begins with the first byte', async () => {
  server = await receiveMail({ ...trusted, secure: true })
  expect(await send({ tls: 'implicit', auth: AUTH })).toMatchObject({ ok: true })
  expect(server.mails).toMatchObject([{ secure: true, user: 'rollcall' }])
})

test('in clear, where that is asked for', async () => {
  server = await receiveMail({ disabledCommands: ['STARTTLS'] })
  expect(await send({ tls: 'none' })).toMatchObject({ ok: true })
  expect(server.mails).toMatchObject([{ secure: false, user: undefined }])
})

describe('what does not arrive is said in words without the password', () => {
  test('a wrong password', async () => {
    server = await receiveMail({ ...trusted })
    const sent = await send({ auth: { user: 'rollcall', password: 'wr0ng-one' } })
    expect(sent).toEqual({
      ok: false,
      detail: 'localhost did not take it: it refused the user name or password (535).',
    })
  })
  test('no recipient that is known; one of several is enough', async () => {
    server = await receiveMail({ ...trusted })
    expect(await send({ to: ['a@refused.test'] })).toEqual({
      ok: false,
      detail: 'localhost did not take it: it refused the sender or every recipient (550).',
    })
    expect(await send({ to: ['a@refused.test', 'ops@acme.test'] })).toEqual({
      ok: true,
      detail: 'localhost took it for one recipient and refused 1.',
    })
  })
  test('nobody there', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => {
      closed.listen(0, '127.0.0.1', resolve)
    })
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => {
      closed.close(resolve)
    })
    server = await receiveMail({ ...trusted })
    expect(await send({ host: '127.0.0.1', port })).toEqual({
      ok: false,
      detail: expect.stringContaining('127.0.0.1 did not take it: the connection was refused'),
    })
  })
})
