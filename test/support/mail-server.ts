/**
 * An SMTP server on this machine that keeps what it was given.
 * Must not be used by product code.
 */
import type { AddressInfo } from 'node:net'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'

export interface Mail {
  readonly from: string
  readonly to: readonly string[]
  readonly secure: boolean
  readonly user: string | undefined
  /** Headers and body as they came. */
  readonly raw: string
}

export interface MailServer {
  readonly port: number
  readonly mails: readonly Mail[]
  /** User names and passwords that were sent. */
  readonly credentials: readonly string[]
  close(): Promise<void>
}

/** Recipients at `refused.test` are refused; user `rollcall` signs in with `right`. */
export async function receiveMail(options: SMTPServerOptions = {}): Promise<MailServer> {
  const mails: Mail[] = []
  const credentials: string[] = []
  const server = new SMTPServer({
    authOptional: true,
    ...options,
    onAuth: ({ username = '', password = '' }, _session, done) => {
      credentials.push(`${username}:${password}`)
      if (username === 'rollcall' && password === 'right') done(null, { user: username })
      else done(new Error(`no such user, and ${password} is wrong`))
    },
    onRcptTo: ({ address }, _session, done) =>
      address.endsWith('@refused.test') ? done(Object.assign(new Error('unknown'), { responseCode: 550 })) : done(),
    onData: (stream, session, done) => {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        const { mailFrom, rcptTo } = session.envelope
        mails.push({
          from: mailFrom === false || mailFrom === null ? '' : mailFrom.address,
          to: rcptTo.map(({ address }) => address),
          secure: session.secure,
          user: typeof session.user === 'string' ? session.user : undefined,
          raw: Buffer.concat(chunks).toString('utf8'),
        })
        done()
      })
    },
  })
  // A client that does not like the certificate hangs up.
  server.on('error', () => undefined)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve())
  })
  return {
    port: (server.server.address() as AddressInfo).port,
    mails,
    credentials,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
      }),
  }
}
