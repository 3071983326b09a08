/**
 * Which attributes the documents of a tenant may hold.
 * Decides that nothing is forgotten of it; must not know what a shape means (scim/as-kept.ts).
 */
import { createHash } from 'node:crypto'
import type { Queryable } from './db.ts'

/** To be called before anything is written with this shape. Returns all shapes there ever were, this one among them. */
export async function rememberShape(
  db: Queryable,
  tenant: string,
  shape: readonly string[],
): Promise<readonly (readonly string[])[]> {
  const text = JSON.stringify(shape)
  const digest = createHash('sha256').update(text).digest('hex')
  await db.query('insert into document_shape (tenant_id, digest, shape) values ($1, $2, $3) on conflict do nothing', [
    tenant,
    digest,
    text,
  ])
  const { rows } = await db.query<{ shape: string[] }>(
    'select document_shape.shape from document_shape where document_shape.tenant_id = $1',
    [tenant],
  )
  return rows.map((row) => row.shape)
}
