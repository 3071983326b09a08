// Decides what each switch about tokens and reads changes, as seen by a client. For tests only.
import { request } from 'node:http'
import { decodeJwt } from 'jose'
import type { Caller, Row } from './caller.ts'
import {
  active,
  create,
  deleted,
  keyPair,
  oneWho,
  rawList,
  SEARCH,
  signInAnswer,
  stateOf,
  type SwitchCase,
  USERS,
} from './switch-case.ts'

const aRead = async (sim: Caller): Promise<Row> => {
  const { id } = await oneWho(sim, active)
  return (await sim.api('GET', `/user-management/v3/users/${id}`)).body.user
}

const find = async (sim: Caller, body: unknown): Promise<Row[]> => (await sim.api('POST', SEARCH, body)).body.users

function statusWithoutAccept(sim: Caller): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${sim.apiEndpoint}${USERS}`,
      { headers: { authorization: `Bearer ${sim.accessToken}` } },
      (response) => {
        response.resume()
        resolve(response.statusCode)
      },
    )
    sent.on('error', reject)
    sent.end()
  })
}

export const READING = {
  discoveryWithoutTenant: {
    probe: async (sim) => (await sim.issuer('GET', '/.well-known/cxone-configuration')).status,
    sees: [200, 400],
  },
  discoveryNamesJwks: {
    probe: async (sim) =>
      Object.hasOwn((await sim.issuer('GET', '/.well-known/openid-configuration')).body, 'jwks_uri'),
    sees: [true, false],
  },
  accessKeyForm: {
    probe: async (sim) => (await signInAnswer(sim, new URLSearchParams(keyPair(sim)))).status,
    sees: [200, 415],
  },
  badCredentials: {
    probe: async (sim) => (await signInAnswer(sim, { accessKeyId: 'x', accessKeySecret: 'y' })).status,
    sees: [401, 400],
  },
  tokenSeconds: { probe: async (sim) => (await signInAnswer(sim, keyPair(sim))).body['expires_in'], sees: [3600, 60] },
  tokenSubject: {
    probe: async (sim) =>
      decodeJwt((await signInAnswer(sim, keyPair(sim))).body.id_token).sub === (await stateOf(sim)).serviceUserId,
    sees: [true, false],
  },
  refreshRotates: {
    probe: async (sim) => {
      const token = (await signInAnswer(sim, keyPair(sim))).body.refresh_token
      await sim.issuer('POST', '/public/user/refresh', { token })
      return (await sim.issuer('POST', '/public/user/refresh', { token })).status
    },
    sees: [401, 200],
  },
  tokensOfDeactivated: {
    probe: async (sim) => {
      await sim.control('PUT', `/users/${(await stateOf(sim)).serviceUserId}`, { status: 'DELETED' })
      return (await sim.api('GET', USERS)).status
    },
    sees: [401, 200],
  },
  forbiddenBody: {
    probe: async (sim) => {
      await sim.control('PUT', '/service-role', { permissions: [] })
      return Object.keys((await sim.api('GET', USERS)).body)[0]
    },
    sees: ['timestamp', 'code'],
  },
  missingAccept: { probe: statusWithoutAccept, sees: [200, 406] },
  anyAccept: {
    probe: async (sim) => (await rawList(sim, { accept: '*/*' })).text.startsWith('No known way'),
    sees: [false, true],
  },
  searchUnknownFilter: {
    probe: async (sim) => (await sim.api('POST', SEARCH, { filter: { shoeSize: ['42'] } })).status,
    sees: [200, 400],
  },
  searchUserNameFilter: {
    probe: async (sim) => (await find(sim, { filter: { userName: [(await oneWho(sim, active)).userName] } })).length,
    sees: [1, 60],
  },
  searchMatch: {
    probe: async (sim) => {
      const ids = [
        (await create(sim)).body.uuid,
        (await create(sim, { userName: 'x.sam.sample1@alpenglow.example' })).body.uuid,
      ]
      const found = await find(sim, { filter: { userName: ['sam.sample1@alpenglow.example'] } })
      return found.map(({ id }) => ids.indexOf(id))
    },
    sees: [[0], [0, 1]],
  },
  filterScalar: {
    probe: async (sim) => (await sim.api('POST', SEARCH, { filter: { status: 'ACTIVE' } })).status,
    sees: [200, 400],
  },
  searchDeleted: {
    probe: async (sim) => [
      (await find(sim, {})).some(deleted),
      (await find(sim, { filter: { status: ['DELETED'] } })).some(deleted),
    ],
    sees: [
      [true, true],
      [false, false],
      [false, true],
    ],
  },
  searchFields: {
    probe: async (sim) => Object.keys((await find(sim, { top: 1, fields: ['id'] }))[0] ?? {}).length === 1,
    sees: [true, false],
  },
  searchMaxTop: {
    probe: async (sim) => {
      const { body } = await sim.api('POST', SEARCH, { top: 1000 })
      return [body['top'], body.users.length, body['totalRecords']]
    },
    sees: [
      [1000, 60, 60],
      [25, 25, 60],
    ],
  },
  emptySearch: {
    probe: async (sim) => (await sim.api('POST', SEARCH, { filter: { id: ['none'] } })).status,
    sees: [200, 204],
  },
  listDeleted: {
    probe: async (sim) => (await sim.api('GET', `${USERS}?includeDeleted=true`)).body.users.some(deleted),
    sees: [true, false],
  },
  listRows: {
    probe: async (sim) => Object.hasOwn((await sim.api('GET', USERS)).body.users[0] ?? {}, 'customAttributes'),
    sees: [false, true],
  },
  hiddenFields: {
    probe: async (sim) => {
      const read = await aRead(sim)
      return ['rank', 'billable'].map((name) => Object.hasOwn(read, name))
    },
    sees: [
      [false, true],
      [false, false],
      [true, true],
    ],
  },
  nullFields: { probe: async (sim) => Object.hasOwn(await aRead(sim), 'deletedDate'), sees: [true, false] },
  getDeleted: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, deleted)
      return [
        (await sim.api('GET', `${USERS}/${id}`)).status,
        (await sim.api('GET', `/user-management/v3/users/${id}`)).status,
      ]
    },
    sees: [
      [200, 200],
      [404, 404],
    ],
  },
  unknownUser: {
    probe: async (sim) => [
      (await sim.api('GET', '/user-management/v3/users/x')).status,
      (await sim.api('POST', `${USERS}/x/revive`)).status,
    ],
    sees: [
      [404, 404],
      [400, 400],
    ],
  },
  roleEcho: {
    probe: async (sim) => {
      const { role, roleUUID } = await aRead(sim)
      return role === 'Agent' ? 'name' : role === roleUUID && 'id'
    },
    sees: ['name', 'id'],
  },
  creationDate: {
    probe: async (sim) => typeof (await aRead(sim))['creationDate'],
    sees: ['string', 'number', 'undefined'],
  },
  readLagMs: {
    probe: async (sim) => {
      // Long enough that the reads below surely fall into it.
      const { body } = await sim.control('GET', '/switches')
      if (body['readLagMs'] !== 0) await sim.set({ readLagMs: 60_000 })
      const { uuid } = (await create(sim)).body
      const has = (rows: Row[]): boolean => rows.some(({ id }) => id === uuid)
      const searched = has(await find(sim, { filter: { id: [uuid] } }))
      return [
        searched,
        has((await sim.api('GET', USERS)).body.users),
        (await sim.api('GET', `/user-management/v3/users/${uuid}`)).status,
      ]
    },
    sees: [
      [true, true, 200],
      [false, false, 200],
    ],
  },
  rolesFirstPage: {
    probe: async (sim) => {
      const body = { page: { pageSize: 1, pageNo: 1 } }
      return (await sim.api('POST', '/authorization/v1/roles/search', body)).body.roles.map((role) => role['roleName'])
    },
    sees: [['Agent'], ['Manager']],
  },
  rolesPageSize: {
    probe: async (sim) => (await sim.api('POST', '/authorization/v1/roles/search')).body.roles.length,
    sees: [9, 3],
  },
} satisfies Record<string, SwitchCase>
