/**
 * Okta's import of users (facts 1.3 #2): pages of 100 from startIndex 1 until totalResults is reached, which must
 * neither overlap nor leave gaps. Reads only.
 */
import { readList, type AnsweredUser, type Failure } from './answers.ts'
import type { Exchange } from './client.ts'
import { importPage, PAGE_SIZE, type ScimRequest } from './requests.ts'

export interface Import {
  readonly ok: boolean
  /** Everybody listed, the inactive included, in the order of the server. */
  readonly users: readonly AnsweredUser[]
  /** How many of them Okta would bring into its directory: inactive users are left out. */
  readonly brought: number
  readonly pages: number
  readonly complaints: readonly string[]
  readonly failure?: Failure
}

export async function importAll(send: (request: ScimRequest) => Promise<Exchange>): Promise<Import> {
  const users: AnsweredUser[] = []
  const complaints: string[] = []
  let pages = 0
  let total = 1
  for (let start = 1; start <= total; start += PAGE_SIZE) {
    const reading = readList(await send(importPage(start)))
    if (!reading.ok) return { ...result(users, pages, complaints), ok: false, failure: reading.failure }
    pages += 1
    total = reading.value.total
    users.push(...reading.value.users)
    complaints.push(...reading.complaints)
    const due = Math.min(PAGE_SIZE, Math.max(0, total - start + 1))
    const got = reading.value.users.length
    if (got !== due) complaints.push(`the page from ${start} has ${got} users, ${due} were due of ${total}`)
  }
  return result(users, pages, complaints)
}

function result(users: readonly AnsweredUser[], pages: number, complaints: readonly string[]): Import {
  const twice = users.length - new Set(users.map((user) => user.id)).size
  const all = twice === 0 ? complaints : [...complaints, `${twice} users were listed more than once`]
  return {
    ok: all.length === 0,
    users,
    brought: users.filter((user) => user.resource['active'] !== false).length,
    pages,
    complaints: all,
  }
}
