/**
 * A second Rollcall with the scim connector open on its SCIM address, and a way behind the connector's back.
 * Decides what it is filled with; must not know any case.
 */
import { randomUUID } from 'node:crypto'
import type { RawRecord, World } from '../../src/connectors/conformance.ts'
import type { Seed } from '../../src/connectors/conformance-world.ts'
import { openHttp } from '../../src/connectors/http.ts'
import { scim } from '../../src/connectors/scim/index.ts'
import type { AttributeName } from '../../src/identity/account.ts'
import { openStage } from '../sign-in/stage.ts'
import { patchOf, scimClient, type ScimBody, type ScimClient } from '../support/scim.ts'
import { openFaultProxy, type FaultProxy } from './fault-proxy.ts'

export const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'

export interface ScimWorld extends World {
  readonly proxy: FaultProxy
  close(): Promise<void>
}

const SECRET = 'target+secret/0123456789='
const ADMIN = 'admin-token-0123456789'

export interface ScimWorldOptions {
  readonly settings?: object
  /** As under `auth:`, with the address of the server to come; OAuth client credentials without. */
  readonly auth?: (address: string) => object
}

export async function openScimWorld({ settings = {}, auth = byClient }: ScimWorldOptions = {}): Promise<ScimWorld> {
  const stage = await openStage()
  const server = await stage.start([
    {
      id: 'target',
      profile: 'generic',
      oauth: { clientId: 'rollcall+a', secrets: [{ value: SECRET }] },
      tokens: [{ value: ADMIN }],
    },
  ])
  const proxy = await openFaultProxy(server.address)
  const http = openHttp({ totalMs: 10_000 })
  const admin = scimClient(`${server.address}/scim/v2`, ADMIN)
  for (const displayName of ['Day', 'Evening', 'Weekend', 'Nights']) await makeGroup(admin, displayName)
  const quiet = { debug: () => {}, warn: () => {} }
  const entry = scim.config.parse({
    url: `${proxy.address}/scim/v2/`,
    auth: auth(proxy.address),
    concurrency: 4,
    settings: { readLagSeconds: 0.2, patienceSeconds: 1, pageSize: 7, ...settings },
  })
  const connector = scim.open(entry, { fetch: http.fetch, now: () => new Date(), log: quiet })
  return {
    proxy,
    connector,
    ...behind(admin),
    mails: async () => 0,
    throttle: async (seconds) =>
      proxy.fail({ status: 429, headers: seconds === undefined ? {} : { 'retry-after': String(seconds) } }),
    outage: async () => proxy.fail('drop'),
    withdrawRights: async () => proxy.fail({ status: 403 }),
    heal: async () => proxy.heal(),
    endSessions: async () => proxy.forgetCredentials(),
    close: async () => {
      await connector.close()
      await http.close()
      await proxy.close()
      await stage.close()
    },
  }
}

export const byClient = (address: string): object => ({
  oauth: { tokenUrl: `${address}/oauth/token`, clientId: 'rollcall+a', clientSecret: SECRET },
})

export const makeGroup = async (admin: ScimClient, displayName: string): Promise<string> =>
  made(await admin('POST', '/Groups', { schemas: [GROUP], displayName })).id

function made({ status, body }: Awaited<ReturnType<ScimClient>>): ScimBody {
  if (status >= 300) throw new Error(`the target answered ${status}: ${body.detail}`)
  return body
}

/** What an administrator has filled in beyond what Rollcall knows: all of it must survive. */
const FILLED = {
  nickName: 'Quentin',
  locale: 'de-DE',
  userType: 'Contractor',
  ims: [{ value: 'somebody@chat.example.test', type: 'xmpp' }],
  photos: [{ value: 'https://example.test/one.png', type: 'photo' }],
  roles: [{ value: 'reader', primary: true }],
}

