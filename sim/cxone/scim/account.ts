// Decides what the Account Settings page has for SCIM (facts 3.3), and how it stands in a new tenant. Shapes only; what
// changes them is account-settings.ts.

/** Attributes that are overlooked until they are enabled. */
export const OPTIONAL = [
  'displayName',
  'middleName',
  'mobileNumber',
  'timeZone',
  'type',
  'loginAuthenticator',
  'primaryRole',
  'team',
] as const

export type OptionalName = (typeof OPTIONAL)[number]

export interface AccountSettings {
  readonly create: boolean
  readonly update: boolean
  readonly deactivate: boolean
  readonly attributes: Readonly<Record<OptionalName, boolean>>
  /** Name of the role of new users; without one it is Agent. */
  readonly defaultRole: string | null
}

export function newAccountSettings(): AccountSettings {
  const attributes = Object.fromEntries(OPTIONAL.map((name) => [name, false])) as Record<OptionalName, boolean>
  return { create: true, update: true, deactivate: true, attributes, defaultRole: null }
}
