/**
 * Where what a server says of a person departs from what Okta told it. Pure; decides nothing about blame.
 */
import type { Person } from '../people.ts'
import type { AnsweredUser } from './answers.ts'
import type { Belief } from './beliefs.ts'
import { ENTERPRISE_SCHEMA, isObject, oktaId, type JsonObject } from './requests.ts'

/** One sentence for each attribute that was pushed and is not there as pushed. */
export function differences(told: Person, resource: JsonObject): string[] {
  const name = part(resource['name'])
  const pairs: readonly (readonly [attribute: string, told: unknown, found: unknown])[] = [
    ['userName', told.userName, resource['userName']],
    ['externalId', oktaId(told), resource['externalId']],
    ['displayName', told.displayName, resource['displayName']],
    ['locale', told.locale, resource['locale']],
    ['name.givenName', told.givenName, name['givenName']],
    ['name.familyName', told.familyName, name['familyName']],
    ['emails[type eq "work"].value', told.email, valueOfType(resource['emails'], 'work')],
    ['title', told.title, resource['title']],
    ['phoneNumbers[type eq "mobile"].value', told.mobilePhone, valueOfType(resource['phoneNumbers'], 'mobile')],
    ['department', told.department, part(resource[ENTERPRISE_SCHEMA])['department']],
  ]
  return pairs
    .filter(([, wanted, found]) => wanted !== undefined && wanted !== found)
    .map(
      ([attribute, wanted, found]) => `${attribute} is ${JSON.stringify(found)}, Okta pushed ${JSON.stringify(wanted)}`,
    )
}

/**
 * Compares what Okta believes with a whole import: one sentence for each person who is missing, differs, is active
 * against the last word, or shares a userName with somebody else. Users Okta never linked are nobody's error.
 */
export function compareWithImport(beliefs: readonly Belief[], imported: readonly AnsweredUser[]): string[] {
  const byId = new Map(imported.map((user) => [user.id, user.resource]))
  const found: string[] = []
  for (const belief of beliefs) {
    if (belief.id === undefined || belief.told === undefined) continue
    const who = belief.told.userName
    const resource = byId.get(belief.id)
    if (resource === undefined) {
      found.push(`${who}: the server no longer lists id ${belief.id}`)
      continue
    }
    found.push(...differences(belief.told, resource).map((difference) => `${who}: ${difference}`))
    const active = belief.status === 'linked'
    if (resource['active'] !== active)
      found.push(`${who}: active is ${JSON.stringify(resource['active'])}, Okta said ${active}`)
  }
  return [...found, ...sharedNames(imported)]
}

function sharedNames(imported: readonly AnsweredUser[]): string[] {
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

function valueOfType(list: unknown, type: string): unknown {
  if (!Array.isArray(list)) return undefined
  const elements: readonly unknown[] = list
  return elements.map(part).find((element) => element['type'] === type)?.['value']
}

function part(value: unknown): JsonObject {
  return isObject(value) ? value : {}
}
