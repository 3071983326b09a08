/**
 * SCIM messages as they arrive.
 * Decides how a part of one is found and read (RFC 7643 section 2.1: names have no case); must not decide what it means.
 */

export type ScimRecord = Readonly<Record<string, unknown>>

export const isRecord = (value: unknown): value is ScimRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The name as this record spells it; as it was asked for where the record does not have it. */
export function keyOf(record: ScimRecord, name: string): string {
  if (Object.hasOwn(record, name)) return name
  const lower = name.toLowerCase()
  return Object.keys(record).find((key) => key.toLowerCase() === lower) ?? name
}

export function field(record: ScimRecord, name: string): unknown {
  const key = keyOf(record, name)
  return Object.hasOwn(record, key) ? record[key] : undefined
}

/** A part that is a record; empty where there is none. */
export function recordIn(record: ScimRecord, name: string): ScimRecord {
  const value = field(record, name)
  return isRecord(value) ? value : {}
}

/** The records of a list. One that stands alone counts as a list of one. */
export function listIn(record: ScimRecord, name: string): readonly ScimRecord[] {
  const value = field(record, name)
  if (isRecord(value)) return [value]
  return Array.isArray(value) ? value.filter(isRecord) : []
}

/** Without blanks around it; null for nothing, blanks, and what is no text. */
export function textOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text.trim() !== '' ? text.trim() : null
}

/** Some servers write booleans as text. */
export function booleanOf(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value
  const text = typeof value === 'string' ? value.trim().toLowerCase() : ''
  return text === 'true' ? true : text === 'false' ? false : undefined
}

/** A JSON object, or nothing. */
export function parseRecord(text: string): ScimRecord | undefined {
  try {
    const parsed: unknown = JSON.parse(text)
    return isRecord(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}
