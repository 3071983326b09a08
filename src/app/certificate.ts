/**
 * The certificate at the start, if Rollcall serves TLS itself.
 * Decides how often its files are looked at; must not read them (http/tls.ts does).
 */
import { every } from '../durable/timers.ts'
import { openTls, type Tls } from '../http/tls.ts'
import { TlsPairError } from '../http/tls-pair.ts'
import { StartError, type StartOptions, type Surroundings } from './starting.ts'

/** Seconds between looks at the files. */
const LOOK_SECONDS = 5

/** Undefined where somebody else serves TLS, or nobody. Throws {@link StartError} for files that cannot be served. */
export async function openCertificate(
  { settings, tlsSeconds = LOOK_SECONDS }: StartOptions,
  { log, closers }: Surroundings,
): Promise<Tls | undefined> {
  if (settings.tls === undefined) return undefined
  const onError = (error: unknown): void => log.error({ err: error }, 'the certificate could not be looked at')
  try {
    const tls = await openTls({ ...settings.tls, log, now: () => new Date() })
    closers.add('the certificate', every(tlsSeconds, tls.look, onError))
    return tls
  } catch (error) {
    if (!(error instanceof TlsPairError)) throw error
    throw new StartError(
      `TLS cannot be served: ${error.message}. ROLLCALL_TLS_CERT names the certificate with its chain, ROLLCALL_TLS_KEY its key, both PEM files that the user of rollcall serve may read.`,
    )
  }
}
