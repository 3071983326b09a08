/**
 * Every hostile request the server must survive, as data: what is sent, which answers are right and why. Sends
 * nothing. After each, the store is as it was and the process answers.
 */
import { JSON_CASES } from './bad-input/json.ts'
import { NAME_CASES } from './bad-input/names.ts'
import { NUMBER_CASES } from './bad-input/numbers.ts'
import { SIZE_CASES } from './bad-input/size.ts'
import { TEXT_CASES } from './bad-input/text.ts'
import { TYPE_CASES } from './bad-input/types.ts'
import { WIRE_CASES } from './bad-input/wire.ts'
import type { BadInput } from './bad-input/case.ts'

export const BAD_INPUT: Readonly<Record<string, readonly BadInput[]>> = {
  'a body that is no JSON object, or an absurd one': JSON_CASES,
  'a value of the wrong type': TYPE_CASES,
  'a name that means something to JavaScript': NAME_CASES,
  'text that is no text': TEXT_CASES,
  'a number that is none': NUMBER_CASES,
  'far too much': SIZE_CASES,
  'a wrong content type, method, address or frame': WIRE_CASES,
}
