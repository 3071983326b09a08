import { describe, expect, it } from 'vitest'
import { mismatches, substitute } from './match.ts'
import { folders, recordings, type Recording } from './recording.ts'
import { replay } from './replay.ts'
import type { ReplayAnswer } from './shape.ts'
import { shapeFaults } from './shape.ts'

const OPTIONS = { token: 't', run: '1' }

function reply(status: number, body: unknown, headers: Record<string, string> = {}): ReplayAnswer {
  return { status, body: JSON.stringify(body), headers: { 'content-type': 'application/scim+json', ...headers } }
}

const user = { schemas: ['u'], id: 'a', meta: { resourceType: 'User', location: 'http://x/Users/a' } }

describe('an expectation', () => {
  it.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: '@any' }, { a: null }],
    [{ a: '@absent' }, {}],
    [{ a: '@empty' }, { a: [] }],
    [{ a: '@integer' }, { a: 0 }],
    [
      [1, { b: 2 }],
      [1, { b: 2, c: 3 }],
    ],
    [{ '@contains': [{ t: 'work' }] }, [{ t: 'home' }, { t: 'work', v: 1 }]],
    [{ '@oneOf': ['@absent', true] }, true],
    [{ '@atLeast': 2 }, [1, 2]],
    ['mia{{run}}', 'mia7'],
  ])('%o holds for %o', (expected, found) => {
    expect(mismatches(expected, found, { captures: new Map([['run', '7']]), at: 'body' })).toEqual([])
  })

  it.each([
    [{ a: 1 }, { a: '1' }],
    [{ a: '@any' }, {}],
    [{ a: '@absent' }, { a: null }],
    [{ a: '@absent' }, 'text'],
    [{ a: '@string' }, { a: '' }],
    [{ toString: '@any' }, {}],
    [[1], [1, 2]],
    [{ '@contains': [{ t: 'work' }] }, [{ t: 'home' }]],
    [{ '@oneOf': ['@absent', true] }, 'true'],
    [{ '@atLeast': 2 }, 1],
    ['mia{{run}}', 'Mia7'],
    [null, undefined],
  ])('%o does not hold for %o', (expected, found) => {
    expect(mismatches(expected, found, { captures: new Map([['run', '7']]), at: 'body' })).not.toEqual([])
  })

  it('captures an id once and holds it to that', () => {
    const place = { captures: new Map<string, string>(), at: 'body' }
    expect(mismatches({ id: '@id:mia' }, { id: 'a' }, place)).toEqual([])
    expect(mismatches({ id: '@id:mia' }, { id: 'a' }, place)).toEqual([])
    expect(mismatches({ id: '@id:mia' }, { id: 'b' }, place)).toEqual(['body.id: expected "a", found "b"'])
    expect(() => substitute('{{ben}}', place.captures)).toThrow('nothing was captured as ben')
  })

  it('that nobody defined is an error and not a comparison', () => {
    expect(() => mismatches('@sting', 'x', { captures: new Map(), at: 'body' })).toThrow(/no expectation/)
  })
})

describe('the shape of an answer', () => {
  it('is fine for a user, an error, a list and a 204 as the suites want them', () => {
    const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '404', detail: 'no' }
    const list = {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
      totalResults: 1,
      startIndex: 1,
      itemsPerPage: 1,
      Resources: [user],
    }
    expect(shapeFaults(reply(201, user, { location: 'http://x/Users/a' }))).toEqual([])
    expect(shapeFaults(reply(404, error))).toEqual([])
    expect(shapeFaults(reply(200, list))).toEqual([])
    expect(shapeFaults({ status: 204, headers: {}, body: '' })).toEqual([])
  })

  it.each<[string, ReplayAnswer]>([
    ['another content type', reply(200, user, { 'content-type': 'application/json' })],
    ['HTML', { status: 404, headers: { 'content-type': 'text/html' }, body: '<html>' }],
    ['a password', reply(200, { ...user, password: 'x' })],
    [
      'a numeric status',
      reply(404, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: 404, detail: 'no' }),
    ],
    [
      'an error without detail',
      reply(400, { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '400' }),
    ],
    ['no Location on 201', reply(201, user)],
    ['no id', reply(200, { ...user, id: undefined })],
    [
      'counters as text',
      reply(200, { schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'], totalResults: '0' }),
    ],
    ['a 204 with a body', { status: 204, headers: {}, body: '{}' }],
  ])('is faulted for %s', (_what, answer) => {
    expect(shapeFaults(answer)).not.toEqual([])
  })
})

