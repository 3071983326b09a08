// Decides what the operations of a PATCH say (facts 3.4): turns them into the part of a resource that they set, in the
// order in which they come. Values are checked by read-user.ts. Knows no users.
import { type Json, onlyKeys, toList, toObject, toText } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { Switches } from '../switches.ts'
import { NICE, USER } from './show-user.ts'

/** @throws Refusal `bad` */
export function resourcePart(body: Json, switches: Switches): Json {
  for (const needed of ['schemas', 'Operations']) toList(body[needed], needed)
  const part: Json = {}
  for (const [index, item] of toList(body['Operations'], 'Operations').entries()) {
    const where = `Operations[${index}]`
    apply(toObject(item, where), { where, part, switches })
  }
  return part
}

interface At {
  readonly where: string
  readonly part: Json
  readonly switches: Switches
}

function apply(operation: Json, at: At): void {
  const { where, switches } = at
  onlyKeys(operation, switches.scimPatchOp === 'refused' ? ['path', 'value'] : ['op', 'path', 'value'], where)
  const removes = switches.scimPatchOp === 'honoured' && toText(operation['op'] ?? 'replace', `${where}.op`)
  const value = removes !== false && removes.toLowerCase() === 'remove' ? null : operation['value']
  if (value === undefined) throw new Refusal('bad', 'BAD_VALUE', `${where}.value is missing`)
  if (switches.scimPatchValue === 'stringOnly' && value !== null) toText(value, `${where}.value`)
  const { path } = operation
  if (path === undefined || path === '') merge(value, at)
  else set(toText(path, `${where}.path`), value, at)
}

function merge(value: unknown, at: At): void {
  if (at.switches.scimPatchPath === 'needed') throw new Refusal('bad', 'INVALID_PATH', `${at.where}.path is missing`)
  for (const [name, inner] of Object.entries(toObject(value, `${at.where}.value`))) {
    if (name === 'schemas') continue
    const parts = name === 'name' || name === NICE ? Object.entries(toObject(inner, name)) : undefined
    if (parts === undefined) set(name, inner, at)
    else for (const [more, deep] of parts) set(name === 'name' ? `name.${more}` : `${NICE}:${more}`, deep, at)
  }
}

const PLAIN = ['userName', 'displayName', 'active', 'userType', 'timezone', 'timeZone', 'externalId', 'roles']
const PARTS = ['givenName', 'familyName', 'middleName']
const EXTENDED = ['team', 'loginAuthenticator']

/** One attribute by its path, with or without the schema before it. */
function set(path: string, value: unknown, at: At): void {
  const { part } = at
  const short = path.startsWith(`${USER}:`) ? path.slice(USER.length + 1) : path
  const [head = '', tail] = short.split('.', 2)
  const list = /^(emails|phoneNumbers|roles)(?:\[[^\]]*\])?(?:\.value)?$/.exec(short)?.[1]
  const inExtension = EXTENDED.find((name) => short === `${NICE}:${name}` || short === `${NICE}.${name}`)
  if (PLAIN.includes(short)) part[short] = value
  else if (list === 'roles') part['roles'] = value
  else if (list !== undefined) part[list] = Array.isArray(value) || value === null ? value : [{ value, primary: true }]
  else if (head === 'name' && tail !== undefined && PARTS.includes(tail)) inside(part, 'name')[tail] = value
  else if (inExtension !== undefined) inside(part, NICE)[inExtension] = value
  else if (at.switches.scimUnknownPath === 'refused')
    throw new Refusal('bad', 'INVALID_PATH', `${at.where}.path names no attribute: ${path}`)
}

function inside(part: Json, name: string): Json {
  const inner = (part[name] ?? {}) as Json
  part[name] = inner
  return inner
}
