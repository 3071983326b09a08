/** Whether the groups that a provider believes in are those of the server. Reads only. */
import type { GroupBelief } from '../../sim/idp/groups.ts'
import { scimClient } from '../support/scim.ts'

/** One sentence for each group about which they do not agree; groups the provider has deleted must be gone. */
export async function groupDisagreements(
  { base, token }: { readonly base: string; readonly token: string },
  beliefs: readonly GroupBelief[],
): Promise<string[]> {
  const scim = scimClient(base, token)
  const findings: string[] = []
  for (const { group, status, id, told } of beliefs) {
    const { displayName } = group
    const filter = encodeURIComponent(`displayName eq ${JSON.stringify(displayName)}`)
    const { Resources } = (await scim('GET', `/Groups?filter=${filter}`)).body
    const [found] = Resources as unknown as { id: string; members?: { value: string }[] }[]
    if (status === 'removed') {
      if (found !== undefined) findings.push(`${displayName} was deleted and is there`)
      continue
    }
    const held = (found?.members ?? []).map(({ value }) => value).toSorted()
    if (found?.id !== id) findings.push(`${displayName} is ${found?.id}, believed to be ${id}`)
    if (String(held) !== String((told?.members ?? []).toSorted()))
      findings.push(`${displayName} has ${held.length} members, ${told?.members.length} are believed`)
  }
  return findings
}
