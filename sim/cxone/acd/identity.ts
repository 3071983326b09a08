// Decides what happens to fields of an agent that UserHub owns when an ACD update names them (facts 0, 5.1): left alone,
// refused when they differ, or carried to UserHub. Does not touch what the ACD owns.
import { type Json, lettersOf, toFlag, toText } from '../input.ts'
import type { ApplicationAttributes, StoredUser } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { deactivateUsers, reviveUser } from '../status.ts'
import { refuseTakenName } from '../user-name.ts'
import { atOnce, type World } from '../world.ts'
import { IDENTITY_FIELDS } from './agent-fields.ts'
import { teamNumbered } from './find.ts'
import { roleOfProfile } from './profiles.ts'
import type { StoredAgent } from './records.ts'
import { isActive, showAgent } from './show-agent.ts'

export function writeIdentity(agent: StoredAgent, body: Json, world: World): void {
  const { agentIdentity } = world.switches
  if (agentIdentity === 'ignored') return
  const wanted = IDENTITY_FIELDS.filter((name) => body[name] !== undefined && differs(agent, name, body, world))
  if (wanted.length === 0) return
  if (agentIdentity === 'refused')
    throw new Refusal('invalid', 'READ_ONLY_FIELD', `${wanted.join(', ')} can only be changed in the employee profile`)
  carry(agent, Object.fromEntries(wanted.map((name) => [name, body[name]])), world)
}

/** Reads spell three of them differently from writes. */
const READ_AS: Readonly<Record<string, string>> = {
  loginAuthenticatorId: 'LoginAuthenticatorId',
  digitalEngagementEnabled: 'DigitalEngagementEnabled',
  divisionNo: 'DivisionNo',
}

// oxlint-disable-next-line max-params -- who, which field, of what, where: nothing to group
function differs(agent: StoredAgent, name: string, body: Json, world: World): boolean {
  const shown = name === 'roleId' ? agent.mirror.roleUUID : showAgent(agent, world)[READ_AS[name] ?? name]
  return lettersOf(shown) !== lettersOf(body[name])
}

const TEXTS: Readonly<Record<string, keyof StoredUser>> = {
  userName: 'userName',
  firstName: 'firstName',
  middleName: 'middleName',
  lastName: 'lastName',
  emailAddress: 'emailAddress',
  timeZone: 'timeZone',
  hireDate: 'hireDate',
  federatedId: 'externalIdentity',
  loginAuthenticatorId: 'loginAuthenticatorId',
  userType: 'type',
}

const BOXES: Readonly<Record<string, readonly [app: string, name: string]>> = {
  digitalEngagementEnabled: ['DIGITAL', 'Digital Engagement'],
  customerCard: ['ACD', 'Customer Card'],
  agentIntegration: ['ACD', 'Agent Integration'],
}

function carry(agent: StoredAgent, wanted: Json, world: World): void {
  const patch: Record<string, unknown> = {}
  let attributes = agent.mirror.applicationAttributes
  for (const [name, value] of Object.entries(wanted)) {
    const text = TEXTS[name]
    const box = BOXES[name]
    if (text !== undefined) patch[text] = toText(value, name)
    else if (box !== undefined) attributes = ticked(attributes, box, toFlag(value, name))
    else if (name === 'isBillable') patch['billable'] = toFlag(value, name)
    else if (name === 'teamId') patch['teamId'] = teamNumbered(value, world).teamUuid
    else if (name === 'profileId') patch['roleUUID'] = roleOfProfile(value, world).roleId
    else if (name === 'roleId')
      patch['roleUUID'] = (world.store.roles.get(String(value)) ?? roleOfProfile(value, world)).roleId
    else if (name === 'divisionNo') patch['divisionId'] = Number(value)
  }
  if (attributes !== agent.mirror.applicationAttributes) patch['applicationAttributes'] = attributes
  const { firstName, lastName } = { ...agent.mirror, ...patch }
  if (`${firstName} ${lastName}` !== agent.mirror.fullName) patch['fullName'] = `${firstName} ${lastName}`
  if (typeof patch['userName'] === 'string') refuseTakenName({ userName: patch['userName'], self: agent.userId, world })
  if (Object.keys(patch).length > 0) world.store.change(agent.userId, patch, atOnce(world))
  if (wanted['isActive'] !== undefined) setActive(agent, toFlag(wanted['isActive'], 'isActive'), world)
}

function setActive(agent: StoredAgent, wanted: boolean, world: World): void {
  if (wanted === isActive(agent, world)) return
  if (wanted) reviveUser(agent.userId, world)
  else if (deactivateUsers([agent.userId], '', world).length > 0)
    throw new Refusal('invalid', 'AGENT_NOT_DEACTIVATED', `agent ${agent.agentId} cannot be deactivated`)
}

function ticked(
  before: ApplicationAttributes,
  [app, name]: readonly [string, string],
  on: boolean,
): ApplicationAttributes {
  const others = (before[app] ?? []).filter((row) => row.name !== name)
  return { ...before, [app]: [...others, { name, values: [String(on)], objects: [] }] }
}
