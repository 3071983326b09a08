// Decides what each switch about ways in changes, as seen by a client. For tests only.
import { call, type Caller } from './caller.ts'
import { active, keyPair, oneWho, signInAnswer, stateOf, type SwitchCase, USERS } from './switch-case.ts'

const DISCOVERY = '/.well-known/cxone-configuration'

type Auth = 'encoded' | 'raw' | 'post'

/** The password grant of the registered client. */
export async function clientSignIn(sim: Caller, how: Auth, more: Record<string, string> = {}) {
  const { clientId, clientSecret } = (await stateOf(sim)).client
  const { accessKeyId: username = '', accessKeySecret: password = '' } = keyPair(sim)
  const code = how === 'encoded' ? encodeURIComponent : (text: string): string => text
  const pair = Buffer.from(`${code(clientId)}:${code(clientSecret)}`).toString('base64')
  const inBody = how === 'post' ? { client_id: clientId, client_secret: clientSecret } : {}
  return call('POST', `${sim.simulator.issuer}/auth/token`, {
    body: new URLSearchParams({ grant_type: 'password', username, password, ...inBody, ...more }),
    headers: how === 'post' ? {} : { authorization: `Basic ${pair}` },
  })
}

const ownKey = (sim: Caller, patch: Record<string, unknown>) =>
  sim.control('PUT', `/access-keys/${sim.simulator.accessKeyId}`, patch)

export const WAYS_IN = {
  discoveryUnknownTenant: {
    probe: async (sim) => (await sim.issuer('GET', `${DISCOVERY}?tenantId=nobody`)).status,
    sees: [404, 400],
  },
  discoveryOptional: {
    probe: async (sim) => Object.hasOwn((await sim.issuer('GET', DISCOVERY)).body, 'area'),
    sees: [true, false],
  },
  apiHost: {
    probe: async (sim) => {
      const endpoint = String((await sim.issuer('GET', DISCOVERY)).body['api_endpoint'])
      const headers = { accept: 'application/json', authorization: `Bearer ${sim.accessToken}` }
      return [endpoint === sim.apiEndpoint, (await call('GET', `${endpoint}${USERS}`, { headers })).status]
    },
    sees: [
      [true, 200],
      [false, 200],
    ],
  },
  keyRefusal: {
    probe: async (sim) => {
      await ownKey(sim, { expiresAt: '2020-01-01T00:00:00Z' })
      const { status, body } = await signInAnswer(sim, keyPair(sim))
      return [status, String(body['errorDescription']).includes('expired')]
    },
    sees: [
      [401, false],
      [401, true],
    ],
  },
  keyOfUnready: {
    probe: async (sim) => {
      await sim.control('PUT', `/users/${(await stateOf(sim)).serviceUserId}`, { status: 'PENDING' })
      return (await signInAnswer(sim, keyPair(sim))).status
    },
    sees: [200, 401],
  },
  clientAuth: {
    probe: async (sim) => [(await clientSignIn(sim, 'encoded')).status, (await clientSignIn(sim, 'post')).status],
    sees: [
      [200, 200],
      [200, 401],
      [401, 200],
    ],
  },
  basicPair: {
    probe: async (sim) => [(await clientSignIn(sim, 'encoded')).status, (await clientSignIn(sim, 'raw')).status],
    sees: [
      [200, 401],
      [401, 200],
    ],
  },
  refreshSecret: {
    probe: async (sim) => {
      const { refresh_token } = (await clientSignIn(sim, 'post')).body
      const { clientId: client_id } = (await stateOf(sim)).client
      const body = new URLSearchParams({ grant_type: 'refresh_token', client_id, refresh_token })
      return (await sim.issuer('POST', '/auth/token', body)).status
    },
    sees: [200, 401],
  },
  refreshSeconds: {
    probe: async (sim) => {
      const token = (await signInAnswer(sim, keyPair(sim))).body.refresh_token
      await sim.control('PUT', '/clock', { offsetSeconds: 61 })
      return (await sim.issuer('POST', '/public/user/refresh', { token })).status
    },
    sees: [200, 401],
  },
  signInFinds: {
    probe: async (sim) => {
      const { id, userName } = await oneWho(sim, active)
      await sim.control('PUT', `/users/${id}`, { externalIdentity: null })
      const { status, body } = await sim.control('POST', '/jit', { nameId: userName })
      return [status, body['created']]
    },
    sees: [
      [400, undefined],
      [200, false],
    ],
  },
  signInMakes: {
    probe: async (sim) => {
      const given = { nameId: 'fed-77', email: 'jit@alpenglow.example' }
      const { status, body } = await sim.control('POST', '/jit', given)
      return [status, status === 200 && body.user.userName]
    },
    sees: [
      [200, 'fed-77'],
      [200, 'jit@alpenglow.example'],
      [400, false],
    ],
  },
  rolePermissions: {
    probe: async (sim) => {
      const { roles } = (await sim.api('POST', '/authorization/v1/roles/search')).body
      return roles.some((role) => (role['permissions'] as unknown[]).length > 0)
    },
    sees: [true, false],
  },
  accessKeyList: {
    probe: async (sim) => {
      const { status, body } = await sim.api('GET', '/access-key-management/v1/access-keys')
      return [status, body['totalRecords']]
    },
    sees: [
      [200, 2],
      [200, 1],
      [400, undefined],
    ],
  },
  acdVersions: {
    probe: async (sim) => {
      const at = async (version: string) =>
        (await sim.api('GET', `/incontactapi/services/${version}/business-unit`)).status
      return [await at('v20.0'), await at('v34.0')]
    },
    sees: [
      [200, 200],
      [200, 404],
      [404, 200],
    ],
  },
} satisfies Record<string, SwitchCase>
