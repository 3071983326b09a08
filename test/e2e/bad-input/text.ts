/** Text that no database and no other program can keep: NUL, halves of surrogate pairs, bytes that are not UTF-8. */
import { filtered, get, patchOne, patchText, post, putBack, type BadInput } from './case.ts'

const NOT_TEXT =
  'PostgreSQL cannot hold it and no target would take it: the value is invalid, and silently changing it would lose what was accepted'
const INVALID = { statuses: [400], scimType: 'invalidValue', why: NOT_TEXT } as const

/** A JSON string escape for each kind of text that is none. */
const ESCAPES: readonly (readonly [kind: string, escape: string])[] = [
  ['NUL', '\\u0000'],
  ['a high surrogate alone', '\\ud800'],
  ['a low surrogate alone', '\\udc00'],
  ['surrogates in the wrong order', '\\udc00\\ud800'],
]

const BYTES: readonly (readonly [kind: string, bytes: readonly number[]])[] = [
  ['a continuation byte that is none', [0xc3, 0x28]],
  ['an overlong slash', [0xc0, 0xaf]],
  ['a surrogate encoded as if it were a character', [0xed, 0xa0, 0x80]],
  ['0xFF', [0xff]],
  ['a sequence cut short', [0xe2, 0x82]],
]

function around(before: string, bytes: readonly number[], after: string): Buffer {
  return Buffer.concat([Buffer.from(before), Buffer.from(bytes), Buffer.from(after)])
}

export const TEXT_CASES: readonly BadInput[] = [
  ...ESCAPES.flatMap(([kind, escape]) => [
    { name: `${kind} in userName`, request: post(`{"userName":"bad${escape}input@acme.test"}`), ...INVALID },
    {
      name: `${kind} in externalId`,
      request: post(`{"userName":"bad.input@acme.test","externalId":"a${escape}b"}`),
      ...INVALID,
    },
    {
      name: `${kind} in name.familyName`,
      request: post(`{"userName":"bad.input@acme.test","name":{"familyName":"a${escape}b"}}`),
      ...INVALID,
    },
    {
      name: `${kind} in an e-mail address`,
      request: post(`{"userName":"bad.input@acme.test","emails":[{"value":"a${escape}b@acme.test"}]}`),
      ...INVALID,
    },
    {
      name: `${kind} by PATCH`,
      request: patchText(`[{"op":"replace","path":"title","value":"a${escape}b"}]`),
      ...INVALID,
    },
    {
      name: `${kind} by path-less PATCH`,
      request: patchText(`[{"op":"replace","value":{"title":"a${escape}b"}}]`),
      ...INVALID,
    },
    {
      name: `${kind} in a PATCH path`,
      request: patchText(`[{"op":"replace","path":"title${escape}","value":"x"}]`),
      statuses: [400],
      why: 'no attribute is called that',
    },
    {
      name: `${kind} in an unknown key`,
      request: putBack(`"a${escape}b":1`),
      statuses: [200, 400],
      why: 'an unknown attribute is ignored or refused; it is never stored',
    },
    {
      name: `${kind} inside a filter's string`,
      request: filtered(`userName eq "a${escape}b"`),
      statuses: [200, 400],
      noHits: true as const,
      why: 'nobody can have that name: no hits, or a refusal; never an error of the database',
    },
  ]),
  ...BYTES.flatMap(([kind, bytes]) => [
    {
      name: `${kind} in a body`,
      request: post(around('{"userName":"bad', bytes, 'input@acme.test"}')),
      statuses: [400],
      why: 'RFC 8259 8.1: JSON is UTF-8; replacing the bytes would store another name than was sent',
    },
    {
      name: `${kind} in a PATCH`,
      request: patchText(around('[{"op":"replace","path":"title","value":"a', bytes, 'b"}]')),
      statuses: [400],
      why: 'as above',
    },
  ]),
  {
    name: 'a raw NUL byte in a body',
    request: post(around('{"userName":"bad', [0], 'input@acme.test"}')),
    statuses: [400],
    scimType: 'invalidSyntax',
    why: 'RFC 8259 7: control characters in strings are escaped',
  },
  {
    name: 'UTF-16 in a body',
    request: post(Buffer.from('{"userName":"bad.input@acme.test"}', 'utf16le')),
    statuses: [400],
    scimType: 'invalidSyntax',
    why: 'it does not parse as UTF-8 JSON',
  },
  {
    name: 'a NUL byte in a filter',
    request: get('/Users?filter=userName%20eq%20%22a%00b%22'),
    statuses: [200, 400],
    noHits: true,
    why: 'no hits, or a refusal; never an error of the database',
  },
  {
    name: 'bytes that are not UTF-8 in a filter',
    request: get('/Users?filter=userName%20eq%20%22a%C3%28b%22'),
    statuses: [200, 400],
    noHits: true,
    why: 'as above',
  },
  { name: 'a NUL byte as an id', request: get('/Users/%00'), statuses: [400, 404], why: 'nobody has this id' },
  {
    name: 'bytes that are not UTF-8 as an id',
    request: get('/Users/%FF%FE'),
    statuses: [400, 404],
    why: 'nobody has this id',
  },
  {
    name: 'a lone surrogate by PATCH with a filter in the path',
    request: patchOne({ op: 'replace', path: 'emails[type eq "\uD800"].value', value: 'a@acme.test' }),
    statuses: [400],
    why: 'the new element would carry a type that is no text',
  },
]
