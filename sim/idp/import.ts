/**
 * A provider's reading of every user there is, page by page until totalResults is reached; pages must neither overlap nor
 * leave gaps. Reads only.
 */
import type { Answered, AnswerReader, Failure } from './answers.ts'
import type { Exchange } from './client.ts'
import type { ScimRequest } from './scim.ts'

export interface Import {
  readonly ok: boolean
  /** Everybody listed, the inactive included, in the order of the server. */
  readonly users: readonly Answered[]
  /** How many of them are active: Okta brings no others into its directory. */
  readonly brought: number
  readonly pages: number
  readonly complaints: readonly string[]
  readonly failure?: Failure
}

export interface Paging {
  /** The request for the page beginning at `startIndex`, from 1. */
  readonly page: (startIndex: number) => ScimRequest
  /** What each page asks for; without it a page is as long as the server makes it. */
  readonly size?: number
  readonly send: (request: ScimRequest) => Promise<Exchange>
  readonly read: AnswerReader
}

export async function importAll({ page, size, send, read }: Paging): Promise<Import> {
  const users: Answered[] = []
  const complaints: string[] = []
  let pages = 0
  let total = 1
  for (let start = 1; start <= total;) {
    const reading = read.list(await send(page(start)))
    if (!reading.ok) return { ...result(users, pages, complaints), ok: false, failure: reading.failure }
    pages += 1
    total = reading.value.total
    users.push(...reading.value.resources)
    complaints.push(...reading.complaints)
    const got = reading.value.resources.length
    const due = Math.min(size ?? got, Math.max(0, total - start + 1))
    if (got !== due || (got === 0 && start <= total)) {
      complaints.push(`the page from ${start} has ${got} users, ${due} were due of ${total}`)
    }
    if (got === 0) break
    start += size ?? got
  }
  return result(users, pages, complaints)
}

function result(users: readonly Answered[], pages: number, complaints: readonly string[]): Import {
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
