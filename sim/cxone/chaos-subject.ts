// Decides whom a call is about, by what it names: a person, a team, nobody. Knows paths and field names only by their
// looks, so that a new route needs no line here.
import type { FastifyRequest } from 'fastify'
import type { Asked } from './chaos-strikes.ts'

/** The userName of whoever has this id in one half or the other; nothing where nobody has. */
export type NameOf = (id: string) => string | undefined

export interface Subject {
  /** Tells subjects apart. */
  readonly who: string
  /** The same in every run with the same calls: ids depend on the order in which people were made, names do not. */
  readonly aliases: readonly string[]
}

/** Names people by the userName under which they were first called about; one for each schedule. */
export class Aliases {
  readonly #known = new Map<string, string>()

  /** What stands for an id or a name of a call. */
  of(value: string, nameOf: NameOf): string {
    const known = this.#known.get(value) ?? nameOf(value)?.toLowerCase()
    if (known === undefined) return UUID.test(value) ? 'somebody unknown' : value.toLowerCase()
    this.#known.set(value, known)
    return known
  }
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Fields that say whom a body or a query is about; the first that is there counts. */
const NAMING = [
  'id',
  'userId',
  'userIds',
  'inviteUserIds',
  'agentId',
  'agentIds',
  'userName',
  'searchString',
  'fullNameContains',
  'emailAddress',
  'emailAddressesList',
] as const

const DEEPEST = 2

export function subjectOf(
  request: FastifyRequest,
  from: { readonly nameOf: NameOf; readonly aliases: Aliases },
): Subject {
  const inPath = Object.entries((request.params ?? {}) as Record<string, unknown>)
    .filter(([name]) => name !== 'version')
    .flatMap(([, value]) => namesOf(value))
  const named = [...inPath, ...namedIn(request.query, 0), ...namedIn(request.body, 0)]
  return { who: named.join(' ').toLowerCase(), aliases: named.map((one) => from.aliases.of(one, from.nameOf)) }
}

/** Outer fields go before inner ones: a user holds views and groups that have ids of their own. */
function namedIn(value: unknown, depth: number): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  const fields = value as Readonly<Record<string, unknown>>
  const first = Array.isArray(value) ? undefined : NAMING.find((name) => namesOf(fields[name]).length > 0)
  if (first !== undefined) return namesOf(fields[first])
  return depth === DEEPEST ? [] : Object.values(fields).flatMap((inner) => namedIn(inner, depth + 1))
}

function namesOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((one) => (typeof one === 'object' ? [] : namesOf(one)))
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? [String(value)] : []
}

/** What the schedule goes by. */
export function askedBy(request: FastifyRequest, route: string, { who, aliases }: Subject): Asked {
  const { method } = request
  const reads = method === 'GET' || /\/search$/i.test(route)
  return {
    call: `${method} ${route}`,
    alias: aliases.join(' '),
    reads,
    signedIn: request.headers.authorization?.startsWith('Bearer ') === true,
    mayLag: reads && who !== '' && !/\/users\/:/i.test(route),
    creates: method === 'POST' && /\/users$/i.test(route),
  }
}
