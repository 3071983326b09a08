/** Guarantee: whatever is sent, the answer is clear, nothing changes and the process lives. Cases: bad-input.cases.ts. */
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isObject } from '../idp/match.ts'
import { shapeFaults } from '../idp/shape.ts'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { BAD_INPUT } from './bad-input.cases.ts'
import { headers, putBack, type BadInput, type Watched } from './bad-input/case.ts'
import { sendRaw, type RawAnswer, type RawRequest } from './raw-http.ts'

let rollcall: TestRollcall
let watched: Watched
/** What the server said of its users before the first hostile request. */
let before: unknown

beforeAll(async () => {
  rollcall = await startRollcallForTest()
  const user = {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName: 'watched@acme.test',
    externalId: '00uwatched',
    displayName: 'Wanda Watched',
    name: { givenName: 'Wanda', familyName: 'Watched' },
    emails: [{ value: 'watched@acme.test', type: 'work', primary: true }],
    active: true,
  }
  const created = await exchange({
    method: 'POST',
    target: '/scim/v2/Users',
    headers: headers({ id: '', resource: {}, token: rollcall.scimToken }),
    body: Buffer.from(JSON.stringify(user)),
  })
  const resource: unknown = JSON.parse(created?.body ?? 'null')
  if (!isObject(resource)) throw new Error(`the watched user was not created: ${created?.body}`)
  watched = { id: String(resource['id']), resource, token: rollcall.scimToken }
  before = await state()
})

afterAll(() => rollcall.close())

describe.each(Object.entries(BAD_INPUT))('%s', (_group, cases) => {
  it.each(cases.map((one) => [one.name, one] as const))('%s is survived', async (_name, one) => {
    expect(await damage(one), one.why).toEqual([])
  })
})

/** Sends a hostile request and says what is wrong with the answer or changed by it; nothing, if all is well. */
async function damage(one: BadInput): Promise<string[]> {
  const answer = await exchange(one.request(watched))
  const found = faults(one, answer)
  if (found.length > 0) found.push(`answered ${answer?.body.slice(0, 300)}`)
  const after = await state()
  if (!isDeepStrictEqual(after, before)) {
    found.push(`the store changed to ${JSON.stringify(after).slice(0, 600)}`)
    await restore(after)
  }
  const health = await exchange({ method: 'GET', target: '/healthz', headers: [] })
  if (health?.status !== 200) found.push(`healthz answers ${health?.status}`)
  if (Object.keys(Object.prototype).length > 0)
    found.push(`every object now has ${Object.keys(Object.prototype).join()}`)
  return found
}

/** What is wrong with an answer, if anything. */
function faults(one: BadInput, answer: RawAnswer | undefined): string[] {
  const status = answer?.status ?? 'closed'
  if (!one.statuses.includes(status)) return [`answered ${status}, expected ${one.statuses.join(' or ')}`]
  if (answer === undefined || one.belowScim === true) return []
  const found = shapeFaults(answer)
  const body: unknown = answer.body === '' ? {} : JSON.parse(answer.body)
  if (!isObject(body)) return found
  if (answer.status >= 400 && one.scimType !== undefined && body['scimType'] !== one.scimType) {
    found.push(`scimType is ${JSON.stringify(body['scimType'])}, expected ${one.scimType}`)
  }
  if (answer.status === 200 && one.noHits === true && body['totalResults'] !== 0)
    found.push(`${String(body['totalResults'])} hits, expected none`)
  return found
}

/** Everything the provider can see, but for the times and versions that a harmless write may move. */
async function state(): Promise<unknown> {
  const answer = await exchange({
    method: 'GET',
    target: '/scim/v2/Users?startIndex=1&count=100',
    headers: headers(watched, null),
  })
  return withoutMeta(JSON.parse(answer?.body ?? 'null'))
}

/** After a case that did change something, so that the next ones are judged for themselves. */
async function restore(after: unknown): Promise<void> {
  const listed: unknown = isObject(after) ? after['Resources'] : []
  for (const user of Array.isArray(listed) ? listed : []) {
    const id = isObject(user) ? String(user['id']) : ''
    const target = `/scim/v2/Users/${id}`
    if (id !== watched.id) await exchange({ method: 'DELETE', target, headers: headers(watched, null) })
  }
  await exchange(putBack('')(watched))
}

function withoutMeta(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutMeta)
  if (!isObject(value)) return value
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, member]) => (name === 'meta' ? [] : [[name, withoutMeta(member)]])),
  )
}

function exchange(request: RawRequest): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(rollcall.base)
  return sendRaw({ host: hostname, port: Number(port) }, request)
}
