/**
 * What a connection guide is: parts of steps, tables and words, the same for the terminal and for docs/guide.
 * Decides the shape and whose guide it is; must not say anything about a provider itself.
 */
import { ENTRA } from './entra.ts'
import { GENERIC } from './generic.ts'
import { OKTA } from './okta.ts'
import { ONELOGIN } from './onelogin.ts'
import type { Guide, Place, Provider } from './shape.ts'

const GUIDES: Readonly<Record<Provider, (place: Place) => Guide>> = {
  okta: OKTA,
  entra: ENTRA,
  onelogin: ONELOGIN,
  generic: GENERIC,
}

/** The guide of a provider with the values of a place in it. */
export const guideFor = (provider: Provider, place: Place): Guide => GUIDES[provider](place)
