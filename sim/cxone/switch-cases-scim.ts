// Decides what each switch about native SCIM changes, as seen by a provider and in the store. For tests only.
import { type Answer, call, type Caller, type Row } from './caller.ts'
import { NICE } from './scim/show-user.ts'
import { active, deleted, keyPair, oneWho, stateOf, type SwitchCase, USERS } from './switch-case.ts'
import { clientSignIn } from './switch-cases-ways.ts'

export const SCIM = '/scim/v2'

/** A new user as a provider sends it. */
export function resource(change: Record<string, unknown> = {}): Record<string, unknown> {
  const userName = 'sam.sample1@alpenglow.example'
  return {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User', NICE],
    userName,
    name: { givenName: 'Sam', familyName: 'Sample' },
    emails: [{ value: userName, type: 'work', primary: true }],
    active: true,
    ...change,
  }
}

export const createBy = (sim: Caller, change: Record<string, unknown> = {}): Promise<Answer> =>
  sim.api('POST', `${SCIM}/Users`, resource(change))

export const patchBy = (sim: Caller, id: string, ...Operations: Record<string, unknown>[]): Promise<Answer> =>
  sim.api('PATCH', `${SCIM}/Users/${id}`, { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations })

export const searchBy = (sim: Caller, filter: string): Promise<Answer> =>
  sim.api('GET', `${SCIM}/Users?filter=${encodeURIComponent(filter)}`)

export const enable = (sim: Caller, ...names: string[]): Promise<Answer> =>
  sim.control('PUT', '/account-settings', { attributes: Object.fromEntries(names.map((name) => [name, true])) })

export const storedUser = async (sim: Caller, id: string): Promise<Row> =>
  (await sim.control('GET', `/users/${id}`)).body as unknown as Row

const found = async (sim: Caller, name: string): Promise<unknown> =>
  (await searchBy(sim, `userName eq "${name}"`)).body['totalResults']

const bearer = (sim: Caller): Record<string, string> => ({
  accept: 'application/json',
  authorization: `Bearer ${sim.accessToken}`,
})

const schemasAt = async (address: string, headers: Record<string, string>): Promise<number> =>
  (await call('GET', `${address}/Schemas`, { headers })).status

export const SCIM_DOOR = {
  nativeScim: {
    probe: async (sim) => {
      const { status, headers } = await sim.api('GET', `${SCIM}/Schemas`)
      return [status, headers.get('content-type')?.split(';')[0]]
    },
    sees: [
      [200, 'application/json'],
      [404, 'application/json'],
      [403, 'application/json'],
      [200, 'text/html'],
    ],
  },
  scimAddress: {
    probe: async (sim) => [
      await schemasAt(`${sim.simulator.issuer}${SCIM}`, bearer(sim)),
      await schemasAt(`${sim.apiEndpoint}${SCIM}`, bearer(sim)),
    ],
    sees: [
      [200, 200],
      [200, 404],
      [404, 200],
    ],
  },
  scimBasic: {
    probe: async (sim) => {
      const pair = Buffer.from(Object.values(keyPair(sim)).join(':')).toString('base64')
      const headers = { ...bearer(sim), authorization: `Basic ${pair}` }
      return schemasAt(`${sim.apiEndpoint}/basic-auth${SCIM}`, headers)
    },
    sees: [200, 401],
  },
  scimBackendApp: {
    probe: async (sim) => {
      const { access_token } = (await clientSignIn(sim, 'post')).body
      return schemasAt(`${sim.apiEndpoint}${SCIM}`, { ...bearer(sim), authorization: `Bearer ${access_token}` })
    },
    sees: [200, 401],
  },
  scimMediaType: {
    probe: async (sim) => {
      const headers = { ...bearer(sim), 'content-type': 'application/scim+json' }
      return (await call('POST', `${sim.apiEndpoint}${SCIM}/Users`, { headers, body: JSON.stringify(resource()) }))
        .status
    },
    sees: [201, 415],
  },
  scimErrorBody: {
    probe: async (sim) => Object.keys((await sim.api('GET', `${SCIM}/Users/nobody`)).body)[0],
    sees: ['schemas', 'timestamp', 'code'],
  },
  scimDelete: {
    probe: async (sim) => (await sim.api('DELETE', `${SCIM}/Users/${(await oneWho(sim, active)).id}`)).status,
    sees: [404, 405],
  },
  scimForbids: {
    probe: async (sim) => {
      await sim.control('PUT', '/account-settings', { create: false })
      return (await createBy(sim)).status
    },
    sees: [403, 400],
  },
} satisfies Record<string, SwitchCase>

