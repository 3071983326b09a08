/**
 * Everything that a policy can give, by name.
 * Decides what is looked up in an app's catalogue; must not look it up.
 */
import type { Mention, MentionKey, Mentions } from './policy.ts'
import { renderPolicyPath, type PolicyPath } from './problem.ts'
import { GIVEN, SEVERAL, type Give, type PolicyDocument, type Several } from './schema.ts'

const KEYS: readonly MentionKey[] = [...GIVEN, ...(Object.keys(SEVERAL) as Several[])]

export function mentionsOf({ rules, otherwise }: PolicyDocument): Mentions {
  const found = new Map<MentionKey, Map<string, string[]>>(KEYS.map((key) => [key, new Map()]))
  const open = new Set<MentionKey>()
  const note = (key: MentionKey, name: string, path: PolicyPath): void => {
    const places = found.get(key)
    places?.set(name, [...(places.get(name) ?? []), renderPolicyPath(path)])
  }
  const look = (give: Give, path: PolicyPath): void => {
    for (const key of KEYS) {
      const given = give[key]
      const all = Array.isArray(given) ? given : [given]
      for (const [at, each] of all.entries()) {
        const place = Array.isArray(given) ? [...path, key, at] : [...path, key]
        if (typeof each === 'string') note(key, each, place)
        else if (typeof each === 'object' && each !== null) {
          if ('name' in each && each.name !== undefined) note(key, each.name, place)
          for (const name of each.among ?? []) note(key, name, [...place, 'among'])
          if (each.from !== undefined && each.among === undefined) open.add(key)
        }
      }
    }
  }
  for (const [at, { give }] of rules.entries()) look(give, ['rules', at, 'give'])
  if (typeof otherwise === 'object') look(otherwise, ['otherwise'])
  const named = Object.fromEntries(KEYS.map((key) => [key, listed(found.get(key))])) as Record<MentionKey, Mention[]>
  return { named, open: KEYS.filter((key) => open.has(key)) }
}

const listed = (places: ReadonlyMap<string, readonly string[]> | undefined): Mention[] =>
  [...(places ?? [])].map(([name, at]) => ({ name, at })).toSorted((a, b) => (a.name < b.name ? -1 : 1))
