/**
 * From one SCIM call to who makes such calls and what they are after.
 * Decides by User-Agent and shape (facts 1.1, 1.3, 2.1, 2.2, 2.4, 3.2, 3.3); must not judge the answer.
 */
import type { Provider } from './guide/shape.ts'

export interface SeenCall {
  readonly method: string
  /** As it came, with its query. */
  readonly path: string
  /** Empty where the header was there and empty; null where it was not there. */
  readonly userAgent: string | null
  readonly body: unknown
}

export interface Recognised {
  /** Undefined where nothing tells. */
  readonly provider: Provider | undefined
  /** By what the provider was told: "by its User-Agent". */
  readonly by: string | undefined
  /** What it did, to follow the provider's name: `asked for the user named "ann@example.com"`. */
  readonly what: string
  /** Whose test of a connection has this form; of more than one, all. */
  readonly testOf: readonly Provider[]
  /** The half of the test that asks for groups, which some connections never send. */
  readonly testOfGroups: boolean
  /** Entra: which form of PATCH its tenant URL asks for, where this call shows it. */
  readonly dialect: 'older' | 'aadOptscim062020' | undefined
}

const GUID = /^\{?[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}\}?$/i

export function recognise(call: SeenCall): Recognised {
  const target = targetOf(call.path)
  const dialect = dialectOf(call, target)
  const sender = senderOf(call, { target, dialect })
  const named = filterOf(target)
  const testOf = call.method === 'GET' ? testsOf(target, named) : []
  return {
    provider: sender?.provider,
    by: sender?.by,
    what: whatOf(call, target),
    testOf,
    testOfGroups: testOf.length > 0 && target.resource === 'Groups',
    dialect,
  }
}

export interface Target {
  /** Behind /scim/v2, without the query: `/Users/u1`. */
  readonly path: string
  readonly resource: string
  readonly id: string | undefined
  /** Names in lower case. */
  readonly query: ReadonlyMap<string, string>
  /** The address ended in `?` or `&`. */
  readonly stray: boolean
  /** Blanks of the query came as `+`. */
  readonly plus: boolean
}

export function targetOf(url: string): Target {
  const at = url.indexOf('?')
  const whole = at < 0 ? url : url.slice(0, at)
  const rest = at < 0 ? '' : url.slice(at + 1)
  const path = whole.replace(/^\/scim\/v2(?=\/|$)/, '')
  const [, resource = '', id] = path.split('/')
  const query = new Map(
    rest
      .split('&')
      .filter((pair) => pair !== '')
      .map((pair) => {
        const [name = '', ...value] = pair.split('=')
        return [decoded(name).toLowerCase(), decoded(value.join('='))] as const
      }),
  )
  return { path, resource, id, query, stray: /[?&]$/.test(url), plus: rest.includes('+') }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    return text
  }
}

/** The first comparison of a filter, where it is one of equality. */
function filterOf({ query }: Target): { readonly attribute: string; readonly value: string } | undefined {
  const [, attribute, value] = /^\s*(\S+(?:\[.*?\])?\S*)\s+eq\s+"([^"]*)"\s*$/i.exec(query.get('filter') ?? '') ?? []
  return attribute === undefined || value === undefined ? undefined : { attribute, value }
}

/** Rows #1 of facts 1.3, 2.4 and 3.3. */
function testsOf(target: Target, named: { readonly value: string } | undefined): readonly Provider[] {
  const { resource, id, query, stray, plus } = target
  if (id !== undefined) return []
  const count = Number(query.get('count') ?? '0')
  if (resource === 'Users' && named === undefined && query.get('startindex') === '1' && (count === 1 || count === 2))
    return ['okta']
  if (named === undefined) return []
  const random = GUID.test(named.value)
  if (resource === 'Groups') return random && query.has('excludedattributes') ? ['entra'] : []
  if (resource !== 'Users' || query.has('startindex')) return []
  if (stray || plus) return ['onelogin']
  return random ? ['entra'] : []
}

interface Sender {
  readonly provider: Provider
  readonly by: string
}

