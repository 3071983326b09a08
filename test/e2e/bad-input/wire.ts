/** Content types, methods, addresses and framing that are wrong. */
import { filtered, get, headers, putBack, ROOT, send, type BadInput } from './case.ts'

const CONTENT_TYPES: readonly string[] = [
  'text/plain',
  'application/xml',
  'text/html',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  'image/png',
  'nonsense',
  '/',
  ';;;',
  '*/*',
]

const ADDRESSES: readonly string[] = [
  '/Users/../../../etc/passwd',
  '/Users/%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '/Users/..%5c..%5c',
  '//Users//x',
  '/Users/a/b/c/d',
  '/Users/;DROP%20TABLE%20identity',
  "/Users/'%20OR%20'1'='1",
  '/Users/%25%32%35',
  '/Users/%F0%9F%A6%84',
  '/Users/{id}',
  '/Users/*',
  '/.env',
  '/Users.json',
]

const METHODS: readonly (readonly [method: string, path: string])[] = [
  ['DELETE', '/Users'],
  ['PUT', '/Users'],
  ['PATCH', '/Users'],
  ['TRACE', '/Users'],
  ['PROPFIND', '/Users'],
  ['LOCK', '/Users'],
]

const BELOW: readonly (readonly [name: string, make: BadInput['request']])[] = [
  ['a method nobody knows', send('FROBNICATE', '/Users')],
  ['a method in small letters', send('get', '/Users')],
  [
    'a target without a slash',
    (watched) => ({ method: 'GET', target: 'scim/v2/Users', headers: headers(watched, null) }),
  ],
  [
    'a target with a blank',
    (watched) => ({ method: 'GET', target: `${ROOT}/Users/a b`, headers: headers(watched, null) }),
  ],
  [
    'a NUL byte in the target',
    (watched) => ({ method: 'GET', target: `${ROOT}/Users/\0`, headers: headers(watched, null) }),
  ],
  [
    'a NUL byte in a header',
    (watched) => ({ method: 'GET', target: `${ROOT}/Users`, headers: [...headers(watched, null), ['X-Odd', 'a\0b']] }),
  ],
  [
    'a header name with a blank',
    (watched) => ({ method: 'GET', target: `${ROOT}/Users`, headers: [...headers(watched, null), ['X Odd', '1']] }),
  ],
  [
    'a negative length',
    (watched) => ({ ...putBack('')(watched), headers: [...headers(watched), ['Content-Length', '-1']] }),
  ],
  [
    'two lengths',
    (watched) => ({
      ...putBack('')(watched),
      headers: [...headers(watched), ['Content-Length', '5'], ['Content-Length', '6']],
    }),
  ],
  [
    'a length and chunks at once',
    (watched) => ({
      ...putBack('')(watched),
      headers: [...headers(watched), ['Content-Length', '5'], ['Transfer-Encoding', 'chunked']],
    }),
  ],
  [
    'chunks that are none',
    (watched) => ({ ...putBack('')(watched), headers: [...headers(watched), ['Transfer-Encoding', 'chunked']] }),
  ],
  ['a tunnel', (watched) => ({ method: 'CONNECT', target: 'elsewhere.test:443', headers: headers(watched, null) })],
]

const NO_LEAK = 'no user and no endpoint is called that, and nothing outside is reachable'

export const WIRE_CASES: readonly BadInput[] = [
  ...CONTENT_TYPES.map((type) => ({
    name: `the content type ${type}`,
    request: putBack('', type),
    statuses: [400, 415],
    why: 'only JSON is understood; guessing would be another protocol',
  })),
  {
    name: 'no content type',
    request: putBack('', null),
    statuses: [200, 400, 415],
    why: 'taken as JSON, or refused; either way nothing changes',
  },
  { name: 'an empty content type', request: putBack('', ''), statuses: [200, 400, 415], why: 'as above' },
  {
    name: 'a charset that the body is not in',
    request: putBack('', 'application/json; charset=utf-16'),
    statuses: [200, 400, 415],
    why: 'facts 10 T23: parameters are ignored, or the claim is refused',
  },
  {
    name: 'a JSON type with a broken parameter',
    request: putBack('', 'application/scim+json; ;;charset'),
    statuses: [200, 400, 415],
    why: 'as above',
  },
  ...ADDRESSES.map((path) => ({ name: `the address ${path}`, request: get(path), statuses: [400, 404], why: NO_LEAK })),
  {
    name: 'a broken percent sign in an address',
    request: get('/Users/%zz'),
    statuses: [400, 404],
    why: 'it names nothing',
  },
  {
    name: 'a broken percent sign in a query',
    request: get('/Users?count=1&x=%zz&%'),
    statuses: [200, 400],
    why: 'an unknown parameter is ignored, or the query refused',
  },
  { name: 'an empty filter', request: get('/Users?filter='), statuses: [200, 400], why: 'no filter, or a broken one' },
  {
    name: 'a filter given twice',
    request: get('/Users?filter=userName%20eq%20%22a%22&filter=userName%20eq%20%22b%22'),
    statuses: [200, 400],
    noHits: true,
    why: 'either one or neither, but never everybody',
  },
  {
    name: 'a filter as an array parameter',
    request: get('/Users?filter[]=x&filter[a]=y&count=1'),
    statuses: [200, 400],
    why: 'facts 10 T21: parameters of other names are ignored',
  },
  {
    name: 'SQL in a filter',
    request: filtered(`userName eq "x'; DROP TABLE identity; --"`),
    statuses: [200],
    noHits: true,
    why: 'a name like any other, and nobody has it',
  },
  {
    name: 'a wildcard in a filter',
    request: filtered('userName eq "%"'),
    statuses: [200],
    noHits: true,
    why: 'a per cent sign is a letter like any other',
  },
  {
    name: 'a pattern in a filter',
    request: filtered('userName co "%_\\\\"'),
    statuses: [200, 400],
    noHits: true,
    why: 'what means something to LIKE is taken literally',
  },
  ...METHODS.map(([method, path]) => ({
    name: `${method} ${path}`,
    request: send(method, path),
    statuses: [400, 404, 405, 501],
    why: 'the collection has no such method; nobody may delete or replace everybody at once',
  })),
  {
    name: 'POST to a user',
    request: (watched) => send('POST', `/Users/${watched.id}`)(watched),
    statuses: [400, 404, 405, 501],
    why: 'users are made at the collection',
  },
  {
    name: 'a GET with a hostile body',
    request: (watched) => ({ ...send('GET', `/Users/${watched.id}`)(watched), body: Buffer.from('{"active":') }),
    statuses: [200, 400],
    why: 'RFC 9110 9.3.1: a body of GET means nothing',
  },
  {
    name: 'an absolute target of another host',
    request: (watched) => ({
      method: 'GET',
      target: `http://elsewhere.test${ROOT}/Users/${watched.id}`,
      headers: headers(watched, null),
    }),
    statuses: [200, 400, 404, 421],
    belowScim: true,
    why: 'it is served here or refused, never fetched there',
  },
  {
    name: 'another Host',
    request: (watched) => ({
      method: 'GET',
      target: `${ROOT}/Users/${watched.id}`,
      headers: [...headers(watched, null), ['Host', 'elsewhere.test']],
    }),
    statuses: [200, 400, 421],
    why: 'the tenant comes from the token, never from the Host',
  },
  ...BELOW.map(([name, request]) => ({
    name,
    request,
    statuses: [400, 404, 405, 501, 'closed'] as const,
    belowScim: true as const,
    why: 'broken below HTTP: refused, or hung up on',
  })),
]
