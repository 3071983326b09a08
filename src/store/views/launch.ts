/**
 * Where the launch link of an app leads.
 * Decides which app is meant; must not change anything, nor tell why there is none.
 */
import type { Queryable } from '../db.ts'

export interface Launched {
  /** Left out, the app must be the only one of its id that people can be sent to. */
  readonly tenant?: string | undefined
  readonly app: string
}

/** The issuer that the app itself has named; undefined where there is no such app, none that is known, or more than one. */
export async function findIssuer(db: Queryable, { tenant, app }: Launched): Promise<string | undefined> {
  const { rows } = await db.query<{ issuer: string }>({
    name: 'find-launch',
    text: `
      select sign_on.place ->> 'issuer' as issuer from sign_on
      join app on app.tenant_id = sign_on.tenant_id and app.id = sign_on.app_id
      where sign_on.app_id = $1 and ($2::text is null or sign_on.tenant_id = $2) and app.detached_at is null
        and sign_on.place ->> 'issuer' is not null
      limit 2`,
    values: [app, tenant ?? null],
  })
  return rows.length === 1 ? rows[0]?.issuer : undefined
}
