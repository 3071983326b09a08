/**
 * Plays a person's whole life on a connection, with a user that is marked and taken away again.
 * Decides what is written and that it goes, whatever happens; must not be called where an app could make an account of it
 * unless `active` is false: an inactive user without an account gets none.
 */
import { PROVIDER_TESTS } from '../../contract/provider-tests.ts'
import type { CheckStep } from './check-reach.ts'
import { send, type Answer, type Silence } from './check-send.ts'
import type { Playing } from './check-calls.ts'

export interface Writing extends Playing {
  /** False: the user is inactive from the first moment to the last, and no group is made. */
  readonly active: boolean
  /** True once somebody wants it to end: nothing new is begun, what was made goes. */
  readonly interrupted: () => boolean
}

const USER = 'urn:ietf:params:scim:schemas:core:2.0:User'
const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group'
const PATCH = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

type Body = Readonly<Record<string, unknown>>

/** What is there because of us. */
interface Made {
  readonly paths: string[]
  readonly steps: CheckStep[]
}

/** Never rejects, and never ends before what it made is gone or is named as left behind. */
export async function playLife(writing: Writing): Promise<readonly CheckStep[]> {
  const made: Made = { paths: [], steps: [] }
  try {
    await live(writing, made)
  } finally {
    for (const path of made.paths.toReversed()) made.steps.push(await takeAway(path, writing))
  }
  return made.steps
}

async function live(writing: Writing, made: Made): Promise<void> {
  const mark = `rollcall-check-${writing.newId()}`
  const name = `${mark}@check.invalid`
  const user = await step(writing, made, { step: 'create a user', expect: [201], ...createUser(name, mark, writing) })
  const path = placeOf('/Users', user)
  if (path === undefined) return
  made.paths.push(path)
  const found = await step(writing, made, {
    step: 'find them by name',
    expect: [200],
    method: 'GET',
    path: `/Users?filter=${encodeURIComponent(`userName eq "${name.toUpperCase()}"`)}`,
    right: (body) => body['totalResults'] === 1,
  })
  if (found === undefined) return
  const changed = await step(writing, made, {
    step: writing.active ? 'deactivate them' : 'change them',
    expect: [200, 204],
    ...change(path, name, writing),
  })
  if (changed === undefined) return
  await step(writing, made, {
    step: 'read them again',
    expect: [200],
    method: 'GET',
    path,
    right: (body) => body['active'] === false && String(body['userName']).toLowerCase() === name.toLowerCase(),
  })
  if (writing.active) await group(writing, made, { mark, member: path.slice('/Users/'.length) })
}

async function group(writing: Writing, made: Made, { mark, member }: { mark: string; member: string }): Promise<void> {
  const created = await step(writing, made, {
    step: 'create a group',
    expect: [201],
    method: 'POST',
    path: '/Groups',
    body: { schemas: [GROUP], displayName: mark },
  })
  const path = placeOf('/Groups', created)
  if (path === undefined) return
  made.paths.push(path)
  const add = { schemas: [PATCH], Operations: [{ op: 'add', path: 'members', value: [{ value: member }] }] }
  await step(writing, made, { step: 'add them to it', expect: [200, 204], method: 'PATCH', path, body: add })
  await step(writing, made, {
    step: 'see them in it',
    expect: [200],
    method: 'GET',
    path,
    right: (body) => JSON.stringify(body['members'] ?? null).includes(member),
  })
}

interface Request {
  readonly method: string
  readonly path: string
  readonly body?: Body
}

interface Expected extends Request {
  readonly step: string
  readonly expect: readonly number[]
  readonly right?: (body: Body) => boolean
}

/** The body of the answer where it was right; undefined ends the life. */
async function step(writing: Writing, made: Made, expected: Expected): Promise<Body | undefined> {
  if (writing.interrupted()) return undefined
  const heard = await ask(writing, expected)
  const fault = faultOf(heard, expected)
  made.steps.push({ step: expected.step, ok: fault === undefined, detail: fault ?? `Answered ${statusOf(heard)}.` })
  // A create whose answer is wrong may have made somebody all the same.
  return fault === undefined || expected.method === 'POST' ? bodyOf(heard) : undefined
}

const statusOf = (heard: Answer | Silence): number => ('silence' in heard ? 0 : heard.status)

function faultOf(heard: Answer | Silence, { expect, right }: Expected): string | undefined {
  if ('silence' in heard) return `No answer: ${heard.silence}.`
  const body = bodyOf(heard)
  if (!expect.includes(heard.status))
    return `Answered ${heard.status}${typeof body['detail'] === 'string' ? `: ${body['detail']}` : '.'}`
  return right === undefined || right(body) ? undefined : 'The answer does not show what was written before.'
}

function bodyOf(heard: Answer | Silence): Body {
  try {
    const body: unknown = JSON.parse('silence' in heard ? '' : heard.text)
    return typeof body === 'object' && body !== null ? { ...body } : {}
  } catch {
    return {}
  }
}

const placeOf = (collection: string, body: Body | undefined): string | undefined =>
  typeof body?.['id'] === 'string' ? `${collection}/${encodeURIComponent(body['id'])}` : undefined

const ask = ({ provider, base, token }: Writing, { method, path, body }: Request): Promise<Answer | Silence> =>
  send({
    method,
    url: base + path,
    headers: {
      ...PROVIDER_TESTS[provider].headers,
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/scim+json' }),
    },
    ...(body === undefined ? {} : { body }),
  })

function createUser(userName: string, mark: string, { active }: Writing): Request {
  const body = {
    schemas: [USER],
    userName,
    externalId: mark,
    displayName: 'Rollcall check: may be deleted',
    name: { givenName: 'Rollcall', familyName: 'Check' },
    emails: [{ value: userName, type: 'work', primary: true }],
    active,
  }
  return { method: 'POST', path: '/Users', body }
}

/** As each provider deactivates: facts 1.3 #7, 2.4 #11, 3.3 #7. */
function change(path: string, userName: string, { provider }: Writing): Request {
  const whole = {
    schemas: [USER],
    userName,
    name: { givenName: 'Rollcall', familyName: 'Check' },
    emails: [{ value: userName, type: 'work', primary: true }],
    title: 'Check',
    active: false,
  }
  const operations = {
    okta: [{ op: 'replace', value: { active: false } }],
    entra: [{ op: 'Replace', path: 'active', value: 'False' }],
    generic: [{ op: 'replace', path: 'active', value: false }],
  }
  return provider === 'onelogin'
    ? { method: 'PUT', path: `${path}?`, body: whole }
    : { method: 'PATCH', path, body: { schemas: [PATCH], Operations: operations[provider] } }
}

const ATTEMPTS = 3

/** Gone is what is answered 404 when it is read; anything else is named. */
async function takeAway(path: string, writing: Writing): Promise<CheckStep> {
  const step = path.startsWith('/Users') ? 'take the user away' : 'take the group away'
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    await ask(writing, { method: 'DELETE', path })
    const left = await ask(writing, { method: 'GET', path })
    if (statusOf(left) === 404) return { step, ok: true, detail: 'Nothing of it is left.' }
  }
  return {
    step,
    ok: false,
    detail: `It may still be there: send DELETE ${writing.base}${path} with a token of the connection.`,
  }
}
