/**
 * Where the people of a tenant sign in, as its token and its discovery say (facts, sections 1.2, 2.5 and 8.2).
 * Decides which issuer is believed; must not call anything beyond signing in.
 */
import type { SignOnPlace } from '../contract.ts'
import { isOfTheSame, issuerOf, signInHost, unslashed } from './areas.ts'
import type { CxoneConfig } from './config.ts'
import type { Sessions } from './session.ts'

type Entry = Pick<CxoneConfig, 'area' | 'issuer' | 'tenantId'>

/** An issuer of another house than the one signed in at is not one that people are sent to. */
export async function signOnPlace(entry: Entry, sessions: Pick<Sessions, 'current'>): Promise<SignOnPlace> {
  const { said, tenantId = entry.tenantId, area = entry.area } = await sessions.current()
  const named = said.iss !== undefined && isOfTheSame(signInHost(entry), said.iss) ? said.iss : issuerOf(entry)
  return {
    issuer: unslashed(named),
    ...(tenantId === undefined ? {} : { tenantId }),
    ...(said.tenant === undefined ? {} : { tenantName: said.tenant }),
    ...(said.icBUId === undefined ? {} : { businessUnit: said.icBUId }),
    ...(said.icClusterId === undefined ? {} : { cluster: said.icClusterId }),
    ...(area === undefined ? {} : { area }),
  }
}
