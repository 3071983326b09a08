/**
 * Whether an https address can be reached as a provider reaches it: name, certificate, chain, http beside it.
 * Decides what a provider would refuse; must not send a credential.
 */
import { lookup } from 'node:dns/promises'
import { checkServerIdentity, connect, rootCertificates, type DetailedPeerCertificate, type TLSSocket } from 'node:tls'
import { isPrivateAddress } from '../../contract/guide/address.ts'
import { send } from './check-send.ts'

export interface CheckStep {
  readonly step: string
  readonly ok: boolean
  readonly detail: string
}

export interface ReachOptions {
  readonly now: Date
  /** Authorities that count, in PEM. Left out: those that browsers and providers know, never those of this machine. */
  readonly roots?: readonly string[]
  /** Where plain http would be; 80. */
  readonly httpPort?: number
}

const TIMEOUT_MS = 10_000
const DAY_MS = 86_400_000
/** Fewer, and somebody should look at whatever renews it. */
const FEW_DAYS = 14

/** Steps for an address that begins with https. Never rejects. */
export async function reachSteps(address: string, options: ReachOptions): Promise<readonly CheckStep[]> {
  const { hostname, port } = new URL(address)
  const host = hostname.replace(/^\[|\]$/g, '')
  const name = await nameStep(host)
  if (!name.ok) return [name]
  return [
    name,
    await certificateStep({ host, port: port === '' ? 443 : Number(port) }, options),
    ...(port === '' || options.httpPort !== undefined ? [await plainStep(host, options.httpPort ?? 80)] : []),
  ]
}

async function nameStep(host: string): Promise<CheckStep> {
  const step = 'name'
  try {
    const found = (await lookup(host, { all: true })).map(({ address }) => address)
    const inside = found.every(isPrivateAddress)
    const detail = `${host} is ${found.join(', ')}${inside ? ', as seen from here: an address inside a network. From outside it must be another one' : ''}.`
    return { step, ok: true, detail }
  } catch {
    return { step, ok: false, detail: `There is no address for ${host}. Enter it in the DNS.` }
  }
}

interface Peer {
  readonly host: string
  readonly port: number
}

async function certificateStep(peer: Peer, { now, roots = rootCertificates }: ReachOptions): Promise<CheckStep> {
  const step = 'certificate'
  const socket = await handshake(peer, roots)
  if (socket instanceof Error) {
    return { step, ok: false, detail: `No TLS 1.2 or later at port ${peer.port}: ${socket.message}.` }
  }
  try {
    const certificate = socket.getPeerCertificate(true)
    const fault = certificateFault(socket, { certificate, host: peer.host, now })
    if (fault !== undefined) return { step, ok: false, detail: fault }
    const days = Math.floor((Date.parse(certificate.valid_to) - now.getTime()) / DAY_MS)
    const soon = days < FEW_DAYS ? ' See that it is renewed.' : ''
    const detail = `${socket.getProtocol() ?? 'TLS'}, certificate and chain are right, valid for another ${days} days.${soon}`
    return { step, ok: true, detail }
  } finally {
    socket.destroy()
  }
}

/** Whatever the certificate is: what is wrong with it is told, not thrown. */
function handshake({ host, port }: Peer, roots: readonly string[]): Promise<TLSSocket | Error> {
  return new Promise((resolve) => {
    const socket = connect({
      host,
      port,
      ca: [...roots],
      minVersion: 'TLSv1.2',
      rejectUnauthorized: false,
      ...(/[^\d.:]/.test(host) ? { servername: host } : {}),
    })
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    socket.once('secureConnect', () => resolve(socket))
    socket.on('error', (error: Error) => resolve(error))
  })
}

interface Shown {
  readonly certificate: DetailedPeerCertificate
  readonly host: string
  readonly now: Date
}

function certificateFault(socket: TLSSocket, { certificate, host, now }: Shown): string | undefined {
  // Of the type it is an Error, of old servers a text: its code is what tells.
  const raw: unknown = socket.authorizationError
  const code = raw instanceof Error && 'code' in raw ? String(raw.code) : typeof raw === 'string' ? raw : ''
  if (Date.parse(certificate.valid_to) < now.getTime()) return `The certificate expired on ${certificate.valid_to}.`
  if (Date.parse(certificate.valid_from) > now.getTime())
    return `The certificate is not valid before ${certificate.valid_from}.`
  const otherName = checkServerIdentity(host, certificate)
  if (otherName !== undefined)
    return `The certificate is for ${certificate.subjectaltname?.replaceAll('DNS:', '') ?? 'another name'}, not for ${host}.`
  if (socket.authorized) return undefined
  return CHAIN[code]?.(certificate) ?? `The certificate is not trusted (${code === '' ? 'no reason is known' : code}).`
}

const PRIVATE_AUTHORITY =
  'The certificate is of an authority that nobody outside knows. Providers take those of public authorities only.'

const CHAIN: Readonly<Record<string, (certificate: DetailedPeerCertificate) => string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: () => 'The certificate is self-signed. Providers take those of public authorities only.',
  SELF_SIGNED_CERT_IN_CHAIN: () => PRIVATE_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: incomplete,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: incomplete,
}

/** Only its own certificate was sent: that of the authority between it and the root is missing, or nobody knows the root. */
function incomplete(certificate: DetailedPeerCertificate): string {
  const alone = certificate.issuerCertificate === undefined || certificate.issuerCertificate === certificate
  return alone
    ? 'The server sends its own certificate without the one between it and the root, or it is of an authority that nobody outside knows. Give the server the whole chain (fullchain.pem).'
    : PRIVATE_AUTHORITY
}

/** Facts 1.2 and 2.2: nobody should be able to paste http and have the token travel in the clear. */
async function plainStep(host: string, port: number): Promise<CheckStep> {
  const step = 'plain http'
  const url = `http://${host.includes(':') ? `[${host}]` : host}${port === 80 ? '' : `:${port}`}/scim/v2/ServiceProviderConfig`
  const heard = await send({ method: 'GET', url, headers: {}, timeoutMs: TIMEOUT_MS })
  if ('silence' in heard) return { step, ok: true, detail: `Nothing answers without TLS: ${heard.silence}.` }
  if (heard.status >= 300 && heard.status < 400 && /^https:/i.test(heard.location ?? ''))
    return { step, ok: true, detail: 'Whoever comes without TLS is sent to https.' }
  return {
    step,
    ok: false,
    detail: `${url} answers ${heard.status} without TLS: a token that is pasted with http would travel in the clear. Let port ${port} point to https, or close it.`,
  }
}
