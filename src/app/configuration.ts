/**
 * rollcall.yaml at the start: read, held against the connectors there are, and written into the database.
 * Decides when that happens and what is told of it; must not know any of its keys (config/ does).
 */
import { loadConfig, renderProblem, type Config } from '../config.ts'
import type { ConnectorDefinition } from '../connectors/contract.ts'
import { applyConfiguration } from '../operations/apply-configuration.ts'
import { policyWarnings } from '../operations/policy-warnings.ts'
import { shapeOf, showsAsKept } from '../scim/as-kept.ts'
import { indexAttributes } from '../store/attribute-indexes.ts'
import type { Db } from '../store/db.ts'
import { rememberShape } from '../store/document-shapes.ts'
import type { SecretBox } from '../store/secrets.ts'
import { compileDeclared } from './policies.ts'
import type { typesOfTenants } from './types-of-tenants.ts'
import { StartError, type StartOptions, type Surroundings } from './starting.ts'

/** Throws {@link StartError} if none is named, ConfigError for what is wrong in it. */
export async function readConfig(
  { settings, log, env }: StartOptions,
  connectors: readonly ConnectorDefinition<unknown>[],
): Promise<Config> {
  if (settings.configPath === undefined) {
    throw new StartError(
      'No configuration is named. Start with --config rollcall.yaml (or set ROLLCALL_CONFIG); examples/rollcall.yaml is one to begin with.',
    )
  }
  const definitions = new Map(connectors.map((definition) => [definition.type, definition]))
  const config = await loadConfig({ path: settings.configPath, env, definitions, compile: compileDeclared })
  for (const warning of config.warnings) log.warn(warning)
  return config
}

/** Tenants whose documents, however old they are, show all they hold. Nothing may be written before it is known. */
export async function tenantsShownAsKept(
  db: Db,
  types: ReturnType<typeof typesOfTenants>,
): Promise<ReadonlySet<string>> {
  const shown = new Set<string>()
  for (const [tenant, own] of types) {
    const earlier = await rememberShape(db, tenant, shapeOf(own))
    if (showsAsKept(own, earlier)) shown.add(tenant)
  }
  return shown
}

interface Declaring extends Pick<Surroundings, 'log'> {
  readonly db: Db
  readonly secrets: SecretBox
  /** Of rollcall.yaml. */
  readonly path: string | undefined
}

/** Makes the database say what the file says. */
export async function declare(config: Config, { db, secrets, log, path }: Declaring): Promise<void> {
  const applied = await applyConfiguration({ db, secrets }, config.tenants)
  if (applied.deliveries > 0)
    log.info({ deliveries: applied.deliveries }, 'people who were here before their app will be delivered')
  await indexAttributes(db, config.tenants)
  await warnOfPolicies(config, { db, log, path })
}

/** What whoever saves a policy is told of it, of those that nobody saves. */
async function warnOfPolicies(config: Config, { db, log, path }: Omit<Declaring, 'secrets'>): Promise<void> {
  for (const { id: tenant, apps } of config.tenants) {
    for (const { id: app, policy } of apps) {
      if (policy === undefined) continue
      const warnings = await policyWarnings(db, { tenant, app }, { before: undefined, policy: policy.policy })
      for (const warning of warnings) {
        const place = policy.place(warning.path)
        log.warn({ tenant, app, line: place.line }, renderProblem({ ...warning, ...place }, path))
      }
    }
  }
}
