/**
 * Policies as people read them: the one in force and those before it.
 * Decides what is read; must not know what a policy says.
 */
import { userNameKey } from '../../identity/user-name.ts'
import type { Queryable } from '../db.ts'
import type { AppKey } from '../deliveries.ts'
import { iso, partOf, type Part } from './page.ts'

export interface PolicyVersionRow {
  readonly version: number
  readonly hash: string
  readonly origin: 'declared' | 'saved'
  readonly savedAt: string
  readonly savedBy: string
  /** It is the one in force. */
  readonly current: boolean
}

export interface PolicyVersionWholeRow extends PolicyVersionRow {
  readonly document: Record<string, unknown>
  readonly text: string | null
}

interface Row extends Omit<PolicyVersionRow, 'savedAt'> {
  created_at: Date
}

const FIELDS = `policy_version.version, policy_version.hash, policy_version.origin, policy_version.created_at,
  policy_version.created_by as "savedBy", policy_version.version = app.policy_version as current`

const OF_APP = `policy_version join app on app.tenant_id = policy_version.tenant_id and app.id = policy_version.app_id
  where policy_version.tenant_id = $1 and policy_version.app_id = $2`

const shown = ({ created_at, ...row }: Row): PolicyVersionRow => ({ ...row, savedAt: iso(created_at) })

export interface PolicyStanding {
  /** rollcall.yaml says what the policy is. */
  readonly declared: boolean
  /** The version in force. */
  readonly version: number | null
}

/** `undefined` where there is no such app. */
export async function readPolicyStanding(db: Queryable, { tenant, app }: AppKey): Promise<PolicyStanding | undefined> {
  const { rows } = await db.query<PolicyStanding>(
    `select app.policy_declared as declared, app.policy_version as version from app where app.tenant_id = $1 and app.id = $2`,
    [tenant, app],
  )
  return rows[0]
}

/** One version of the policy of an app, whole. */
export async function readVersion(
  db: Queryable,
  { tenant, app, version }: AppKey & { readonly version: number },
): Promise<PolicyVersionWholeRow | undefined> {
  const { rows } = await db.query<Row & Pick<PolicyVersionWholeRow, 'document' | 'text'>>(
    `select ${FIELDS}, policy_version.document, policy_version.text from ${OF_APP} and policy_version.version = $3`,
    [tenant, app, version],
  )
  const [row] = rows
  if (row === undefined) return undefined
  const { document, text, ...fields } = row
  return { ...shown(fields), document, text }
}

export interface VersionList extends AppKey {
  readonly limit: number
  /** The last version of the page before. */
  readonly before?: number | undefined
}

const LARGEST = 2_147_483_647

/** The versions of an app, newest first, without what they say. */
export async function listVersions(
  db: Queryable,
  { tenant, app, limit, before = LARGEST }: VersionList,
): Promise<Part<PolicyVersionRow, number>> {
  const { rows } = await db.query<Row>(
    `select ${FIELDS} from ${OF_APP} and policy_version.version < $3 order by policy_version.version desc limit $4`,
    [tenant, app, before, limit + 1],
  )
  return partOf(rows, limit, { item: shown, key: ({ version }) => version })
}

/** Somebody a policy can be tried on. */
export interface NamedIdentity {
  readonly connection: string
  readonly identity: string
  /** Order within the connection. */
  readonly seq: number
  /** Their connection has the app. */
  readonly attached: boolean
}

/** Everybody of a tenant who has this name just now, those whose connection has the app first. */
export async function findNamed(
  db: Queryable,
  {
    tenant,
    app,
    userName,
    connection,
  }: AppKey & { readonly userName: string; readonly connection?: string | undefined },
): Promise<NamedIdentity[]> {
  const { rows } = await db.query<NamedIdentity>(
    `select identity.connection_id as connection, identity.id as identity, identity.seq,
            connection_app.app_id is not null as attached
     from identity
     left join connection_app on connection_app.tenant_id = identity.tenant_id
       and connection_app.connection_id = identity.connection_id and connection_app.app_id = $2
     where identity.tenant_id = $1 and identity.user_name_key = $3 and ($4::text is null or identity.connection_id = $4)
       and identity.deleted_at is null and not identity.shown and not identity.undecided
     order by attached desc, identity.connection_id`,
    [tenant, app, userNameKey(userName), connection ?? null],
  )
  return rows
}

export interface EntryRow {
  readonly kind: string
  readonly id: string
  readonly name: string
  readonly charges?: readonly string[]
}

const MOST_ENTRIES = 50_000

/** What the app's own ids of roles, teams and so on mean, as it was last read. */
export async function listEntryNames(db: Queryable, { tenant, app }: AppKey): Promise<EntryRow[]> {
  const { rows } = await db.query<Omit<EntryRow, 'charges'> & { charges: string[] | null }>(
    `select entitlement.kind, entitlement.id, entitlement.name, entitlement.detail -> 'charges' as charges from entitlement
     where entitlement.tenant_id = $1 and entitlement.app_id = $2 limit $3`,
    [tenant, app, MOST_ENTRIES],
  )
  return rows.map(({ charges, ...row }) => (charges === null ? row : { ...row, charges }))
}