function senderOf(
  { method, userAgent, body }: SeenCall,
  { target, dialect }: { readonly target: Target; readonly dialect: Recognised['dialect'] },
): Sender | undefined {
  if (/\bokta\b/i.test(userAgent ?? '')) return { provider: 'okta', by: 'by its User-Agent' }
  if (/\bonelogin\b/i.test(userAgent ?? '')) return { provider: 'onelogin', by: 'by its User-Agent' }
  if (/\b(?:entra|azure|microsoft)/i.test(userAgent ?? '')) return { provider: 'entra', by: 'by its User-Agent' }
  if (dialect === 'aadOptscim062020')
    return { provider: 'entra', by: 'by the flag aadOptscim062020 or AzureAdScimPatch2017 in its address' }
  if (dialect === 'older') return { provider: 'entra', by: 'by the form of its changes' }
  if (/2006\/11\/ResourceManagement\/ADSCIM/.test(JSON.stringify(fieldOf(body, 'schemas') ?? '')))
    return { provider: 'entra', by: "by Microsoft's own schema in it" }
  if (target.stray && (userAgent ?? '') === '')
    return { provider: 'onelogin', by: 'by the stray ? or & at the end of its address' }
  const named = filterOf(target)
  if (method === 'GET' && userAgent === null && named !== undefined && GUID.test(named.value))
    return { provider: 'entra', by: 'by the random id it asks for, without a User-Agent' }
  return undefined
}

/** Facts 2.1. */
function dialectOf({ body }: SeenCall, { query }: Target): Recognised['dialect'] {
  if (query.has('aadoptscim062020')) return 'aadOptscim062020'
  if (query.has('azureadscimpatch2017')) return 'older'
  const operations = fieldOf(body, 'Operations')
  if (!Array.isArray(operations)) return undefined
  const older = operations.some((operation) => ['Add', 'Replace', 'Remove'].includes(String(fieldOf(operation, 'op'))))
  return older ? 'older' : undefined
}

export const fieldOf = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value) && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined

const NOUNS: Readonly<Record<string, string>> = { Users: 'user', Groups: 'group' }

function whatOf({ method, body }: SeenCall, target: Target): string {
  const noun = NOUNS[target.resource]
  if (noun === undefined) return `asked for ${method === 'GET' ? '' : `${method} `}${target.path || '/'}`
  if (target.id === '.search') return `searched among ${noun}s`
  if (target.id === undefined) return method === 'POST' ? created(noun, body) : listed(noun, target)
  switch (method) {
    case 'GET':
      return `read a ${noun}`
    case 'DELETE':
      return `deleted a ${noun}`
    case 'PUT':
      return noun === 'user' ? `sent a whole user${activity(fieldOf(body, 'active'))}` : 'sent a whole group'
    case 'PATCH':
      return patched(noun, body)
    default:
      return `called ${method} on a ${noun}`
  }
}

function created(noun: string, body: unknown): string {
  const name = fieldOf(body, noun === 'user' ? 'userName' : 'displayName')
  return `created ${typeof name === 'string' ? `the ${noun} "${name}"` : `a ${noun}`}`
}

function listed(noun: string, target: Target): string {
  const named = filterOf(target)
  if (named !== undefined) return `looked for the ${noun} whose ${named.attribute} is "${named.value}"`
  if (target.query.has('filter')) return `looked for ${noun}s by a filter`
  const count = target.query.get('count')
  const start = target.query.get('startindex') ?? '1'
  return count === undefined ? `listed ${noun}s` : `listed ${count} ${noun}s from place ${start}`
}

function patched(noun: string, body: unknown): string {
  const operations = fieldOf(body, 'Operations') ?? fieldOf(body, 'operations')
  if (!Array.isArray(operations)) return `changed a ${noun} in part`
  if (noun === 'group') return `changed a group, ${operations.length} ${operations.length === 1 ? 'step' : 'steps'}`
  const active = operations
    .map((one) =>
      String(fieldOf(one, 'path')).toLowerCase() === 'active'
        ? fieldOf(one, 'value')
        : fieldOf(fieldOf(one, 'value'), 'active'),
    )
    .findLast((value) => value !== undefined)
  return `changed a user${activity(active)}`
}

function activity(active: unknown): string {
  if (active === undefined) return ''
  return JSON.stringify(active).toLowerCase().includes('false') ? ', who is inactive now' : ', who is active'
}
