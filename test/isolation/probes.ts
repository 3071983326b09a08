/**
 * What a stranger asks on a route, with somebody's ids and names in every place that takes any.
 * Must not know an answer.
 */
import type { Route } from './routes.ts'

/** Somebody's ids and names; those of nobody have the same form. */
export interface Subject {
  readonly user: string
  readonly group: string
  readonly userName: string
  readonly displayName: string
  readonly externalId: string
  readonly connection: string
  readonly app: string
  readonly run: string
  readonly link: string
  readonly alert: string
  readonly token: string
}

export interface Probe {
  readonly method: string
  readonly path: string
  readonly body?: unknown
}

const SCIM = '/scim/v2'
const MANAGER = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

/** Every request to make on a route. Throws for a parameter nobody has thought of: give it a value here. */
export function probesOf({ method, path }: Route, subject: Subject): Probe[] {
  const paths = pathsOf(path, subject)
  const asked =
    method === 'GET'
      ? paths.flatMap((one) => [one, ...queries(path, subject).map((query) => `${one}?${query}`)])
      : paths
  const bodies = method === 'GET' || method === 'DELETE' ? [undefined] : bodiesOf({ method, path }, subject)
  return asked.flatMap((one) => bodies.map((body) => ({ method, path: one, ...(body === undefined ? {} : { body }) })))
}

/** The path with each value that each of its parameters can have. */
function pathsOf(path: string, subject: Subject): string[] {
  const [parameter] = /:\w+|\*/.exec(path) ?? []
  if (parameter === undefined) return [path]
  return valuesFor(parameter, { path, subject }).flatMap((value) => pathsOf(path.replace(parameter, value), subject))
}

function valuesFor(parameter: string, { path, subject }: { path: string; subject: Subject }): readonly string[] {
  const { user, group, connection, app, run, link, alert, token } = subject
  switch (parameter) {
    case ':id':
      if (path.startsWith(SCIM)) return [user, group, user.toUpperCase()]
      return path.includes('/links/') ? [link] : [run, user]
    case ':app':
      return [app]
    case ':connection':
      return [connection]
    case ':alert':
      return [alert]
    case ':token':
      return [token]
    case ':version':
      return ['1', '2']
    case '*':
      return [user]
    default:
      throw new Error(`${path}: which ids of somebody else could stand for ${parameter}?`)
  }
}

function filtersOf({ user, group, userName, displayName, externalId }: Subject): readonly string[] {
  return [
    ...[user, group].map((id) => `id eq "${id}"`),
    `userName eq "${userName}"`,
    `userName sw "${userName.slice(0, 8)}"`,
    `emails eq "${userName}"`,
    `externalId eq "${externalId}"`,
    `${MANAGER}:manager eq "${user}"`,
    `groups eq "${group}"`,
    `displayName eq "${displayName}"`,
    `members eq "${user}" or members eq "${group}"`,
    `members[value eq "${user}"]`,
    `meta.location co "${user}"`,
  ]
}

function queries(path: string, subject: Subject): readonly string[] {
  if (path.startsWith(SCIM))
    return [
      ...filtersOf(subject).map((filter) => `filter=${encodeURIComponent(filter)}`),
      'sortBy=meta.created&count=1000',
      'cursor&count=1',
      `attributes=groups,members&excludedAttributes=meta`,
    ]
  const { userName, connection, app, externalId } = subject
  return [
    `userName=${encodeURIComponent(userName)}`,
    `userName=${encodeURIComponent(userName)}&connection=${connection}`,
    `externalId=${externalId}`,
    `app=${app}`,
    `app=${app}&state=due`,
    `kind=role&search=${connection}`,
  ]
}

const patchOf = (...Operations: object[]): object => ({
  schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
  Operations,
})

function bodiesOf(route: Route, subject: Subject): readonly unknown[] {
  const { user, group, userName, displayName, externalId, connection } = subject
  const aUser = {
    userName,
    externalId,
    emails: [{ value: userName, type: 'work' }],
    groups: [{ value: group }],
    [MANAGER]: { manager: { value: user } },
  }
  const members = [{ value: user }, { value: group }]
  const aGroup = { displayName, externalId, members }
  const search = filtersOf(subject).map((filter) => ({ filter, count: 10 }))
  switch (route.path) {
    case `${SCIM}/Users`:
    case `${SCIM}/Users/:id`:
      return route.method === 'PATCH' ? [patchOf({ op: 'replace', value: aUser })] : [aUser]
    case `${SCIM}/Groups`:
    case `${SCIM}/Groups/:id`:
      if (route.method !== 'PATCH') return [aGroup]
      return [
        patchOf({ op: 'add', path: 'members', value: members }),
        patchOf({ op: 'remove', path: `members[value eq "${user}"]` }),
        patchOf({ op: 'replace', value: { displayName, members: [] } }),
      ]
    case `${SCIM}/.search`:
    case `${SCIM}/Users/.search`:
    case `${SCIM}/Groups/.search`:
      return search
    case `${SCIM}/Bulk`:
      return bulkOf(subject, { aUser, aGroup })
    case '/api/v1/tokens':
      return [{ connection }]
    case '/api/v1/apps/:app/enforce':
      return [{ difference: subject.run, hash: 'a-hash' }]
    case '/api/v1/people/join':
      return [{ one: { connection, userName }, other: { connection, userName } }]
    case '/api/v1/people/part':
      return [{ one: { connection, userName } }]
    case '/api/v1/connections/:connection/handover':
      return [{ to: connection }, { to: 'okta' }, { to: connection, apply: true }]
    case '/api/v1/links/:id/settle':
      return [{ as: 'adopt' }, { as: 'ignore' }, { as: 'adopt', evenProtected: true }]
    case '/api/v1/apps/:app/policy':
      return [{ document: {} }, { document: {}, expectedVersion: 0 }]
    case '/api/v1/apps/:app/policy/test':
      return [{ userName }, { userName, connection }, { userName, document: {} }]
    default:
      return [{}]
  }
}

function bulkOf({ user, group }: Subject, { aUser, aGroup }: { aUser: object; aGroup: object }): readonly unknown[] {
  const operations: readonly object[] = [
    { method: 'PUT', path: `/Users/${user}`, data: aUser },
    { method: 'PATCH', path: `/Users/${user}`, data: patchOf({ op: 'replace', value: { active: false } }) },
    { method: 'DELETE', path: `/Users/${user}` },
    { method: 'PUT', path: `/Groups/${group}`, data: aGroup },
    { method: 'PATCH', path: `/Groups/${group}`, data: patchOf({ op: 'remove', path: 'members' }) },
    { method: 'DELETE', path: `/Groups/${group}` },
  ]
  return [{ schemas: ['urn:ietf:params:scim:api:messages:2.0:BulkRequest'], Operations: operations }]
}
