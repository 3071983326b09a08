/** Where what a server says of a person departs from what Okta told it. Pure; decides nothing about blame. */
import type { Answered } from '../answers.ts'
import type { Belief } from '../beliefs.ts'
import { compareBeliefs } from '../compare.ts'
import type { Person } from '../people.ts'
import { differences as departures, ENTERPRISE_SCHEMA, type JsonObject } from '../scim.ts'
import { oktaId } from './requests.ts'

/** One sentence for each attribute that was pushed and is not there as pushed. */
export function differences(told: Person, resource: JsonObject): string[] {
  const sent = [
    ['userName', told.userName],
    ['externalId', oktaId(told)],
    ['displayName', told.displayName],
    ['locale', told.locale],
    ['name.givenName', told.givenName],
    ['name.familyName', told.familyName],
    ['emails[type eq "work"].value', told.email],
    ['title', told.title],
    ['phoneNumbers[type eq "mobile"].value', told.mobilePhone],
    ['addresses[type eq "work"].country', told.country],
    [`${ENTERPRISE_SCHEMA}:department`, told.department],
  ] as const
  return departures('Okta', sent, resource)
}

/** What Okta believes against a whole import; see {@link compareBeliefs}. */
export function compareWithImport(beliefs: readonly Belief[], imported: readonly Answered[]): string[] {
  return compareBeliefs(beliefs, imported, differences)
}
