// Decides which fields of a user each version of the read APIs returns and in which form (facts 4.1). No read returns
// everything the store holds; the control endpoint does.
import type { StoredUser } from './records.ts'
import type { Store } from './store.ts'
import type { Switches } from './switches.ts'

/** `v1list`: GET v1/users. `v1`: one user, old. `v2`: search rows. `v3`: one user, the fullest. */
export type ReadVersion = 'v1list' | 'v1' | 'v2' | 'v3'

const ALL = [
  'id',
  'userName',
  'firstName',
  'middleName',
  'lastName',
  'displayName',
  'fullName',
  'emailAddress',
  'emailToBeVerified',
  'mobileNumber',
  'mobileNumber2',
  'type',
  'country',
  'timeZone',
  'role',
  'roleUUID',
  'secondaryRoleIds',
  'teamId',
  'groupIds',
  'assignedGroup',
  'rank',
  'hireDate',
  'creationDate',
  'deletedDate',
  'externalIdentity',
  'billable',
  'impersonated',
  'modifiable',
  'invitationExpired',
  'acdInfos',
  'acdUserMappings',
  'views',
  'customAttributes',
  'applicationAttributes',
  'loginAuthenticatorId',
  'divisionId',
  'icBUId',
  'icClusterId',
  'idmType',
  'passwordPolicyUpdated',
  'status',
] as const

export type ReadField = (typeof ALL)[number]

const HEAVY: readonly ReadField[] = ['views', 'customAttributes', 'applicationAttributes', 'acdInfos']

const ABSENT: Readonly<Record<ReadVersion, readonly ReadField[]>> = {
  v1list: ['middleName', 'displayName', 'type', 'loginAuthenticatorId', 'divisionId'],
  v1: ['middleName', 'displayName', 'type', 'loginAuthenticatorId', 'divisionId'],
  v2: ['loginAuthenticatorId'],
  v3: ['divisionId'],
}

const HIDDEN_FEW: readonly ReadField[] = ['rank', 'hireDate', 'externalIdentity', 'emailToBeVerified']
const HIDDEN: Readonly<Record<Switches['hiddenFields'], readonly ReadField[]>> = {
  none: [],
  few: HIDDEN_FEW,
  licence: [...HIDDEN_FEW, 'billable', 'customAttributes', 'applicationAttributes'],
}

/** Fields that no read of this tenant returns. */
export function hiddenFields(switches: Switches): readonly string[] {
  return HIDDEN[switches.hiddenFields]
}

export type Show = (user: StoredUser) => Record<string, unknown>

/** A function that turns stored users into rows of this version; made once a request. */
export function projection(version: ReadVersion, store: Store, switches: Switches): Show {
  const heavy = (version === 'v1list' || version === 'v2') && switches.listRows === 'lean' ? HEAVY : []
  const left: readonly ReadField[] = [...ABSENT[version], ...HIDDEN[switches.hiddenFields], ...heavy]
  const fields = ALL.filter((field) => !left.includes(field))
  return (user) => {
    const row: Record<string, unknown> = {}
    for (const field of fields) {
      const value = valueOf(user, field, { store, switches })
      if (value !== undefined && (value !== null || switches.nullFields === 'null')) row[field] = value
    }
    return row
  }
}

function valueOf(user: StoredUser, field: ReadField, by: { store: Store; switches: Switches }): unknown {
  if (field === 'role')
    return by.switches.roleEcho === 'id' ? user.roleUUID : by.store.roles.get(user.roleUUID)?.roleName
  if (field === 'acdUserMappings') return mappings(user, by.switches)
  if (field !== 'creationDate') return user[field]
  if (by.switches.creationDate === 'absent') return undefined
  return by.switches.creationDate === 'iso' ? user.creationDate : Date.parse(user.creationDate)
}

/** Whether the loginId in them is the agentId is not known (facts 0). */
function mappings({ acdUserMappings }: StoredUser, { acdUserMapping }: Switches): unknown {
  if (acdUserMapping === 'agentId') return acdUserMappings
  return acdUserMapping === 'absent' ? [] : acdUserMappings.map(({ loginId }) => ({ loginId: `7${loginId}` }))
}