const FIELDS: Partial<Record<AttributeName, readonly string[]>> = {
  userName: ['userName'],
  givenName: ['name.givenName'],
  familyName: ['name.familyName'],
  middleName: ['name.middleName'],
  displayName: ['displayName'],
  email: ['emails'],
  mobile: ['phoneNumbers'],
  timeZone: ['timezone'],
  title: ['title'],
  department: [`${ENTERPRISE}.department`, 'schemas'],
  employeeNumber: [`${ENTERPRISE}.employeeNumber`, 'schemas'],
  reportsTo: [`${ENTERPRISE}.manager`, 'schemas'],
  federatedId: ['externalId'],
  country: ['addresses'],
  city: ['addresses'],
}

type Behind = Pick<
  World,
  'raw' | 'ids' | 'states' | 'seed' | 'fieldsOf' | 'fieldsOfGrants' | 'stateFields' | 'stamps' | 'held' | 'entryCount'
>

/** The hand of an administrator of any server with a SCIM address. */
export function behind(admin: ScimClient): Behind {
  const read = async (id: string): Promise<ScimBody | undefined> => {
    const { status, body } = await admin('GET', `/Users/${id}`)
    return status === 200 ? body : undefined
  }
  const groupsOf = async (id: string): Promise<readonly string[]> => {
    const groups = (await read(id))?.['groups'] ?? []
    return (groups as readonly { value: string }[]).map(({ value }) => value).toSorted()
  }
  return {
    raw: async (id) => {
      const user = await read(id)
      return user && flat(user, await groupsOf(id))
    },
    ids: async () => {
      const ids: string[] = []
      for (;;) {
        const { body } = await admin('GET', `/Users?attributes=id&count=1000&startIndex=${ids.length + 1}`)
        ids.push(...body.Resources.map(({ id }) => id))
        if (ids.length >= body.totalResults || body.Resources.length === 0) return ids
      }
    },
    states: ['active', 'inactive'],
    seed: (account) => seed(admin, account),
    fieldsOf: (name) => FIELDS[name] ?? [],
    fieldsOfGrants: () => ['groups'],
    stateFields: ['active'],
    stamps: ['meta'],
    held: async (id) => (await groupsOf(id)).map((group) => ({ id: group })),
    entryCount: async () => (await admin('GET', '/Groups?count=0')).body.totalResults,
  }
}

/** Parts of a name and of an extension one by one. */
function flat(user: ScimBody, groups: readonly string[]): RawRecord {
  const parts = Object.entries(user).flatMap(([name, value]) =>
    name === 'name' || name === ENTERPRISE
      ? Object.entries(value as object).map(([part, inner]) => [`${name}.${part}`, inner] as const)
      : [[name, value] as const],
  )
  return { ...Object.fromEntries(parts), groups }
}

async function seed(admin: ScimClient, { state, attributes, grants = {} }: Seed): Promise<string> {
  const { userName, givenName, familyName, email, mobile, timeZone, reportsTo } = attributes
  const user = {
    schemas: [USER, ENTERPRISE],
    userName,
    name: { givenName, familyName, honorificPrefix: 'Dr.' },
    emails: [
      { value: `home-${randomUUID()}@example.test`, type: 'home' },
      { value: email, type: 'work', primary: true },
    ],
    phoneNumbers: [
      { value: '+15550007777', type: 'work' },
      { value: mobile, type: 'mobile' },
    ],
    addresses: [{ type: 'work', streetAddress: 'One Street', postalCode: '80202' }],
    timezone: timeZone,
    active: state !== 'inactive',
    [ENTERPRISE]: { costCenter: '4130', ...(reportsTo == null ? {} : { manager: { value: reportsTo } }) },
    ...FILLED,
  }
  const { id } = made(await admin('POST', '/Users', user))
  for (const group of grants.group ?? [])
    made(await admin('PATCH', `/Groups/${group.id}`, patchOf({ op: 'add', path: 'members', value: [{ value: id }] })))
  return id
}
