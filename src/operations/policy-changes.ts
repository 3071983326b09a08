/**
 * What differs between two policies, for people.
 * Decides the words; must not know what any key of a policy means, but that rules and what they give are told apart by name.
 */

/** More lines help nobody. */
const MOST = 50
/** Characters of a value. */
const LONGEST = 80

/** A line for each place that differs, at most {@link MOST}; `[]` for equal documents. `undefined`: there was no policy. */
export function policyChanges(before: unknown, after: unknown): readonly string[] {
  // As it is kept: keys without a value are not there.
  const kept: unknown = JSON.parse(JSON.stringify(after))
  const changes = [...differences(before ?? {}, kept, '')]
  const rest = changes.length - MOST + 1
  return changes.length <= MOST ? changes : [...changes.slice(0, MOST - 1), `and ${rest} more`]
}

function* differences(before: unknown, after: unknown, at: string): Generator<string> {
  if (JSON.stringify(before) === JSON.stringify(after)) return
  const [old, now] = [partsOf(before), partsOf(after)]
  if (old === undefined || now === undefined) {
    yield `${at}: ${change(before, after)}`
    return
  }
  const kept = [...now.keys()].filter((key) => old.has(key))
  for (const key of old.keys()) if (!now.has(key)) yield `${join(at, key)}: removed, was ${short(old.get(key))}`
  for (const [key, value] of now) {
    if (old.has(key)) yield* differences(old.get(key), value, join(at, key))
    else yield `${join(at, key)}: added, ${short(value)}`
  }
  if (Array.isArray(after) && kept.join('\n') !== [...old.keys()].filter((key) => now.has(key)).join('\n'))
    yield `${at}: in another order`
}

const change = (before: unknown, after: unknown): string =>
  before === undefined
    ? `added, ${short(after)}`
    : after === undefined
      ? `removed, was ${short(before)}`
      : `${short(before)} is now ${short(after)}`

/** An object by its keys; a list by the names in it, each with its place if it is there twice. */
function partsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  if (!Array.isArray(value)) return new Map(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const parts = new Map<string, unknown>()
  for (const element of value as readonly unknown[]) {
    const name = nameOf(element)
    let key = ` "${name}"`
    for (let again = 2; parts.has(key); again++) key = ` "${name}" (${again})`
    parts.set(key, element)
  }
  return parts
}

function nameOf(element: unknown): string {
  if (typeof element !== 'object' || element === null) return String(element)
  const { name, from } = element as { readonly name?: unknown; readonly from?: unknown }
  return typeof name === 'string' ? name : typeof from === 'string' ? from : JSON.stringify(element)
}

/** Keys of objects are joined by dots; names in lists bring a blank. */
const join = (at: string, key: string): string => (at === '' || key.startsWith(' ') ? `${at}${key}` : `${at}.${key}`)

function short(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}
