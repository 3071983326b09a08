/**
 * Keys with which programs sign in as somebody (facts, section 4.8).
 * Decides what is told of them; must not make, change or use one.
 */
import { z } from 'zod'
import type { AccessKey } from '../../identity/access-key.ts'
import type { Page } from '../contract.ts'
import type { Ask } from './client.ts'

const key = z
  .looseObject({
    accessKeyId: z.string().min(1),
    userId: z.string().min(1).nullish(),
    isActive: z.unknown(),
    lastUsedDate: z.string().nullish(),
  })
  .transform((raw): AccessKey => ({
    id: raw.accessKeyId,
    ...(raw.userId == null ? {} : { account: raw.userId }),
    active: raw.isActive !== false,
    ...('lastUsedDate' in raw ? { lastUsed: raw.lastUsedDate || null } : {}),
  }))

const list = z.looseObject({
  accessKeys: z.array(key).nullish(),
  totalRecords: z.coerce.number().int().nullish().catch(null),
})

/** All of the business unit, with one call: how that list has pages is not written down, so fewer than it counts are not all. */
export async function listKeys(ask: Ask): Promise<Page<AccessKey>> {
  const { accessKeys, totalRecords } = await ask({ method: 'GET', path: '/access-key-management/v1/access-keys' }, list)
  const records = accessKeys ?? []
  if (totalRecords == null || totalRecords <= records.length) return { records, verdict: 'whole' }
  const why = `CXone listed ${records.length} of ${totalRecords} access keys.`
  return { records, verdict: 'partial', why }
}
