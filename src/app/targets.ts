/**
 * The apps of the configuration, each with its connector, its calls and its protection.
 * Decides what a connector is opened with; must not know what it does.
 */
import type { AppConfig, Config } from '../config.ts'
import type { CallManners, ConnectorDefinition, HttpClient } from '../connectors/contract.ts'
import { openHttp, type Http } from '../connectors/http.ts'
import { openPace, paced, type Lane } from '../connectors/pace.ts'
import { purposeOfCall } from '../connectors/purpose.ts'
import type { AccountAttributes } from '../identity/account.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey, type AppKey } from '../store/deliveries.ts'
import { slowDown, takeTokens } from '../store/rate.ts'
import type { OpenTarget } from '../workflows/delivery-context.ts'
import type { Policies } from '../workflows/policies.ts'
import { openProtection } from '../workflows/protection.ts'
import { StartError, type Surroundings } from './starting.ts'

/** By the text of their key. */
export type Targets = ReadonlyMap<string, OpenTarget>

interface TargetSurroundings extends Surroundings {
  readonly db: Db
  /** Those there are. */
  readonly connectors: readonly ConnectorDefinition<unknown>[]
  readonly policies: Policies
}

export function openTargets(config: Config, surroundings: TargetSurroundings): Targets {
  const targets = new Map<string, OpenTarget>()
  for (const { id: tenant, apps } of config.tenants) {
    for (const app of apps) targets.set(textOfAppKey({ tenant, app: app.id }), openTarget(tenant, app, surroundings))
  }
  return targets
}

/** A client whose calls carry an id, are logged, and wait for their turn where the connector names a rate. */
function openCalls(
  { tenant, app, manners }: AppKey & { readonly manners: CallManners },
  { log, db }: TargetSurroundings,
): Http {
  const { rate, account, correlationHeader } = manners
  const http = openHttp({
    ...(correlationHeader === undefined ? {} : { correlationHeader }),
    onCall: (call) => log.debug({ tenant, app, call }, 'an app was called'),
  })
  const named: HttpClient = (request) => {
    const correlation = request.correlation ?? purposeOfCall()?.id
    return http.fetch(correlation === undefined ? request : { ...request, correlation })
  }
  if (rate === undefined) return { ...http, fetch: named }
  const key = { tenant, bucket: account ?? `app ${app}` }
  const pace = openPace(
    { take: (asked) => takeTokens(db, key, { ...asked, ...rate }), slowDown: (until) => slowDown(db, key, until) },
    rate,
  )
  return {
    fetch: paced(named, pace, laneOfCall),
    close: () => {
      pace.close()
      return http.close()
    },
  }
}

/** What is tried again after a failure, and what no delivery is behind, is not waited for by nobody. */
function laneOfCall(): Lane {
  const urgency = purposeOfCall()?.urgency ?? 1
  return urgency >= 2 ? 2 : urgency === 0 ? 0 : 1
}

function openTarget(tenant: string, app: AppConfig, surroundings: TargetSurroundings): OpenTarget {
  const { log, closers, connectors } = surroundings
  const definition = connectors.find(({ type }) => type === app.type)
  if (definition === undefined) throw new StartError(`There is no connector ${app.type}.`)
  const http = openCalls({ tenant, app: app.id, manners: definition.calls?.(app.entry) ?? {} }, surroundings)
  const connector = definition.open(app.entry, {
    fetch: http.fetch,
    now: () => new Date(),
    log: log.child({ app: app.id }),
  })
  closers.add(`app ${app.id}`, async () => {
    await connector.close()
    await http.close()
  })
  const { adopt, protect } = app
  const protection = openProtection({ connector, adopt, protect, now: () => new Date() })
  const { advice } = definition
  const policy = () => surroundings.policies.current({ tenant, app: app.id })
  return { connector, defaults: defaultsOf(app.entry), protection, policy, ...(advice === undefined ? {} : { advice }) }
}

/** `defaults:` of the entry, which every type of app may have. */
function defaultsOf(entry: unknown): AccountAttributes {
  if (typeof entry !== 'object' || entry === null || !('defaults' in entry)) return {}
  const { defaults } = entry
  return typeof defaults === 'object' && defaults !== null ? defaults : {}
}
