// Decides how the tests of the simulator talk to it: over HTTP like any client, knowing only what the facts say. No
// product code may use it.
import { type CxoneSimulator, type CxoneSimulatorOptions, startCxoneSimulator } from './server.ts'
import type { SwitchName, SwitchValue } from './switches.ts'

/** A user, team, role, mail or call as it came over the wire. Nothing checks that a field is there: assertions do. */
export interface Row {
  readonly [field: string]: unknown
  readonly id: string
  readonly userName: string
  readonly status: string
  readonly name: string
  readonly to: string
  readonly path: string
  readonly seq: number
  readonly userId: string
  readonly accessKeyId: string
}

/** Every part of an answer that some test reaches into, present or not. */
export interface Body {
  readonly [field: string]: unknown
  readonly users: Row[]
  readonly roles: Row[]
  readonly teams: Row[]
  readonly accessKeys: Row[]
  readonly authenticators: Row[]
  readonly agents: Row[]
  readonly skills: Row[]
  readonly groups: Row[]
  readonly sessions: Row[]
  readonly assignments: Row[]
  readonly members: Row[]
  readonly agentGroups: Row[]
  readonly agentSkillAssignments: Row[]
  readonly agentResults: Row[]
  readonly results: Row[]
  readonly mails: Row[]
  readonly user: Row
  readonly team: Row
  readonly resultSet: Row
  readonly calls: { readonly total: number; readonly byRoute: Record<string, number> }
  readonly client: { readonly clientId: string; readonly clientSecret: string }
  readonly _links: { readonly next: string; readonly previous: string }
  readonly uuid: string
  readonly id: string
  readonly status: string
  readonly code: string
  readonly details: string
  readonly error: string
  readonly serviceUserId: string
  readonly access_token: string
  readonly refresh_token: string
  readonly tenantId: string
  readonly id_token: string
}

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  /** The answer where it is a JSON object, else nothing at all. */
  readonly body: Body
  /** The answer where it is a JSON list, else nothing at all. */
  readonly rows: Row[]
}

export interface Caller {
  readonly simulator: CxoneSimulator
  readonly apiEndpoint: string
  readonly accessToken: string
  /** A call below `api_endpoint`, with token and Accept. */
  api(method: string, path: string, body?: unknown): Promise<Answer>
  /** A call to the ACD half, in a version that most clients use. */
  acd(method: string, path: string, body?: unknown): Promise<Answer>
  /** A call at the issuer, without a token. */
  issuer(method: string, path: string, body?: unknown): Promise<Answer>
  control(method: string, path: string, body?: unknown): Promise<Answer>
  set(switches: Partial<Record<SwitchName, SwitchValue>>): Promise<void>
  /** Gets a new token. */
  signIn(): Promise<void>
  close(): Promise<void>
}

export async function call(
  method: string,
  url: string,
  sent: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const isJson = sent.body !== undefined && !(sent.body instanceof URLSearchParams) && typeof sent.body !== 'string'
  const response = await fetch(url, {
    method,
    headers: { ...(isJson ? { 'content-type': 'application/json' } : {}), ...sent.headers },
    ...(sent.body === undefined
      ? {}
      : { body: isJson ? JSON.stringify(sent.body) : (sent.body as string | URLSearchParams) }),
  })
  const text = await response.text()
  const json = parsed(text)
  const isList = Array.isArray(json)
  return {
    status: response.status,
    headers: response.headers,
    text,
    body: (isList ? {} : json) as Body,
    rows: (isList ? json : []) as Row[],
  }
}

export async function startCaller(options: CxoneSimulatorOptions = {}): Promise<Caller> {
  const simulator = await startCxoneSimulator(options)
  const found = await call('GET', `${simulator.issuer}/.well-known/cxone-configuration`)
  const apiEndpoint = String(found.body.api_endpoint)
  let accessToken = ''
  const caller: Caller = {
    simulator,
    apiEndpoint,
    get accessToken() {
      return accessToken
    },
    api: (method, path, body) => {
      const headers = { accept: 'application/json', authorization: `Bearer ${accessToken}` }
      return call(method, `${apiEndpoint}${path}`, { body, headers })
    },
    acd: (method, path, body) => caller.api(method, `/incontactapi/services/v31.0${path}`, body),
    issuer: (method, path, body) => call(method, `${simulator.issuer}${path}`, { body }),
    control: (method, path, body) => call(method, `${simulator.control}${path}`, { body }),
    set: async (switches) => {
      const { status, body } = await call('PUT', `${simulator.control}/switches`, { body: switches })
      if (status !== 200) throw new Error(JSON.stringify(body))
    },
    signIn: async () => {
      const { accessKeyId, accessKeySecret } = simulator
      const answer = await call('POST', `${simulator.issuer}/authentication/v1/token/access-key`, {
        body: { accessKeyId, accessKeySecret },
      })
      accessToken = answer.body.access_token
    },
    close: () => simulator.close(),
  }
  await caller.signIn()
  return caller
}

/** A person nobody has yet; `number` makes it another one. */
export function somebody(number = 1): Record<string, string> {
  const address = `sam.sample${number}@alpenglow.example`
  return { firstName: 'Sam', lastName: `Sample ${number}`, emailAddress: address, userName: address, role: 'Agent' }
}

/** The body that replaces this user with itself, as a careful client would build it from a read. */
export function replacementFor(read: Record<string, unknown>): Record<string, unknown> {
  const names = [
    'id',
    'firstName',
    'lastName',
    'emailAddress',
    'userName',
    'role',
    'teamId',
    'timeZone',
    'mobileNumber',
    'assignedGroup',
    'acdInfos',
    'groupIds',
    'applicationAttributes',
    'billable',
    'secondaryRoleIds',
    'views',
    'customAttributes',
  ]
  const replacement: Record<string, unknown> = { emailToBeVerified: '' }
  for (const name of names) if (read[name] !== undefined) replacement[name] = read[name]
  return replacement
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return {}
  }
}
