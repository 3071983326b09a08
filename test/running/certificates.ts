/**
 * Certificates for tests, made by the openssl of this machine and never kept.
 * Must not be used by product code.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface TestCertificate {
  readonly cert: string
  readonly key: string
}

/** Why there are none on this machine. */
export const noOpenssl: string | undefined = (() => {
  try {
    execFileSync('openssl', ['version'])
    return undefined
  } catch {
    return 'there is no openssl on this machine to make certificates with'
  }
})()

/** Signed by itself, for localhost and 127.0.0.1. */
export function makeCertificate(given: { commonName?: string; days?: number } = {}): TestCertificate {
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-certificate-'))
  try {
    const [cert, key] = [join(folder, 'cert.pem'), join(folder, 'key.pem')]
    const kind = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key]
    const names = [
      '-subj',
      `/CN=${given.commonName ?? 'localhost'}`,
      '-addext',
      'subjectAltName=DNS:localhost,IP:127.0.0.1',
    ]
    execFileSync('openssl', ['req', '-x509', ...kind, '-out', cert, '-days', String(given.days ?? 60), ...names], {
      stdio: 'pipe',
    })
    return { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
