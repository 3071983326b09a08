/**
 * Looks at certificates and metadata, when they are due.
 * Decides how often; must not know what is looked at (watch-certificates.ts).
 */
import { ConnectorError, type Connector } from '../connectors/contract.ts'
import { every } from '../durable/timers.ts'
import { appKeyOf, textOfAppKey } from '../store/deliveries.ts'
import { endLook, keepPlace, takeDue, type Watched } from '../store/sso.ts'
import { lookAt, type WatchContext } from './watch-certificates.ts'

export interface WatchPace {
  /** Between two looks for what is due. */
  readonly lookSeconds: number
  readonly everySeconds: number
  /** After metadata could not be read, and for whoever dies over a look. */
  readonly retrySeconds: number
}

export const WATCH_PACE: WatchPace = { lookSeconds: 15, everySeconds: 6 * 3_600, retrySeconds: 15 * 60 }

/** How old the place may be that the launch link leads to. */
const PLACE_MS = 86_400_000

export interface WatchOptions extends WatchContext {
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, { readonly connector: Pick<Connector, 'signOnPlace'> }>
  readonly pace: WatchPace
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
  readonly onError: (error: unknown) => void
}

/** Returns how to stop: a look under way ends first. */
export function openCertificateWatch(options: WatchOptions): () => Promise<void> {
  const { db, pace, targets, onError } = options
  const keys = [...targets.keys()].map(appKeyOf)
  let closed = false
  const look = async (): Promise<void> => {
    while (!closed) {
      const watched = await takeDue(db, { keys, seconds: pace.retrySeconds })
      if (watched === undefined) return
      await lookOnce(options, watched)
    }
  }
  const stop = every(pace.lookSeconds, look, onError)
  return () => {
    closed = true
    return stop()
  }
}

async function lookOnce(options: WatchOptions, watched: Watched): Promise<void> {
  const { db, pace, log } = options
  const { tenant, app } = watched
  const looked = await lookAt(options, watched)
  await endLook(db, watched, { ...looked, next: looked.why === undefined ? pace.everySeconds : pace.retrySeconds })
  const ending = Object.keys(looked.told).length
  if (looked.why !== undefined) log.warn({ tenant, app, why: looked.why }, 'metadata of a provider could not be read')
  else log.info({ tenant, app, ending }, "an app's sign-on was looked at")
  await refreshPlace(options, watched)
}

/** The launch link goes on leading where it did, where the app cannot be asked. */
async function refreshPlace({ db, targets, now, log }: WatchOptions, watched: Watched): Promise<void> {
  const { placeAt } = watched
  const { connector } = targets.get(textOfAppKey(watched)) ?? {}
  if (connector?.signOnPlace === undefined || (placeAt !== null && now().getTime() - placeAt.getTime() < PLACE_MS))
    return
  try {
    await keepPlace(db, watched, await connector.signOnPlace())
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error
    const { tenant, app } = watched
    log.warn({ tenant, app, why: error.refusal.detail }, 'where the people of an app sign in could not be asked')
  }
}
