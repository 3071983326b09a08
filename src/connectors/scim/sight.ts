/**
 * Which attributes this server shows.
 * Decides when one that was written counts as hidden; must not read or write.
 */
import type { AttributeName } from '../../identity/account.ts'
import type { ScimRecord } from '../scim-wire/record.ts'
import { attributesOf, type HeldAttribute } from './map.ts'

export interface Sight {
  /** Told of every user that is read. */
  note(user: ScimRecord): void
  /** Written, accepted, and shown of nobody so far: true, and from now on it is not looked for. */
  hide(name: HeldAttribute): boolean
  hidden(): readonly AttributeName[]
}

export function openSight(warn: (message: string) => void): Sight {
  const shown = new Set<string>()
  const hidden = new Set<AttributeName>()
  return {
    note: (user) => {
      for (const [name, value] of Object.entries(attributesOf(user))) if (value !== null) shown.add(name)
    },
    hide: (name) => {
      if (shown.has(name) || name === 'userName') return false
      if (!hidden.has(name)) warn(`the server takes ${name} and shows it of nobody; it is not looked for any more`)
      hidden.add(name)
      return true
    },
    hidden: () => [...hidden],
  }
}