export const SCIM_READS = {
  scimFilterCase: {
    probe: async (sim) => found(sim, (await oneWho(sim, active)).userName.toUpperCase()),
    sees: [1, 0],
  },
  scimOtherFilter: {
    probe: async (sim) => {
      const { status, body } = await searchBy(sim, 'externalId eq "42"')
      return [status, body['totalResults']]
    },
    sees: [
      [400, undefined],
      [200, 0],
      [200, 60],
    ],
  },
  scimNothingFound: {
    probe: async (sim) => {
      const { status, body } = await searchBy(sim, 'userName eq "nobody@alpenglow.example"')
      return [status, Object.hasOwn(body, 'Resources')]
    },
    sees: [
      [200, true],
      [200, false],
      [404, false],
    ],
  },
  scimFindsDeactivated: {
    probe: async (sim) => found(sim, (await oneWho(sim, deleted)).userName),
    sees: [1, 0],
  },
  scimReadsDeactivated: {
    probe: async (sim) => (await sim.api('GET', `${SCIM}/Users/${(await oneWho(sim, deleted)).id}`)).status,
    sees: [200, 404],
  },
  scimActive: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, ({ status }) => status === 'UNREGISTERED')
      return (await sim.api('GET', `${SCIM}/Users/${id}`)).body['active']
    },
    sees: [true, false],
  },
  scimExternalId: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      await sim.control('PUT', `/users/${id}`, { externalIdentity: 'fed-1' })
      await patchBy(sim, id, { path: 'externalId', value: 'mine' })
      return (await sim.api('GET', `${SCIM}/Users/${id}`)).body['externalId']
    },
    sees: ['fed-1', 'mine', undefined],
  },
} satisfies Record<string, SwitchCase>

const stored = async (sim: Caller, { body }: Answer): Promise<Row> => storedUser(sim, body.id)

export const SCIM_CREATES = {
  scimCreateStatus: { probe: async (sim) => (await createBy(sim)).status, sees: [201, 200] },
  scimCreatedAs: {
    probe: async (sim) => [
      (await stored(sim, await createBy(sim))).status,
      (await sim.control('GET', '/mails')).rows.length,
    ],
    sees: [
      ['UNREGISTERED', 0],
      ['PENDING', 1],
      ['ACTIVE', 0],
    ],
  },
  scimCreateInactive: {
    probe: async (sim) => {
      const { status, body } = await createBy(sim, { active: false })
      return [status, body['active']]
    },
    sees: [
      [201, false],
      [201, true],
      [400, undefined],
    ],
  },
  scimDuplicate: {
    probe: async (sim) => (await createBy(sim, { userName: (await oneWho(sim, deleted)).userName })).status,
    sees: [409, 400],
  },
  scimReference: {
    probe: async (sim) => {
      await enable(sim, 'team')
      const [, team] = (await stateOf(sim)).teams
      const byValue = await createBy(sim, { [NICE]: { team: { value: team?.id } } })
      const other = { userName: 'other@alpenglow.example', [NICE]: { team: { display: team?.name } } }
      return [byValue.status, (await createBy(sim, other)).status]
    },
    sees: [
      [201, 201],
      [201, 400],
      [400, 201],
    ],
  },
  scimUnknownReference: {
    probe: async (sim) => {
      await enable(sim, 'team')
      return (await createBy(sim, { [NICE]: { team: { value: 'nowhere', display: 'Nowhere' } } })).status
    },
    sees: [400, 201],
  },
  scimTimeZoneName: {
    probe: async (sim) => {
      await enable(sim, 'timeZone')
      return (await stored(sim, await createBy(sim, { timeZone: 'Europe/Rome' })))['timeZone']
    },
    sees: ['Europe/Rome', null],
  },
  scimManaged: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      await patchBy(sim, id, { path: 'name.familyName', value: 'Written' })
      const userIds = [id, (await createBy(sim)).body.id]
      const { body } = await sim.api('POST', `${USERS}/deactivate`, { userIds })
      return (body['notDeletedUserIds'] as string[]).map((one) => userIds.indexOf(one))
    },
    sees: [[], [1], [0, 1]],
  },
} satisfies Record<string, SwitchCase>

async function typed(sim: Caller): Promise<string> {
  await enable(sim, 'type')
  const { id } = await oneWho(sim, active)
  await sim.control('PUT', `/users/${id}`, { type: 'Employee' })
  return id
}

const patchedStatus =
  (...operations: Record<string, unknown>[]) =>
  async (sim: Caller): Promise<number> =>
    (await patchBy(sim, (await oneWho(sim, active)).id, ...operations)).status

export const SCIM_CHANGES = {
  scimPutId: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      return (await sim.api('PUT', `${SCIM}/Users/${id}`, resource())).status
    },
    sees: [400, 200],
  },
  scimPutMissing: {
    probe: async (sim) => {
      const id = await typed(sim)
      await sim.api('PUT', `${SCIM}/Users/${id}`, resource({ id }))
      return (await storedUser(sim, id))['type']
    },
    sees: [null, 'Employee'],
  },
  scimPatchOp: {
    probe: async (sim) => {
      const id = await typed(sim)
      const { status } = await patchBy(sim, id, { op: 'remove', path: 'userType', value: 'Temp' })
      return [status, (await storedUser(sim, id))['type']]
    },
    sees: [
      [200, 'Temp'],
      [200, null],
      [400, 'Employee'],
    ],
  },
  scimPatchPath: { probe: patchedStatus({ value: { name: { familyName: 'Zed' } } }), sees: [400, 200] },
  scimPatchValue: { probe: patchedStatus({ path: 'active', value: true }), sees: [200, 400] },
  scimUnknownPath: { probe: patchedStatus({ path: 'shoeSize', value: '42' }), sees: [200, 400] },
  scimPatchAnswer: { probe: patchedStatus({ path: 'name.familyName', value: 'Zed' }), sees: [200, 204] },
} satisfies Record<string, SwitchCase>
