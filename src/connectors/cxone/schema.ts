/**
 * The JSON that CXone sends, reshaped at once (facts, sections 1, 2 and 4).
 * Decides which fields are read and how leniently; nothing beyond this file knows CXone's envelopes.
 */
import { z } from 'zod'

/** A user record as it came, for writing back what is not ours to change. Opaque: only `map.ts` looks inside. */
export type RawUser = Readonly<Record<string, unknown>>

/** The five states of section 4.1; anything else is kept as `UNKNOWN`. */
export type UserStatus = 'UNREGISTERED' | 'PENDING' | 'ACTIVE' | 'BLOCKED' | 'DELETED' | 'UNKNOWN'

export interface User {
  readonly id: string
  readonly userName: string
  readonly status: UserStatus
  readonly raw: RawUser
}

const STATUSES: readonly UserStatus[] = ['UNREGISTERED', 'PENDING', 'ACTIVE', 'BLOCKED', 'DELETED']

const statusOf = (status: string | null | undefined): UserStatus =>
  STATUSES.find((known) => known === status?.toUpperCase()) ?? 'UNKNOWN'

const user = z
  .looseObject({ id: z.string().min(1), userName: z.string().nullish(), status: z.string().nullish() })
  .transform((raw): User => ({ id: raw.id, userName: raw.userName ?? '', status: statusOf(raw.status), raw }))

/** GET of one user: some versions wrap it; no user inside means that there is none. */
export const oneUser = z
  .looseObject({ user: user.nullish() })
  .transform((answer): User | undefined => answer.user ?? undefined)

/** GET v1 users: all of them, without pages. */
export const userList = z.looseObject({ users: z.array(user) }).transform((answer) => answer.users)

export interface UserPage {
  readonly users: readonly User[]
  /** How many there are in all, where it says so. */
  readonly total?: number
}

/** GET one access key (section 4.8): whose it is. */
export const accessKey = z
  .looseObject({ resultSet: z.looseObject({ userId: z.string().min(1).nullish() }).nullish() })
  .transform((answer) => answer.resultSet?.userId ?? undefined)

/** POST v2 users/search. */
export const userPage = z
  .looseObject({ users: z.array(user).nullish(), totalRecords: z.coerce.number().int().nullish().catch(null) })
  .transform(({ users, totalRecords }): UserPage => ({
    users: users ?? [],
    ...(totalRecords == null ? {} : { total: totalRecords }),
  }))

/** POST and PUT v1 users, and revive: the id of the user, where it says one. */
export const written = z.looseObject({ uuid: z.string().min(1).nullish() }).transform(({ uuid }) => uuid ?? undefined)

/** POST deactivate: the ids it did not deactivate. */
export const deactivated = z
  .looseObject({ notDeletedUserIds: z.array(z.string()).nullish() })
  .transform(({ notDeletedUserIds }): readonly string[] => notDeletedUserIds ?? [])

export interface Entry {
  readonly id: string
  readonly name: string
  /** A second name it goes by, where there is one. */
  readonly alias?: string
  readonly active: boolean
  /** Of a role: what it may do, in words such as `employees.edit`, where the tenant says. */
  readonly rights?: readonly string[]
  /** Of a role: the login authenticator that older releases bound to it (section 8.1). */
  readonly authenticator?: string
  readonly levels?: { readonly min: number; readonly max: number }
  readonly charges?: readonly string[]
  readonly system?: boolean
  readonly role?: string
}

/** Section 4.5 names the field, not the words in it. */
const rights = z
  .array(z.looseObject({ permission: z.string().nullish() }))
  .nullish()
  .catch(null)
  .transform((all) => (all ?? []).flatMap(({ permission }) => permission ?? []))

const role = z
  .looseObject({
    roleId: z.string().min(1),
    roleName: z.string().nullish(),
    displayName: z.string().nullish(),
    status: z.string().nullish(),
    permissions: rights,
    loginAuthenticatorId: z.string().nullish().catch(null),
  })
  .transform(({ roleId, roleName, displayName, status: state, permissions, loginAuthenticatorId }): Entry => ({
    id: roleId,
    name: roleName || displayName || roleId,
    ...(displayName ? { alias: displayName } : {}),
    active: isActive(state),
    rights: permissions,
    ...(loginAuthenticatorId ? { authenticator: loginAuthenticatorId } : {}),
  }))

const team = z
  .looseObject({ id: z.string().min(1), name: z.string().nullish(), status: z.string().nullish() })
  .transform(({ id, name, status: state }): Entry => ({ id, name: name || id, active: isActive(state) }))

/** A row that does not say its status was listed because it can be used. */
const isActive = (state: string | null | undefined): boolean => state == null || state.toUpperCase() === 'ACTIVE'

export interface EntryPage {
  readonly entries: readonly Entry[]
  readonly total?: number
}

export const rolePage = z
  .looseObject({ roles: z.array(role).nullish() })
  .transform(({ roles }): EntryPage => ({ entries: roles ?? [] }))

export const teamPage = z
  .looseObject({ teams: z.array(team).nullish(), totalRecords: z.coerce.number().int().nullish().catch(null) })
  .transform(({ teams, totalRecords }): EntryPage => ({
    entries: teams ?? [],
    ...(totalRecords == null ? {} : { total: totalRecords }),
  }))

/** Sections 2.1 and 2.2. The life is read, never assumed: without one the caller looks at the token's own end. */
export const tokenAnswer = z.looseObject({
  access_token: z.string().min(1),
  id_token: z.string().nullish(),
  refresh_token: z.string().min(1).nullish().catch(null),
  expires_in: z.coerce.number().positive().nullish().catch(null),
})
export type TokenAnswer = z.infer<typeof tokenAnswer>

/** Section 1.2: where the API of a tenant is, and where it signs in. */
export const discovery = z
  .looseObject({
    api_endpoint: z.url(),
    auth_endpoint: z.url().nullish().catch(null),
    area: z.string().nullish().catch(null),
    tenantId: z.string().nullish().catch(null),
  })
  .transform((answer) => ({
    apiEndpoint: answer.api_endpoint,
    authEndpoint: answer.auth_endpoint ?? undefined,
    area: answer.area ?? undefined,
    tenantId: answer.tenantId ?? undefined,
  }))
export type Discovered = z.output<typeof discovery>

/** Section 1.1. */
export const openIdConfiguration = z
  .looseObject({ token_endpoint: z.url() })
  .transform((answer) => answer.token_endpoint)

/** Claims of section 2.5; whatever is missing is empty. */
export const claims = z.looseObject({
  iss: z.string().optional().catch(undefined),
  tenantId: z.string().optional().catch(undefined),
  exp: z.number().optional().catch(undefined),
  sub: z.string().optional().catch(undefined),
  tenant: z.string().optional().catch(undefined),
  icBUId: z
    .union([z.string(), z.number().transform(String)])
    .optional()
    .catch(undefined),
  icClusterId: z.string().optional().catch(undefined),
})
export type Claims = z.infer<typeof claims>
