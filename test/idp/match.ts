/** Whether an answer meets an expectation written as in readme.md, and which ids it names. Pure but for the captures. */

/** Values captured under a name, and those the replay began with. */
export type Captures = Map<string, string>

type Json = { readonly [name: string]: unknown }

/** Where in the answer a comparison stands, and what has been captured so far. */
export interface Place {
  readonly captures: Captures
  readonly at: string
}

/** One sentence for each place where `found` departs from `expected`; none means it holds. */
export function mismatches(expected: unknown, found: unknown, place: Place): string[] {
  if (typeof expected === 'string') return textMismatch(expected, found, place)
  if (Array.isArray(expected)) return listMismatch(expected, found, place)
  if (!isObject(expected)) return Object.is(expected, found) ? [] : [differs(place.at, expected, found)]
  if ('@contains' in expected) return containsMismatch(expected['@contains'], found, place)
  if ('@oneOf' in expected) return oneOfMismatch(expected['@oneOf'], found, place)
  if ('@atLeast' in expected) return atLeastMismatch(expected['@atLeast'], found, place)
  if (!isObject(found)) return [differs(place.at, 'an object', found)]
  return Object.entries(expected).flatMap(([name, value]) =>
    mismatches(value, Object.hasOwn(found, name) ? found[name] : undefined, below(place, `.${name}`)),
  )
}

/** `{{name}}` replaced by what was captured; throws on a name nobody captured. */
export function substitute(text: string, captures: Captures): string {
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, name: string) => {
    const value = captures.get(name)
    if (value === undefined) throw new Error(`nothing was captured as ${name}`)
    return value
  })
}

const KINDS: Readonly<Record<string, (found: unknown) => boolean>> = {
  '@any': (found) => found !== undefined,
  '@absent': (found) => found === undefined,
  '@empty': (found) =>
    found === undefined || found === null || found === '' || (Array.isArray(found) && found.length === 0),
  '@string': (found) => typeof found === 'string' && found !== '',
  '@integer': (found) => Number.isInteger(found),
}

function textMismatch(expected: string, found: unknown, place: Place): string[] {
  const kind = KINDS[expected]
  if (kind !== undefined) return kind(found) ? [] : [differs(place.at, expected, found)]
  const name = /^@id:(\w+)$/.exec(expected)?.[1]
  if (name !== undefined) return capture(name, found, place)
  if (expected.startsWith('@')) throw new Error(`${place.at}: ${expected} is no expectation readme.md knows`)
  const wanted = substitute(expected, place.captures)
  return wanted === found ? [] : [differs(place.at, wanted, found)]
}

function capture(name: string, found: unknown, place: Place): string[] {
  if (typeof found !== 'string' || found === '') return [differs(place.at, `an id for ${name}`, found)]
  const known = place.captures.get(name)
  if (known !== undefined && known !== found) return [differs(place.at, known, found)]
  place.captures.set(name, found)
  return []
}

function below(place: Place, step: string): Place {
  return { captures: place.captures, at: place.at + step }
}

function listMismatch(expected: readonly unknown[], found: unknown, place: Place): string[] {
  if (!Array.isArray(found) || found.length !== expected.length)
    return [differs(place.at, `${expected.length} elements`, found)]
  return expected.flatMap((element, index) => mismatches(element, found[index], below(place, `[${index}]`)))
}

function containsMismatch(expected: unknown, found: unknown, place: Place): string[] {
  const elements: readonly unknown[] = Array.isArray(found) ? found : []
  return asList(expected, place.at)
    .filter((one) => !elements.some((element) => mismatches(one, element, place).length === 0))
    .map((one) => differs(place.at, one, found))
}

function oneOfMismatch(expected: unknown, found: unknown, place: Place): string[] {
  const choices = asList(expected, place.at)
  return choices.some((one) => mismatches(one, found, place).length === 0) ? [] : [differs(place.at, choices, found)]
}

function atLeastMismatch(expected: unknown, found: unknown, place: Place): string[] {
  const size = Array.isArray(found) ? found.length : found
  return typeof size === 'number' && size >= Number(expected)
    ? []
    : [differs(place.at, `at least ${String(expected)}`, found)]
}

function asList(expected: unknown, at: string): readonly unknown[] {
  if (!Array.isArray(expected)) throw new Error(`${at}: a list of expectations is needed`)
  return expected
}

function differs(at: string, expected: unknown, found: unknown): string {
  return `${at}: expected ${JSON.stringify(expected)}, found ${found === undefined ? 'nothing' : JSON.stringify(found)}`
}

export function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
