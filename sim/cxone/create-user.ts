// Decides how a user comes into being (facts 4.2, 9.5). Sends the mails a create causes; reads nothing back.
import { type Json, toObject } from './input.ts'
import { sendInvite, sendVerification } from './mail.ts'
import type { StoredUser } from './records.ts'
import { refuseOverLimit } from './user-limit.ts'
import { refuseStuckGroups } from './update-user.ts'
import { refuseTakenName } from './user-name.ts'
import { blankFields, invalid, readUserWrite, requireFields, type UserWrite } from './user-fields.ts'
import { moment, type World } from './world.ts'

export function createUser(body: unknown, world: World): StoredUser {
  const from = toObject(body, 'the body')
  requireFields(from, ['firstName', 'lastName', 'emailAddress', 'role'])
  if (world.switches.createWithoutUserName === 'refused') requireFields(from, ['userName'])
  const write = readUserWrite(onlyHonoured(from, world), world)
  const userName = write.userName ?? write.emailAddress ?? ''
  return addUser({ ...write, userName }, world.switches.createdStatus, world)
}

/** What a new user is given, by whichever way it comes: UserHub, SCIM, or its own first sign-in. */
export type NewUser = UserWrite & Partial<Omit<StoredUser, 'id' | 'status'>> & { readonly userName: string }

export function addUser(write: NewUser, as: 'unregistered' | 'pending' | 'active', world: World): StoredUser {
  refuseTakenName({ userName: write.userName, world })
  refuseOverLimit(world)
  refuseStuckGroups([], write.groupIds, world)
  const user = newUser(write, as, world)
  world.store.add(user, moment(world))
  sendVerification({ before: undefined, write, user }, world)
  if (as === 'pending') sendInvite(user, world)
  return user
}

/** Of what makes an agent whole, a create may take some and leave the rest (facts 4.2, 4.7). */
function onlyHonoured(from: Json, { switches }: World): Json {
  const taken: Readonly<Record<string, 'taken' | 'ignored'>> = {
    secondaryRoleIds: switches.createSecondaryRoles,
    groupIds: switches.createGroups,
    applicationAttributes: switches.createAttributes,
    billable: switches.createBillable,
  }
  return Object.fromEntries(
    Object.entries(from).filter(([name]) => !Object.hasOwn(taken, name) || taken[name] === 'taken'),
  )
}

const STATUS = { unregistered: 'UNREGISTERED', pending: 'PENDING', active: 'ACTIVE' } as const

function newUser(write: NewUser, as: Parameters<typeof addUser>[1], world: World): StoredUser {
  const { firstName, lastName, emailAddress, roleUUID } = write
  if (firstName === undefined || lastName === undefined || emailAddress === undefined || roleUUID === undefined) {
    throw invalid('REQUIRED_FIELD_MISSING', 'required: firstName, lastName, emailAddress, role')
  }
  const { store, tenant } = world
  const fullName = `${firstName} ${lastName}`
  const loginId = String(store.nextAcdId++)
  const blanks = { ...blankFields(world), acdInfos: [{ loginId }], billable: true }
  return {
    id: store.ids.uuid(),
    middleName: null,
    displayName: fullName,
    fullName,
    mobileNumber2: null,
    type: null,
    country: null,
    emailToBeVerified: null,
    creationDate: new Date(world.now()).toISOString(),
    deletedDate: null,
    impersonated: false,
    modifiable: true,
    invitationExpired: false,
    acdUserMappings: [{ loginId }],
    loginAuthenticatorId: null,
    divisionId: 1,
    icBUId: tenant.buId,
    icClusterId: tenant.clusterId,
    idmType: 'COGNITO',
    passwordPolicyUpdated: false,
    status: STATUS[as],
    activatedOnce: as === 'active',
    invitedOnce: as !== 'unregistered',
    scimManaged: false,
    scimExternalId: null,
    ...blanks,
    ...write,
    firstName,
    lastName,
    emailAddress,
    roleUUID,
  }
}
