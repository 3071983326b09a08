/**
 * One text for one policy, however it was written down.
 * Decides order and form of that text; must not hash it.
 */
import type { PolicyDocument } from './schema.ts'

/** JSON with its keys in order and everything filled in: equal for equal policies, also where one leaves out what the other says. */
export const canonicalText = (document: PolicyDocument): string => text(document)

function text(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(text).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).filter(([, member]) => member !== undefined)
  const sorted = members.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
  return `{${sorted.map(([name, member]) => `${JSON.stringify(name)}:${text(member)}`).join(',')}}`
}
