/**
 * Which attribute of the directory goes where (facts 2.4, the body of #5), and where a user departs from it. Pure;
 * decides nothing about who is pushed.
 */
import type { Person } from '../people.ts'
import { ENTERPRISE_SCHEMA, valueAt, type JsonObject, type Sent } from '../scim.ts'

/** The attribute by which Entra looks for a user, of those the facts name (#3). */
export type Matching = 'userName' | 'externalId' | 'email'

/** Sent as externalId: the local part of the mail address. */
export function mailNickname(person: Person): string {
  return person.email.split('@')[0] ?? person.email
}

/** Where what is matched on stands in a user. */
export const MATCHING_PATH: Readonly<Record<Matching, string>> = {
  userName: 'userName',
  externalId: 'externalId',
  email: 'emails[type eq "work"].value',
}

/** Path and value of what is matched on. */
export function matchingPair(person: Person, matching: Matching): readonly [path: string, value: string] {
  const value = { userName: person.userName, externalId: mailNickname(person), email: person.email }[matching]
  return [MATCHING_PATH[matching], value]
}

/** Every mapped attribute but `active`. What the person has not is not sent: outbound jobs clear nothing (facts 2.6). */
export function mapping(person: Person): Sent {
  return [
    ['userName', person.userName],
    ['externalId', mailNickname(person)],
    ['displayName', person.displayName],
    ['name.givenName', person.givenName],
    ['name.familyName', person.familyName],
    ['name.formatted', `${person.givenName} ${person.familyName}`],
    ['emails[type eq "work"].value', person.email],
    ['title', person.title],
    ['phoneNumbers[type eq "mobile"].value', person.mobilePhone],
    [`${ENTERPRISE_SCHEMA}:department`, person.department],
  ]
}

/** One attribute to set. `isNew`: the user had none. */
export interface Change {
  readonly path: string
  readonly value: unknown
  readonly isNew: boolean
}

/** What must be set at a user as it was read, so that it is as sent. Values are compared exactly (facts 2.7). */
export function changesTo(resource: JsonObject, sent: Sent): Change[] {
  return sent.flatMap(([path, value]) => {
    const found = valueAt(resource, path)
    return value === undefined || found === value ? [] : [{ path, value, isNew: found === undefined || found === null }]
  })
}