describe('a replay', () => {
  const recording: Recording = {
    file: 'x.json',
    name: 'create, read, push back',
    source: 'facts 1.3 #6',
    headers: { Authorization: 'Bearer {{token}}', 'Content-Type': 'application/scim+json' },
    requests: [
      {
        method: 'POST',
        path: '/Users',
        body: { userName: 'm{{run}}' },
        keep: 'mia',
        expect: { status: 201, body: { id: '@id:mia' } },
      },
      {
        method: 'PUT',
        path: '/Users/{{mia}}',
        headers: { Accept: 'x' },
        body: { '@echo': 'mia', title: 'T' },
        expect: { status: 200, body: { title: 'T' } },
      },
      { method: 'GET', path: '/Users/{{mia}}', headers: { Authorization: null }, expect: { status: 200 } },
    ],
  }

  it('sends what the file says, with names filled in and answers echoed', async () => {
    const sent: unknown[] = []
    const findings = await replay(
      recording,
      {
        request: async (method, path, { headers, body }) => {
          sent.push([method, path, headers, body === undefined ? undefined : JSON.parse(body)])
          return method === 'POST'
            ? reply(201, user, { location: 'http://x/Users/a' })
            : reply(200, { ...user, title: 'T' })
        },
      },
      OPTIONS,
    )
    expect(findings).toEqual([])
    const json = { 'Content-Type': 'application/scim+json' }
    expect(sent).toEqual([
      ['POST', '/Users', { Authorization: 'Bearer t', ...json }, { userName: 'm1' }],
      ['PUT', '/Users/a', { Authorization: 'Bearer t', ...json, Accept: 'x' }, { ...user, title: 'T' }],
      ['GET', '/Users/a', {}, undefined],
    ])
  })

  it('names every departure and the request it belongs to', async () => {
    const findings = await replay(recording, { request: async () => reply(200, user) }, OPTIONS)
    expect(findings).toEqual([
      expect.stringMatching(/^#1 POST \/Users: status 200, expected 201/),
      '#2 PUT /Users/{{mia}}: body.title: expected "T", found nothing',
    ])
  })

  it('takes requests at once in any order, but not two winners', async () => {
    const request = { method: 'POST', path: '/Users', body: {} }
    const race: Recording = { ...recording, requests: [{ atOnce: [request, request], statuses: [201, 409] }] }
    const error = { schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'], status: '409', detail: 'taken' }
    const won = reply(201, user, { location: 'http://x/Users/a' })
    const answers = [reply(409, error), won]
    expect(await replay(race, { request: async () => answers.shift() ?? won }, OPTIONS)).toEqual([])
    expect(await replay(race, { request: async () => won }, OPTIONS)).toEqual([
      '#1 at once: statuses 201, 201, expected 201, 409',
    ])
  })
})

describe('the recorded files', () => {
  const all = folders().flatMap(recordings)

  it('are well formed, each says another sentence, and names its people anew for each replay', () => {
    expect(all.length).toBeGreaterThan(20)
    expect(new Set(all.map((one) => one.name)).size).toBe(all.length)
    for (const { file, requests } of all) {
      expect(file).toMatch(/^[a-z0-9-]+\/[a-z0-9-]+\.json$/)
      const names = JSON.stringify(requests).match(/"userName":"[^"]*"/g) ?? []
      for (const name of names.filter((one) => /\w@\w/.test(one))) expect(`${file} ${name}`).toContain('{{run}}')
    }
  })

  it('cover the requests and rules they are kept for', () => {
    const sources = all.map((one) => one.source).join(' ')
    for (const row of ['#1', '#2', '#4', '#5', '#6', '#7', '#8', '#9', '#10']) expect(sources).toContain(row)
    for (const row of ['E1', 'E2', 'E3', 'E4', 'E6', 'E7', 'E8', 'E9', 'E13', 'E14', 'E16', 'E17', 'E22']) {
      expect(sources).toMatch(new RegExp(`\\b${row}\\b`))
    }
  })
})
