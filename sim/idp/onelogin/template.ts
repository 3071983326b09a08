/**
 * The JSON template that the administrator of a OneLogin connector writes for a user: free text with macros (facts 3.1,
 * 3.4), which may be wrong. Pure.
 */
import type { Person } from '../people.ts'
import { ENTERPRISE_SCHEMA, isObject, USER_SCHEMA, valueAt, type JsonObject, type Sent } from '../scim.ts'

/** The connectors for SCIM 2.0. */
export type Variant = 'core' | 'enterprise'

const CORE = {
  schemas: [USER_SCHEMA],
  userName: '{$parameters.scimusername}',
  externalId: '{$user.id}',
  displayName: '{$user.display_name}',
  name: { givenName: '{$user.firstname}', familyName: '{$user.lastname}' },
  emails: [{ value: '{$user.email}', type: 'work', primary: true }],
  title: '{$user.title}',
}

/** What the connector proposes; the administrator may write anything else. */
export const TEMPLATES: Readonly<Record<Variant, string>> = {
  core: JSON.stringify(CORE, null, 2),
  enterprise: JSON.stringify(
    {
      ...CORE,
      schemas: [USER_SCHEMA, ENTERPRISE_SCHEMA],
      [ENTERPRISE_SCHEMA]: { department: '{$user.department}' },
    },
    null,
    2,
  ),
}

/** What each macro stands for. */
const MACROS: Readonly<Record<string, (person: Person) => string | undefined>> = {
  'parameters.scimusername': (person) => person.userName,
  'user.id': oneLoginId,
  'user.username': (person) => person.userName,
  'user.email': (person) => person.email,
  'user.firstname': (person) => person.givenName,
  'user.lastname': (person) => person.familyName,
  'user.display_name': (person) => person.displayName,
  'user.title': (person) => person.title,
  'user.department': (person) => person.department,
  'user.phone': (person) => person.mobilePhone,
  'user.preferred_locale_code': (person) => person.locale,
}

/** A number, as OneLogin's ids are; the same for one person always. */
export function oneLoginId(person: Person): string {
  let id = 7
  for (const letter of person.key) id = (id * 31 + (letter.codePointAt(0) ?? 0)) % 900_000_007
  return String(100_000_000 + id)
}

/** The template with its macros filled in, so that a value cannot end a JSON string; a macro nobody knows is empty. */
export function render(template: string, person: Person): string {
  return template.replaceAll(/\{\$([\w.]+)\}/g, (_whole, name: string) =>
    JSON.stringify(MACROS[name]?.(person) ?? '').slice(1, -1),
  )
}

/**
 * The body for a person. `active` is laid over it, as a string where the template has one. A template that is no JSON
 * object goes out as it stands.
 */
export function bodyOf(template: string, person: Person, active: boolean): string {
  const text = render(template, person)
  const body = parse(text)
  if (!isObject(body)) return text
  return JSON.stringify({ ...body, active: typeof body['active'] === 'string' ? String(active) : active })
}

const COMPARED: readonly string[] = [
  'userName',
  'externalId',
  'displayName',
  'name.givenName',
  'name.familyName',
  'emails[type eq "work"].value',
  'title',
  `${ENTERPRISE_SCHEMA}:department`,
]

/** Of a body that was sent, what must come back; empty values need not. */
export function sentIn(text: string): Sent {
  const body: JsonObject = objectIn(text)
  return COMPARED.flatMap((path) => {
    const value = valueAt(body, path)
    return value === undefined || value === '' || value === null ? [] : [[path, value] as const]
  })
}

function objectIn(text: string): JsonObject {
  const body = parse(text)
  return isObject(body) ? body : {}
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
