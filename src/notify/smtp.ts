/**
 * Mail through an SMTP server, in plain text.
 * Decides encryption, bounds in time and what a failure is called; must not keep or repeat anything.
 */
import { createTransport } from 'nodemailer'
import type { Channel, Message, Sent } from './channel.ts'

export interface SmtpSettings {
  readonly host: string
  readonly port: number
  /** `starttls`: refused if the server has none. `implicit`: from the first byte. `none`: in clear. */
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly from: string
  readonly to: readonly string[]
  readonly auth?: { readonly user: string; readonly password: string } | undefined
}

const CONNECT_MS = 5_000
const SILENCE_MS = 10_000
/** From the call to the server's last word. */
const TOTAL_MS = 20_000

export function openSmtp(settings: SmtpSettings): Channel {
  const { host, port, tls, auth } = settings
  return {
    send: async (message) => {
      // A connection a message: they are rare, and none is left open between them.
      const transport = createTransport({
        host,
        port,
        secure: tls === 'implicit',
        requireTLS: tls === 'starttls',
        ignoreTLS: tls === 'none',
        connectionTimeout: CONNECT_MS,
        dnsTimeout: CONNECT_MS,
        greetingTimeout: CONNECT_MS,
        socketTimeout: SILENCE_MS,
        disableFileAccess: true,
        disableUrlAccess: true,
        ...(auth === undefined ? {} : { auth: { user: auth.user, pass: auth.password } }),
      })
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<Sent>((resolve) => {
        const detail = `${host} did not take it: nothing complete within ${TOTAL_MS / 1000} s.`
        timer = setTimeout(() => resolve({ ok: false, detail }), TOTAL_MS)
      })
      const sent = transport.sendMail(mailOf(settings, message)).then(
        ({ accepted, rejected }): Sent => taken(host, { accepted, rejected }),
        (error: unknown): Sent => ({ ok: false, detail: `${host} did not take it: ${reason(error)}.` }),
      )
      try {
        return await Promise.race([sent, late])
      } finally {
        clearTimeout(timer)
        transport.close()
      }
    },
  }
}

function mailOf({ from, to }: SmtpSettings, message: Message): object {
  return {
    from,
    to: [...to],
    subject: message.subject,
    text: message.text,
    date: message.at,
    // The same at each repetition: mail systems show one of two messages with one id.
    messageId: `<${message.id}@${/@([^@>\s]+)>?\s*$/.exec(from)?.[1] ?? 'rollcall.invalid'}>`,
    headers: { 'auto-submitted': 'auto-generated', 'x-rollcall-type': message.type },
  }
}

/** Some of several recipients are enough: a repetition would reach those twice. */
function taken(
  host: string,
  { accepted, rejected }: { accepted: readonly unknown[]; rejected: readonly unknown[] },
): Sent {
  if (rejected.length === 0) return { ok: true, detail: `${host} took it for ${count(accepted.length)}.` }
  return { ok: true, detail: `${host} took it for ${count(accepted.length)} and refused ${rejected.length}.` }
}

const count = (recipients: number): string => (recipients === 1 ? 'one recipient' : `${recipients} recipients`)

const REASONS: Readonly<Record<string, string>> = {
  EAUTH: 'it refused the user name or password',
  ENOAUTH: 'it wants a user name and password',
  ETLS: 'it offers no encryption that can be used (STARTTLS)',
  EENVELOPE: 'it refused the sender or every recipient',
  EMESSAGE: 'it refused the message',
  EDNS: 'there is no host of this name',
  ENOTFOUND: 'there is no host of this name',
  ECONNREFUSED: 'the connection was refused',
  ETIMEDOUT: 'it did not answer in time',
  ESOCKET: 'the connection failed',
  ECONNECTION: 'the connection was cut',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is of an authority that is not known here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate cannot be verified',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
}

/** Our words and the server's status; never its text, which may repeat what was sent. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return 'the connection failed'
  // nodemailer keeps what the socket said beside its own code.
  const codes = ['originalCode' in error && error.originalCode, 'code' in error && error.code].filter(
    (code) => typeof code === 'string',
  )
  const words = codes.map((code) => REASONS[code]).find((known) => known !== undefined)
  const status = 'responseCode' in error && typeof error.responseCode === 'number' ? ` (${error.responseCode})` : ''
  return `${words ?? `the connection failed${codes[0] === undefined ? '' : ` (${codes[0]})`}`}${status}`
}
