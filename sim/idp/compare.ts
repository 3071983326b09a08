/**
 * Where what a server lists departs from what a provider believes. Pure; decides nothing about blame.
 */
import type { Answered } from './answers.ts'
import type { Belief } from './beliefs.ts'
import type { Person } from './people.ts'
import type { JsonObject } from './scim.ts'

/** One sentence for each attribute of a person that was pushed and is not there as pushed. */
export type Differences = (told: Person, resource: JsonObject) => readonly string[]

/**
 * Compares what a provider believes with a whole import: one sentence for each person who is missing, differs, is active
 * against the last word, was deleted and is listed all the same, or shares a userName with somebody else. Users the
 * provider never linked are nobody's error.
 */
export function compareBeliefs(
  beliefs: readonly Belief[],
  imported: readonly Answered[],
  differences: Differences,
): string[] {
  const byId = new Map(imported.map((user) => [user.id, user.resource]))
  const found: string[] = []
  for (const belief of beliefs) {
    if (belief.id === undefined || belief.told === undefined) continue
    const who = belief.told.userName
    const resource = byId.get(belief.id)
    if (belief.status === 'removed') {
      if (resource !== undefined) found.push(`${who}: id ${belief.id} was deleted and is still listed`)
      continue
    }
    if (resource === undefined) {
      found.push(`${who}: the server no longer lists id ${belief.id}`)
      continue
    }
    found.push(...differences(belief.told, resource).map((difference) => `${who}: ${difference}`))
    if (resource['active'] !== belief.active)
      found.push(`${who}: active is ${JSON.stringify(resource['active'])}, the provider said ${belief.active}`)
  }
  return [...found, ...sharedNames(imported)]
}

function sharedNames(imported: readonly Answered[]): string[] {
  const owners = new Map<string, string>()
  const found: string[] = []
  for (const { id, resource } of imported) {
    const name = String(resource['userName']).toLowerCase()
    const owner = owners.get(name)
    if (owner !== undefined && owner !== id) found.push(`${name}: two users, ${owner} and ${id}, have this userName`)
    owners.set(name, id)
  }
  return found
}
