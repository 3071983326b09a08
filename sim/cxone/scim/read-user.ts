// Decides what a create, a PUT or a PATCH of native SCIM says about a user (facts 3.2, 3.3): reads the attributes into
// the words of UserHub, and overlooks what Account Settings have not enabled. Allows and writes nothing.
import { type Json, toList, toObject, toText } from '../input.ts'
import type { StoredUser } from '../records.ts'
import { invalid, readUserWrite, type UserWrite } from '../user-fields.ts'
import type { World } from '../world.ts'
import type { OptionalName } from './account.ts'
import { authenticatorIn, roleIn, teamIn } from './references.ts'
import { NICE } from './show-user.ts'

export type Extra = Partial<
  Pick<StoredUser, 'middleName' | 'displayName' | 'type' | 'loginAuthenticatorId' | 'scimExternalId'>
>

/** What was said; nothing of what was left out. */
export interface Reading {
  readonly write: UserWrite
  readonly extra: Extra
  readonly active: boolean | undefined
}

/** @throws Refusal when a value cannot be */
export function readUser(body: Json, world: World): Reading {
  const name = toObject(body['name'] ?? {}, 'name')
  const enabled = (what: OptionalName): boolean => world.account.attributes[what]
  const said: Json = {
    userName: body['userName'],
    firstName: name['givenName'],
    lastName: name['familyName'],
    emailAddress: mailIn(body['emails']),
    ...(enabled('mobileNumber') ? { mobileNumber: phoneIn(body['phoneNumbers']) } : {}),
    ...(enabled('timeZone') ? { timeZone: zoneIn(body, world) } : {}),
  }
  const write = readUserWrite(present(said), world)
  const extension = toObject(body[NICE] ?? {}, NICE)
  if (enabled('primaryRole')) Object.assign(write, present({ roleUUID: roleIn(body['roles'], world) }))
  if (enabled('team')) Object.assign(write, present({ teamId: teamIn(extension['team'], world) }))
  return { write, extra: extraIn(body, { name, extension, enabled, world }), active: activeIn(body['active']) }
}

function extraIn(
  body: Json,
  from: { name: Json; extension: Json; enabled: (what: OptionalName) => boolean; world: World },
): Extra {
  const { name, extension, enabled, world } = from
  return present({
    middleName: enabled('middleName') ? plain(name['middleName'], 'name.middleName') : undefined,
    displayName: enabled('displayName') ? (plain(body['displayName'], 'displayName') ?? undefined) : undefined,
    type: enabled('type') ? plain(body['userType'], 'userType') : undefined,
    loginAuthenticatorId: enabled('loginAuthenticator')
      ? authenticatorIn(extension['loginAuthenticator'], world)
      : undefined,
    scimExternalId: world.switches.scimExternalId === 'kept' ? plain(body['externalId'], 'externalId') : undefined,
  })
}

/** Null clears. */
function plain(value: unknown, where: string): string | null | undefined {
  return value === undefined || value === null ? value : toText(value, where)
}

function present(fields: Json): Json {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
}

function zoneIn(body: Json, { switches }: World): unknown {
  return body['timezone'] === undefined && switches.scimTimeZoneName === 'both' ? body['timeZone'] : body['timezone']
}

function mailIn(emails: unknown): unknown {
  return emails === undefined ? undefined : primaryValue(emails, 'emails')
}

function phoneIn(phones: unknown): unknown {
  if (phones === undefined || phones === null) return phones
  return toList(phones, 'phoneNumbers').length === 0 ? null : primaryValue(phones, 'phoneNumbers')
}

/** The value of the primary one, or of the first. */
function primaryValue(list: unknown, where: string): unknown {
  const items = toList(list, where).map((item, index) => toObject(item, `${where}[${index}]`))
  const chosen = items.find(({ primary }) => primary === true || primary === 'true') ?? items[0]
  if (chosen === undefined) throw invalid('REQUIRED_FIELD_MISSING', `${where} must hold one at least`)
  return chosen['value']
}

/** Strings count, since values of a PATCH are strings in the model (facts 3.4). */
function activeIn(value: unknown): boolean | undefined {
  if (value === undefined || typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.toLowerCase() : ''
  if (text === 'true' || text === 'false') return text === 'true'
  throw invalid('BAD_VALUE', 'active must be true or false')
}
