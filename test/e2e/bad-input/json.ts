/** Bodies that are not JSON, not an object, or JSON of an absurd shape. */
import { patchText, post, putBack, type BadInput } from './case.ts'

const SYNTAX = { statuses: [400], scimType: 'invalidSyntax' } as const

const BROKEN: readonly (readonly [name: string, text: string])[] = [
  ['an empty body', ''],
  ['a body of blanks', ' \n\t '],
  ['an object that never closes', '{"userName":"bad.input@acme.test"'],
  ['text behind the object', '{"userName":"bad.input@acme.test"} trailing'],
  ['two objects', '{"userName":"bad.input@acme.test"}{"userName":"other@acme.test"}'],
  ['single quotes', "{'userName':'bad.input@acme.test'}"],
  ['a comment', '{"userName":"bad.input@acme.test"/* hello */}'],
  ['a trailing comma', '{"userName":"bad.input@acme.test",}'],
  ['NaN', '{"userName":"bad.input@acme.test","x":NaN}'],
  ['an unescaped line break in a string', '{"userName":"bad.input@acme.test\n"}'],
  ['a bad escape', '{"userName":"bad.input\\x41@acme.test"}'],
  ['null', 'null'],
  ['a list', '[{"userName":"bad.input@acme.test"}]'],
  ['a string', '"bad.input@acme.test"'],
  ['a number', '42'],
  ['an XML document', '<User><userName>bad.input@acme.test</userName></User>'],
  ['a form', 'userName=bad.input%40acme.test'],
]

const DEPTH = 10_000
const deepObject = `${'{"a":'.repeat(DEPTH)}1${'}'.repeat(DEPTH)}`
const deepList = `${'['.repeat(DEPTH)}1${']'.repeat(DEPTH)}`

const DEEP: readonly BadInput[] = [
  {
    name: 'an unknown attribute 10,000 objects deep',
    request: post(`{"userName":"bad.input@acme.test","x":${deepObject}}`),
  },
  {
    name: 'a known attribute 10,000 objects deep',
    request: post(`{"userName":"bad.input@acme.test","name":${deepObject}}`),
  },
  { name: 'a list 10,000 lists deep', request: post(`{"userName":"bad.input@acme.test","emails":${deepList}}`) },
  { name: 'nothing but 10,000 lists', request: post(deepList) },
  { name: 'a PATCH value 10,000 objects deep', request: patchText(`[{"op":"add","value":{"name":${deepObject}}}]`) },
  { name: 'a PUT with 10,000 objects behind the user', request: putBack(`"x":${deepObject}`) },
].map((one) => ({
  ...one,
  statuses: [400],
  why: 'no SCIM value is deeper than a handful of levels, and recursion must not be left to the sender',
}))

const OPERATIONS: readonly (readonly [name: string, text: string])[] = [
  ['Operations that are a string', '"replace"'],
  ['Operations that are an object', '{"op":"replace","path":"title","value":"x"}'],
  ['Operations that are null', 'null'],
  ['an operation that is null', '[null]'],
  ['an operation that is a string', '["replace"]'],
  ['an operation without op', '[{"path":"title","value":"x"}]'],
  ['an op that is a number', '[{"op":1,"path":"title","value":"x"}]'],
  ['an op nobody knows', '[{"op":"move","path":"title","value":"x"}]'],
  ['a path that is a number', '[{"op":"replace","path":7,"value":"x"}]'],
  ['a path that is an object', '[{"op":"replace","path":{"a":1},"value":"x"}]'],
  ['a path-less value that is a string', '[{"op":"replace","value":"x"}]'],
  ['a path-less value that is a list', '[{"op":"add","value":[1,2]}]'],
  ['a replace without a value and a path', '[{"op":"replace"}]'],
]

export const JSON_CASES: readonly BadInput[] = [
  ...BROKEN.map(([name, text]) => ({
    name,
    request: post(text),
    ...SYNTAX,
    why: 'RFC 7644 3.12: what cannot be parsed as a JSON object is invalidSyntax',
  })),
  ...DEEP,
  ...OPERATIONS.map(([name, text]) => ({
    name,
    request: patchText(text),
    statuses: [400] as const,
    why: 'RFC 7644 3.5.2: an operation is an object with op, a string path and a value that fits',
  })),
  {
    name: 'an attribute given twice with one value',
    request: (watched) => putBack(`"userName":${JSON.stringify(watched.resource['userName'])}`)(watched),
    statuses: [200, 400],
    why: 'RFC 8259 leaves doubled names open; either way the user is as before',
  },
  {
    name: 'an attribute given twice in two cases of letters with two values',
    request: putBack('"USERNAME":"somebody.else@acme.test"'),
    statuses: [400],
    why: 'RFC 7643 2.1: both name userName, and guessing which is meant would rename somebody',
  },
]
