/**
 * What the server says it can do: RFC 7643 sections 5 to 7, RFC 9865 section 4.
 * Decides what is taken for true of it, and what where it says nothing; must not touch a user.
 */
import type { AttributeName } from '../../identity/account.ts'
import { attributeOf } from '../scim-wire/places.ts'
import type { Answer, Ask } from '../scim-wire/client.ts'
import { booleanOf, field, listIn, recordIn, textOf, type ScimRecord } from '../scim-wire/record.ts'
import { ScimRefused } from '../scim-wire/refusal.ts'
import { ConnectorError } from '../contract.ts'
import type { ScimSettings } from './config.ts'
import { ATTRIBUTES, placeOf, USER, type HeldAttribute } from './map.ts'

/** A server that says nothing is taken for one that does what RFC 7644 asks, without what it leaves open. */
export interface Service {
  readonly patch: boolean
  readonly filter: boolean
  readonly cursor: boolean
  /** Most rows of a page, where the server says. */
  readonly maxResults: number | undefined
  readonly groups: boolean
  readonly usersPath: string
  readonly groupsPath: string
  /** Attributes that can be set when somebody is created. */
  readonly creates: readonly HeldAttribute[]
  /** Those that can be changed later. */
  readonly updates: readonly HeldAttribute[]
  /** Those without which nobody can be created. */
  readonly requires: readonly AttributeName[]
}

export const UNKNOWN: Service = {
  patch: true,
  filter: true,
  cursor: false,
  maxResults: undefined,
  groups: true,
  usersPath: '/Users',
  groupsPath: '/Groups',
  creates: ATTRIBUTES,
  updates: ATTRIBUTES,
  requires: ['userName'],
}

/** What the settings say stands above what the server says. */
export async function readService(ask: Ask, settings: ScimSettings): Promise<Service> {
  const config = (await optional(ask, '/ServiceProviderConfig')) ?? {}
  const types = listIn((await optional(ask, '/ResourceTypes')) ?? {}, 'Resources')
  const schemas = listIn((await optional(ask, '/Schemas')) ?? {}, 'Resources')
  const supports = (name: string): boolean | undefined => booleanOf(field(recordIn(config, name), 'supported'))
  const pagination = recordIn(config, 'pagination')
  const group = types.find((type) => isType(type, 'group'))
  const says = { yes: true, no: false, auto: undefined }
  return {
    patch: says[settings.patch] ?? supports('patch') ?? UNKNOWN.patch,
    filter: says[settings.filter] ?? supports('filter') ?? UNKNOWN.filter,
    cursor: settings.paging === 'auto' ? booleanOf(field(pagination, 'cursor')) === true : settings.paging === 'cursor',
    maxResults: smallest(field(recordIn(config, 'filter'), 'maxResults'), field(pagination, 'maxPageSize')),
    groups: says[settings.groups] ?? (types.length === 0 || group !== undefined),
    usersPath: endpointOf(types.find((type) => isType(type, 'user'))) ?? UNKNOWN.usersPath,
    groupsPath: endpointOf(group) ?? UNKNOWN.groupsPath,
    ...(settings.schemas === 'follow'
      ? attributesIn(schemas)
      : {
          creates: UNKNOWN.creates,
          updates: UNKNOWN.updates,
          requires: UNKNOWN.requires,
        }),
  }
}

/** Nothing where the server answers, and has no such document for us. */
async function optional(ask: Ask, path: string): Promise<ScimRecord | undefined> {
  const answer: Answer | undefined = await ask({ method: 'GET', path }).catch((error: unknown) => {
    const passing = error instanceof ConnectorError && PASSING.has(error.refusal.code)
    const server = error instanceof ScimRefused && error.status >= 500 && error.status !== 501
    if (passing || server || !(error instanceof ConnectorError)) throw error
    return undefined
  })
  return answer?.body
}

const PASSING: ReadonlySet<string> = new Set(['unreachable', 'throttled', 'credentials-refused'])

const isType = (type: ScimRecord, name: string): boolean =>
  textOf(field(type, 'name'))?.toLowerCase() === name ||
  textOf(field(type, 'schema'))?.toLowerCase().endsWith(`:2.0:${name}`) === true

function endpointOf(type: ScimRecord | undefined): string | undefined {
  const endpoint = type && textOf(field(type, 'endpoint'))
  return endpoint != null && /^\/[\w./-]+$/.test(endpoint) ? endpoint.replace(/\/+$/, '') : undefined
}

function smallest(...values: readonly unknown[]): number | undefined {
  const numbers = values.filter((value): value is number => typeof value === 'number' && value >= 1)
  return numbers.length === 0 ? undefined : Math.min(...numbers)
}

type OfSchemas = Pick<Service, 'creates' | 'updates' | 'requires'>

/** A schema of users that does not even have userName is none to go by. */
function attributesIn(schemas: readonly ScimRecord[]): OfSchemas {
  const rows = new Map<string, ScimRecord>()
  for (const schema of schemas) {
    const urn = textOf(field(schema, 'id'))?.toLowerCase() ?? ''
    for (const attribute of listIn(schema, 'attributes')) {
      const name = textOf(field(attribute, 'name'))?.toLowerCase()
      if (name !== undefined) rows.set(urn === USER.toLowerCase() ? name : `${urn}:${name}`, attribute)
    }
  }
  if (!rows.has('username')) return { creates: ATTRIBUTES, updates: ATTRIBUTES, requires: UNKNOWN.requires }
  const mutable = (name: HeldAttribute): string => mutability(name, rows)
  const creates = ATTRIBUTES.filter((name) => mutable(name) !== 'readonly')
  return {
    creates,
    updates: creates.filter((name) => mutable(name) !== 'immutable'),
    requires: ATTRIBUTES.filter((name) => name === 'userName' || (creates.includes(name) && isRequired(name, rows))),
  }
}

/** `externalId` is an attribute of every resource and in no schema: RFC 7643 section 3.1. */
function mutability(name: HeldAttribute, rows: ReadonlyMap<string, ScimRecord>): string {
  const place = placeOf(name)
  const row = rows.get(attributeOf(place))
  if (row === undefined) return name === 'federatedId' ? 'readwrite' : 'readonly'
  const part = 'list' in place ? place.part : place.path.at(-1)
  const parts = listIn(row, 'subAttributes')
  const inner = parts.find((sub) => textOf(field(sub, 'name'))?.toLowerCase() === part?.toLowerCase())
  const isInner = 'list' in place || attributeOf(place) !== place.path.join(':').toLowerCase()
  if (isInner && parts.length > 0 && inner === undefined) return 'readonly'
  const said = [row, ...(isInner && inner !== undefined ? [inner] : [])].map(
    (one) => textOf(field(one, 'mutability'))?.toLowerCase() ?? 'readwrite',
  )
  return said.find((word) => word === 'readonly') ?? said.find((word) => word === 'immutable') ?? 'readwrite'
}

function isRequired(name: HeldAttribute, rows: ReadonlyMap<string, ScimRecord>): boolean {
  const place = placeOf(name)
  const row = rows.get(attributeOf(place))
  if (row === undefined || booleanOf(field(row, 'required')) !== true) return false
  if ('list' in place) return place.part === 'value'
  const inner = listIn(row, 'subAttributes').find(
    (sub) => textOf(field(sub, 'name'))?.toLowerCase() === place.path.at(-1)?.toLowerCase(),
  )
  return place.path.length === 1 || inner === undefined || booleanOf(field(inner, 'required')) === true
}
