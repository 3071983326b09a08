/**
 * What a rule gives, checked.
 * Decides which values can be given; must not decide to whom.
 */
import type { Compilation } from './compilation.ts'
import type { Entry, Gift, Value } from './parts.ts'
import type { PolicyPath } from './problem.ts'
import { GIVEN, SEVERAL, type Give, type Given, type Several } from './schema.ts'

export function compileGift(give: Give, path: PolicyPath, compiling: Compilation): Gift {
  const single = GIVEN.flatMap((key: Given) => {
    const value = singleValue(give[key], [...path, key], compiling)
    return value === undefined ? [] : [{ key, value }]
  })
  const several = (Object.keys(SEVERAL) as Several[]).flatMap((key) => {
    const given = give[key]
    if (given === undefined) return []
    return [
      { key, entries: given.flatMap((entry, at) => compileEntry(entry, { path: [...path, key, at], key }, compiling)) },
    ]
  })
  return { single, several }
}

function singleValue(given: Give[Given], path: PolicyPath, compiling: Compilation): Value | undefined {
  if (given === undefined) return undefined
  if (given === null || typeof given === 'string') return { kind: 'fixed', value: given }
  return computed(given, { path, wanted: 'text' }, compiling)
}

type GivenEntry = NonNullable<Give[Several]>[number]

function compileEntry(
  entry: GivenEntry,
  { path, key }: { readonly path: PolicyPath; readonly key: Several },
  compiling: Compilation,
): Entry[] {
  if (typeof entry === 'string') return [{ value: { kind: 'fixed', value: entry } }]
  const { name, from, among, level } = entry
  if (level !== undefined && key !== 'skills') {
    compiling.refuse([...path, 'level'], `${key} have no level`, 'Remove it; only skills have one.')
    return []
  }
  if ((name === undefined) === (from === undefined)) {
    compiling.refuse(path, 'exactly one of name and from is needed', 'Write name: "…", or from: with an expression.')
    return []
  }
  if (among !== undefined && from === undefined) {
    compiling.refuse([...path, 'among'], 'among belongs to from', 'Remove it.')
    return []
  }
  const value: Value | undefined =
    from === undefined
      ? { kind: 'fixed', value: name ?? '' }
      : computed({ from, among }, { path, wanted: 'text or list of texts' }, compiling)
  return value === undefined ? [] : [{ value, ...(level === undefined ? {} : { level }) }]
}

function computed(
  { from, among }: { readonly from: string; readonly among?: readonly string[] | undefined },
  { path, wanted }: { readonly path: PolicyPath; readonly wanted: 'text' | 'text or list of texts' },
  compiling: Compilation,
): Value | undefined {
  const located = compiling.compile(from, [...path, 'from'], wanted)
  if (located === undefined) return undefined
  return { kind: 'computed', from: located, ...(among === undefined ? {} : { among: new Set(among) }) }
}
