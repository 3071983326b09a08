/**
 * A self-signed certificate for `localhost`, made anew, so that no key lies in the repository.
 * Must not be used by product code. Just enough of X.509 (RFC 5280) and DER for a test server.
 */
import { generateKeyPairSync, sign } from 'node:crypto'

const der = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts)
  const { length } = body
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 255]
  return Buffer.concat([Buffer.from([tag, ...size]), body])
}
const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'))
const time = (at: Date): Buffer => der(0x17, Buffer.from(`${at.toISOString().replaceAll(/\D/g, '').slice(2, 14)}Z`))

const ED25519 = sequence(oid('2b6570'))
const COMMON_NAME = '550403'

export interface TestCertificate {
  readonly key: string
  readonly cert: string
}

export function localhostCertificate(days: { from: number; to: number } = { from: -1, to: 1 }): TestCertificate {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const day = (offset: number): Date => new Date(Date.now() + offset * 86_400_000)
  const name = sequence(der(0x31, sequence(oid(COMMON_NAME), der(0x0c, Buffer.from('localhost')))))
  const body = sequence(
    der(0x02, Buffer.from([1])),
    ED25519,
    name,
    sequence(time(day(days.from)), time(day(days.to))),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
  )
  const signature = der(0x03, Buffer.from([0]), sign(null, body, privateKey))
  const base64 = sequence(body, ED25519, signature).toString('base64').replaceAll(/.{64}/g, '$&\n')
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    cert: `-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`,
  }
}
