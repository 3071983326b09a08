// Decides what the simulated business unit remembers of people, roles, teams, keys and mails. Data shapes only; what
// a read shows of them is projections.ts, what a write may change is user-fields.ts. Field names are facts 4.1 to 4.8.

export type UserStatus = 'UNREGISTERED' | 'PENDING' | 'ACTIVE' | 'BLOCKED' | 'DELETED'
export type CustomAttributes = Record<string, { id: string; values: { value: string; resolvedValue: string }[] }>
export type ApplicationAttributes = Record<string, { name: string; values: string[]; objects: unknown[] }[]>

/**
 * Facts 4.1, plus memories of ours: `activatedOnce` and `invitedOnce` decide how a revive ends, `scimManaged` whose
 * status it is, `scimExternalId` what a provider called the user. Dates are ISO.
 */
export interface StoredUser {
  readonly id: string
  userName: string
  firstName: string
  middleName: string | null
  lastName: string
  displayName: string
  fullName: string
  emailAddress: string
  emailToBeVerified: string | null
  mobileNumber: string | null
  mobileNumber2: string | null
  type: string | null
  country: string | null
  timeZone: string | null
  roleUUID: string
  secondaryRoleIds: string[]
  teamId: string
  groupIds: string[]
  assignedGroup: string
  rank: number | null
  hireDate: string | null
  creationDate: string
  deletedDate: string | null
  externalIdentity: string | null
  billable: boolean
  impersonated: boolean
  modifiable: boolean
  invitationExpired: boolean
  acdInfos: { loginId: string }[]
  acdUserMappings: { loginId: string }[]
  views: { id: string; objectType: string }[]
  customAttributes: CustomAttributes
  applicationAttributes: ApplicationAttributes
  loginAuthenticatorId: string | null
  divisionId: number
  icBUId: number
  icClusterId: string
  idmType: 'KEYCLOAK' | 'COGNITO' | 'EVOLVECG'
  passwordPolicyUpdated: boolean
  status: UserStatus
  activatedOnce: boolean
  invitedOnce: boolean
  scimManaged: boolean
  scimExternalId: string | null
}

/** Facts 4.5. */
export interface StoredRole {
  readonly roleId: string
  roleName: string
  displayName: string
  sequence: number
  description: string
  modifiable: 0 | 1
  internal: 0 | 1
  status: 'ACTIVE' | 'INACTIVE' | 'DELETED' | 'DRAFT'
  lastModifiedTime: string
  parentAccess: string | null
  loginAuthenticatorId: string | null
  permissions: string[]
}

/** Facts 4.4. */
export interface StoredTeam {
  readonly id: string
  name: string
  description: string
  status: 'ACTIVE' | 'INACTIVE'
  leadUserId: string | null
  isDefault: boolean
  divisionId: number
  createdBy: string
  lastModified: string
  customAttributes: Record<string, unknown>
}

/** Facts 4.6. */
export interface StoredDivision {
  readonly divisionId: number
  name: string
  isDefault: boolean
}

/** Facts 4.8. The secret leaves the simulator only in the line printed at start. */
export interface StoredKey {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly userId: string
  isActive: boolean
  lastUsedDate: string | null
  /** From then on the key is good for nothing; no read tells. */
  expiresAt: string | null
}

/** The registered application (facts 2.2, 2.6), as far as it decides who gets a token. */
export interface ClientApp {
  isEnabled: boolean
  /** Whether it may act for the tenant at all. */
  isAuthorized: boolean
}

export interface StoredAuthenticator {
  readonly id: string
  readonly name: string
  readonly kind: 'System' | 'SAML'
}

/** A mail the business unit would have sent. */
export interface Mail {
  readonly to: string
  readonly kind: 'invite' | 'verification'
  readonly at: string
  readonly userId: string
}

/** What stays the same over resets, so that a client set up once goes on working. */
export interface Tenant {
  readonly tenantId: string
  readonly name: string
  readonly buId: number
  readonly clusterId: string
  readonly area: string
  /** Path under which the APIs live; only `api_endpoint` of discovery names it. */
  readonly apiPrefix: string
  /** The other spelling of the same (facts 1.4): by cluster and with a hyphen more. */
  readonly clusterPrefix: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly clientId: string
  readonly clientSecret: string
}
