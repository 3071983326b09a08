/** Requests that are merely too much. */
import {
  filtered,
  get,
  headers,
  patchText,
  post,
  postUser,
  putBack,
  ROOT,
  type BadInput,
  type Watched,
} from './case.ts'

const TEN_MB = 10 * 1_024 * 1_024
const TOO_BIG =
  'a user is a few kilobytes: the server refuses before it has read megabytes, and may hang up while they come'

/** Digits and letters that do not compress, so that a length limit cannot be missed by way of compression. */
function noise(length: number): string {
  let state = 7
  return Array.from({ length }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return ((state >>> 16) % 36).toString(36)
  }).join('')
}

function repeated(count: number, operation: (index: number) => unknown): string {
  return JSON.stringify(Array.from({ length: count }, (_one, index) => operation(index)))
}

/** A filter of about `length` characters that nobody meets. */
function longFilter(length: number): string {
  return Array.from({ length: Math.ceil(length / 40) }, (_one, index) => `userName eq "nobody${index}@acme.test"`).join(
    ' or ',
  )
}

function withHeader(name: string, value: string): (watched: Watched) => ReturnType<BadInput['request']> {
  return (watched) => ({
    method: 'GET',
    target: `${ROOT}/Users?count=1`,
    headers: [...headers(watched, null), [name, value]],
  })
}

export const SIZE_CASES: readonly BadInput[] = [
  {
    name: 'a user of 10 MB',
    request: postUser({ displayName: 'x'.repeat(TEN_MB) }),
    statuses: [413, 'closed'],
    why: TOO_BIG,
  },
  { name: '10 MB that are no JSON', request: post('['.repeat(TEN_MB)), statuses: [413, 'closed'], why: TOO_BIG },
  {
    name: '10 MB without a credential',
    request: (watched) => ({
      ...post('x'.repeat(TEN_MB))(watched),
      headers: [['Content-Type', 'application/scim+json']],
    }),
    statuses: [401, 413, 'closed'],
    why: 'nobody unknown may make the server read',
  },
  {
    name: 'a promise of 10 GB',
    request: (watched) => ({
      ...post('{')(watched),
      headers: [...headers(watched), ['Content-Length', '10737418240']],
    }),
    statuses: [413, 'closed'],
    why: 'the length alone is reason enough',
  },
  {
    name: 'a PATCH of 10 MB',
    request: patchText(`[{"op":"replace","path":"title","value":"${'x'.repeat(TEN_MB)}"}]`),
    statuses: [413, 'closed'],
    why: TOO_BIG,
  },
  {
    name: 'a userName of 10,000 letters',
    request: postUser({ userName: noise(10_000) }),
    statuses: [400],
    scimType: 'invalidValue',
    why: 'no directory has such a name, and no index holds it',
  },
  {
    name: 'an externalId of 10,000 letters',
    request: postUser({ externalId: noise(10_000) }),
    statuses: [400],
    scimType: 'invalidValue',
    why: 'as above',
  },
  {
    name: 'a rename to 10,000 letters',
    request: patchText(`[{"op":"replace","path":"userName","value":"${noise(10_000)}"}]`),
    statuses: [400],
    scimType: 'invalidValue',
    why: 'as above',
  },
  {
    name: '10,000 operations that end where they began',
    request: (watched) =>
      patchText(
        repeated(10_000, () => ({ op: 'replace', path: 'displayName', value: watched.resource['displayName'] })),
      )(watched),
    statuses: [200, 204, 400, 413],
    why: 'refused, or done without harm',
  },
  {
    name: '10,000 operations of which the last is wrong',
    request: patchText(
      repeated(10_000, (index) =>
        index < 9_999 ? { op: 'replace', path: 'title', value: `t${index}` } : { op: 'explode' },
      ),
    ),
    statuses: [400, 413],
    why: 'facts 11 E17: nothing of it is applied',
  },
  {
    name: '50,000 unknown attributes',
    request: putBack(Array.from({ length: 50_000 }, (_one, index) => `"x${index}":1`).join(',')),
    statuses: [200, 400, 413],
    why: 'ignored or refused',
  },
  {
    name: 'a filter of 10 kB',
    request: filtered(longFilter(6_000)),
    statuses: [200, 400],
    noHits: true,
    why: 'served, or refused as too much',
  },
  {
    name: 'a filter of 100 kB',
    request: filtered(longFilter(100_000)),
    statuses: [400, 414, 431, 'closed'],
    belowScim: true,
    why: 'longer than any request head a server reads',
  },
  {
    name: 'a filter 2,000 brackets deep',
    request: get(`/Users?filter=${'('.repeat(2_000)}userName%20pr${')'.repeat(2_000)}`),
    statuses: [400],
    scimType: 'invalidFilter',
    why: 'recursion must not be left to the sender',
  },
  {
    name: 'a filter of 2,000 times not',
    request: get(`/Users?filter=${'not('.repeat(2_000)}userName%20pr${')'.repeat(2_000)}`),
    statuses: [400],
    scimType: 'invalidFilter',
    why: 'as above',
  },
  {
    name: 'a PATCH path of 100 kB',
    request: patchText(JSON.stringify([{ op: 'replace', path: `emails[${longFilter(100_000)}].value`, value: 'x' }])),
    statuses: [400, 413],
    why: 'no path is that long',
  },
  {
    name: 'a PATCH path 5,000 brackets deep',
    request: patchText(
      JSON.stringify([
        { op: 'replace', path: `emails[${'('.repeat(5_000)}type eq "work"${')'.repeat(5_000)}].value`, value: 'x' },
      ]),
    ),
    statuses: [400],
    why: 'recursion must not be left to the sender',
  },
  {
    name: 'an id of 8 kB',
    request: get(`/Users/${'a'.repeat(8_000)}`),
    statuses: [404, 414],
    why: 'nobody has this id',
  },
  {
    name: 'an address of 100 kB',
    request: get(`/Users/${'a'.repeat(100_000)}`),
    statuses: [400, 404, 414, 431, 'closed'],
    belowScim: true,
    why: 'longer than any request head a server reads',
  },
  {
    name: '1,000 query parameters',
    request: get(`/Users?count=1&${Array.from({ length: 1_000 }, (_one, index) => `p${index}=1`).join('&')}`),
    statuses: [200, 400],
    why: 'facts 10 T21: unknown parameters are ignored',
  },
  {
    name: 'a header of 100 kB',
    request: withHeader('X-Filler', 'x'.repeat(100_000)),
    statuses: [400, 431, 'closed'],
    belowScim: true,
    why: 'RFC 6585 5: too large a head',
  },
  {
    name: 'a credential of 10 kB',
    request: (watched) => ({
      method: 'GET',
      target: `${ROOT}/Users`,
      headers: [['Authorization', `Bearer ${watched.token}${'x'.repeat(10_000)}`]],
    }),
    statuses: [401],
    why: 'it is not the token',
  },
  {
    name: '3,000 headers',
    request: (watched) => ({
      method: 'GET',
      target: `${ROOT}/Users?count=1`,
      headers: [
        ...headers(watched, null),
        ...Array.from({ length: 3_000 }, (_one, index) => [`X-${index}`, '1'] as const),
      ],
    }),
    statuses: [200, 400, 401, 431, 'closed'],
    belowScim: true,
    why: 'served, or refused as too many',
  },
]
