/**
 * A provider that pushes, hears nothing now and then, and deals with it as providers do: by reading, or by pushing again.
 * Decides what it may believe after each answer; must not know that anything is killed.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Random } from '../../sim/idp/random.ts'
import { scimClient, type ScimAnswer, type ScimBody } from '../support/scim.ts'
import { commit, differences, inWords, isState, type Known, type Person } from './person.ts'
import type { Push } from './story.ts'

/** Where the server is now; waits while it is down. */
export type Address = () => Promise<string>

const STATUS = { POST: 201, PUT: 200, PATCH: 200, DELETE: 204 } as const
/** Only ends what would never end. */
const PATIENCE_MS = 60_000
const MOST_TRIES = 600

/** What may not happen: an answer that breaks a promise. */
export class Broken extends Error {
  override readonly name = 'Broken'
}

export interface Provider {
  /** Sends one push and leaves the person as it is known to be afterwards. Throws {@link Broken}. */
  push(person: Person, push: Push, random: Random): Promise<void>
  /** What SCIM says about somebody now. Throws {@link Broken} where that is neither a user nor none. */
  read(person: Person): Promise<Known>
  /** How many live users SCIM counts. */
  count(): Promise<number>
  readonly figures: { acknowledged: number; unanswered: number; repeated: number; left: number }
}

type Request = readonly [method: string, path: string, body?: object]

/** Pushes through the connections of these tokens, each person through their own. */
export function openProvider(address: Address, tokens: readonly string[]): Provider {
  const figures = { acknowledged: 0, unanswered: 0, repeated: 0, left: 0 }

  /** The answer, or why there was none. */
  const send = async (token: string, ...[method, path, body]: Request): Promise<ScimAnswer | string> => {
    const client = scimClient(`${await address()}/scim/v2`, token)
    try {
      const answer = client(method, path, body)
      return await Promise.race([answer, timeout(`${method} ${path}`)])
    } catch (error) {
      if (error instanceof Broken) throw error
      const cause = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : ''
      return `${error instanceof Error ? error.message : String(error)}${cause}`
    }
  }

  /** Asks until there is an answer that is none of "not now". */
  const insist = async (token: string, ...request: Request): Promise<ScimAnswer> => {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const answer = await send(token, ...request)
      if (typeof answer !== 'string' && !isNotNow(answer)) return answer
      await pause(100)
    }
    throw new Broken(`${request[0]} ${request[1]} was never answered`)
  }

  const find = async (token: string, userName: string): Promise<ScimBody | undefined> => {
    const path = `/Users?filter=${encodeURIComponent(`userName eq "${userName}"`)}`
    const { status, body } = await insist(token, 'GET', path)
    if (status !== 200 || body.totalResults > 1) throw new Broken(`${path} answered ${status} ${JSON.stringify(body)}`)
    return body.Resources?.[0]
  }

  const read = async (person: Person): Promise<Known> => {
    if (person.id === undefined) {
      const found =
        person.open !== undefined && isState(person.open) ? await find(person.token, person.open.userName) : undefined
      if (found === undefined) return 'absent'
      person.id = found.id
      return stateOf(found)
    }
    const { status, body } = await insist(person.token, 'GET', `/Users/${person.id}`)
    if (status === 404) return 'deleted'
    if (status !== 200) throw new Broken(`GET of ${person.email} answered ${status} ${JSON.stringify(body)}`)
    return stateOf(body)
  }

  const accepted = (person: Person, push: Push, answer: ScimAnswer): void => {
    if (push.method === 'POST') person.id = answer.body.id
    figures.acknowledged++
    commit(person, push.after)
    if (push.method === 'DELETE') return
    const wrong = differences(push.after, stateOf(answer.body))
    if (wrong.length > 0) throw new Broken(`the answer to ${push.kind} shows something else: ${wrong.join(', ')}`)
  }

  const readAndGoOn = async (person: Person, push: Push, answer: ScimAnswer | string): Promise<void> => {
    const before = person.committed
    const found = await read(person)
    person.history.push(`    read: ${inWords(found)}`)
    if (differences(before, found).length === 0) return commit(person, before)
    const torn = differences(push.after, found)
    if (torn.length > 0) throw new Broken(`${push.kind} was made in part: ${torn.join(', ')}`)
    commit(person, push.after)
    if (typeof answer !== 'string') throw new Broken(`${push.kind} was refused ("${answer.body.detail}"), and made`)
  }

  const repeat = async (person: Person, push: Push): Promise<void> => {
    figures.repeated++
    const answer = await insist(person.token, push.method, pathOf(person), push.body)
    person.history.push(`    repeated: ${answer.status}`)
    if (answer.status === STATUS[push.method]) return accepted(person, push, answer)
    const isDoneAlready =
      (push.method === 'POST' && answer.status === 409) || (push.method === 'DELETE' && answer.status === 404)
    if (!isDoneAlready) throw new Broken(`${push.kind} repeated was answered ${answer.status} ${answer.body.detail}`)
    const wrong = differences(push.after, await read(person))
    if (wrong.length > 0)
      throw new Broken(`${push.kind} repeated was answered ${answer.status}, but ${wrong.join(', ')}`)
    commit(person, push.after)
  }

  return {
    figures,
    read,
    count: async () => {
      let count = 0
      for (const token of tokens) count += (await insist(token, 'GET', '/Users?count=0')).body.totalResults
      return count
    },
    push: async (person, push, random) => {
      const answer = await send(person.token, push.method, pathOf(person), push.body)
      person.history.push(`  ${push.kind} ${push.method} → ${said(answer)}: ${inWords(push.after)}`)
      if (typeof answer !== 'string' && answer.status === STATUS[push.method]) return accepted(person, push, answer)
      if (typeof answer !== 'string' && !isNotNow(answer)) {
        throw new Broken(`${push.kind} was answered ${answer.status} ${answer.body.detail}`)
      }
      figures.unanswered++
      person.open = push.after
      const dice = random.below(10)
      if (dice === 0) {
        figures.left++
        person.history.push('    left at that')
      } else if (dice < 5) await readAndGoOn(person, push, answer)
      else await repeat(person, push)
    },
  }
}

async function timeout(what: string): Promise<never> {
  await pause(PATIENCE_MS, undefined, { ref: false })
  throw new Broken(`${what} hung for ${PATIENCE_MS / 1000} s`)
}

const said = (answer: ScimAnswer | string): string =>
  typeof answer === 'string' ? `no answer (${answer})` : String(answer.status)

/** The server said itself that it cannot serve now. */
const isNotNow = ({ status }: ScimAnswer): boolean => status === 503

const pathOf = ({ id }: Person): string => (id === undefined ? '/Users' : `/Users/${id}`)

function stateOf(body: ScimBody): Known {
  const name = body['name'] as { readonly givenName?: unknown; readonly familyName?: unknown } | undefined
  return {
    userName: body.userName,
    givenName: String(name?.givenName),
    familyName: String(name?.familyName),
    timezone: String(body['timezone']),
    active: body['active'] === true,
  }
}
