/**
 * What a move from one provider to another is decided by: who owns what, and who might own it.
 * Decides what is read; must not decide who is the same person (identity/counterpart.ts).
 */
import type { UserDocument } from '../scim/resource.ts'
import type { Queryable } from './db.ts'

export interface HandoverScope {
  readonly tenant: string
  readonly from: string
  readonly to: string
  readonly app?: string | undefined
}

/** An account that follows an identity of the connection that is left. */
export interface OwnedAccount {
  /** Id of the link, the order of the list. */
  readonly link: number
  readonly app: string
  readonly account: string
  readonly identity: string
  readonly userName: string
  readonly userNameKey: string
  readonly active: boolean
  readonly document: UserDocument
}

/** The next accounts that live identities of the connection own, after a link. */
export async function listOwnedAccounts(
  db: Queryable,
  scope: HandoverScope,
  { after, limit }: { after: number; limit: number },
): Promise<OwnedAccount[]> {
  const { rows } = await db.query<OwnedAccount>(
    `select link.id as link, link.app_id as app, link.account_id as account, identity.id as identity, identity.user_name as "userName",
            identity.user_name_key as "userNameKey", identity.active, identity.document
     from link
     join identity on identity.tenant_id = link.tenant_id and identity.connection_id = link.connection_id and identity.id = link.identity_id
     where link.tenant_id = $1 and link.connection_id = $2 and ($3::text is null or link.app_id = $3) and link.id > $4
       and link.origin is not null and link.state in ('linked', 'disputed') and identity.deleted_at is null
     order by link.id limit $5`,
    [scope.tenant, scope.from, scope.app ?? null, after, limit],
  )
  return rows
}

/** Somebody of the other connection, with what they own already. */
export interface Candidate {
  readonly id: string
  readonly userName: string
  readonly userNameKey: string
  readonly active: boolean
  readonly document: UserDocument
  /** Apps in which they own an account. */
  readonly owns: readonly string[]
  /** Their provider was refused for the sake of the account's owner and asks again: the link in each app that says so. */
  readonly refused: Readonly<Record<string, number>> | null
}

/**
 * Everybody of the other connection who has one of these names, addresses or numbers. Addresses and numbers
 * in lower case. Also whom its provider was refused, the last of each name: a connection that confirms has them in no other way.
 */
export async function findCandidates(
  db: Queryable,
  scope: HandoverScope,
  { names, emails, numbers }: { names: readonly string[]; emails: readonly string[]; numbers: readonly string[] },
): Promise<Candidate[]> {
  const { rows } = await db.query<Candidate>(
    `select identity.id, identity.user_name as "userName", identity.user_name_key as "userNameKey", identity.active, identity.document,
            array(select link.app_id from link
                  where link.tenant_id = identity.tenant_id and link.connection_id = identity.connection_id and link.identity_id = identity.id
                    and link.origin is not null and link.state <> 'deleted') as owns,
            case when identity.refused_at is not null then (
              select jsonb_object_agg(link.app_id, link.id) from link
              where link.tenant_id = identity.tenant_id and link.connection_id = identity.connection_id and link.identity_id = identity.id
                and link.state = 'disputed') end as refused
     from identity
     where identity.tenant_id = $1 and identity.connection_id = $2 and not identity.undecided and not identity.shown
       and (identity.deleted_at is null or (identity.refused_at is not null and not exists (
              select from identity newer
              where newer.tenant_id = identity.tenant_id and newer.connection_id = identity.connection_id
                and newer.user_name_key = identity.user_name_key and newer.id <> identity.id
                and (newer.deleted_at is null or newer.refused_at > identity.refused_at))))
       and (identity.user_name_key = any($3)
            or exists (select from jsonb_path_query(identity.document, '$.emails[*].value') as email
                       where lower(email #>> '{}') = any($4))
            or lower(identity.document #>> '{urn:ietf:params:scim:schemas:extension:enterprise:2.0:User,employeeNumber}') = any($5))`,
    [scope.tenant, scope.to, names, emails, numbers],
  )
  return rows
}

/** Which of the two connections there are, and the apps they share. */
export async function readSides(
  db: Queryable,
  scope: HandoverScope,
): Promise<{ readonly connections: readonly string[]; readonly appsOfTo: readonly string[] }> {
  const { rows } = await db.query<{ connections: string[]; apps: string[] }>(
    `select array(select connection.id from connection where connection.tenant_id = $1 and connection.id in ($2, $3)) as connections,
            array(select connection_app.app_id from connection_app where connection_app.tenant_id = $1 and connection_app.connection_id = $3) as apps`,
    [scope.tenant, scope.from, scope.to],
  )
  return { connections: rows[0]?.connections ?? [], appsOfTo: rows[0]?.apps ?? [] }
}
