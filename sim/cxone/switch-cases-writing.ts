// Decides what each switch about writes changes, as seen by a client and in the store. For tests only.
import { type Caller, replacementFor, type Row } from './caller.ts'
import { active, create, deleted, oneWho, put, stateOf, type SwitchCase, USERS } from './switch-case.ts'

const pending = (user: Row): boolean => user.status === 'PENDING'
const stored = async (sim: Caller, id: string) => (await sim.control('GET', `/users/${id}`)).body
const mailCount = async (sim: Caller): Promise<number> => (await sim.control('GET', '/mails')).rows.length

async function deactivate(sim: Caller, userIds: readonly string[]) {
  return sim.api('POST', `${USERS}/deactivate`, { userIds })
}

async function takenName(sim: Caller): Promise<string> {
  return (await oneWho(sim, active)).userName
}

export const WRITING = {
  createStatus: { probe: async (sim) => (await create(sim)).status, sees: [200, 201] },
  createdStatus: {
    probe: async (sim) => [(await stored(sim, (await create(sim)).body.uuid)).status, await mailCount(sim)],
    sees: [
      ['UNREGISTERED', 0],
      ['PENDING', 1],
    ],
  },
  createWithoutUserName: {
    probe: async (sim) => {
      const { status, body } = await create(sim, { userName: undefined })
      return [status, status === 200 && (await stored(sim, body.uuid))['userName']]
    },
    sees: [
      [200, 'sam.sample1@alpenglow.example'],
      [400, false],
    ],
  },
  unknownFields: { probe: async (sim) => (await create(sim, { displayName: 'Sammy' })).status, sees: [200, 400] },
  countryInRequests: {
    probe: async (sim) => (await stored(sim, (await create(sim, { country: 'IT' })).body.uuid))['country'],
    sees: [null, 'IT'],
  },
  roleAccepted: {
    probe: async (sim) => {
      const { roles } = await stateOf(sim)
      const byId = await create(sim, { role: roles[0]?.['roleId'], userName: 'one@alpenglow.example' })
      const byName = await create(sim, { role: 'aGENT', userName: 'two@alpenglow.example' })
      return [byId.status, byName.status]
    },
    sees: [
      [200, 200],
      [200, 400],
      [400, 200],
    ],
  },
  timeZoneCheck: { probe: async (sim) => (await create(sim, { timeZone: 'Middle/Earth' })).status, sees: [200, 400] },
  userNameCase: {
    probe: async (sim) =>
      (await stored(sim, (await create(sim, { userName: 'Sam@Alpenglow.example' })).body.uuid))['userName'],
    sees: ['Sam@Alpenglow.example', 'sam@alpenglow.example'],
  },
  deletedHoldsName: {
    probe: async (sim) => {
      const gone = await oneWho(sim, deleted)
      const { status } = await create(sim, { userName: gone.userName.toUpperCase() })
      return [status, (await sim.api('POST', `${USERS}/${gone.id}/revive`)).status]
    },
    // Whoever comes back second finds the name taken.
    sees: [
      [400, 200],
      [200, 400],
    ],
  },
  duplicateUserName: {
    probe: async (sim) => {
      const { status, body } = await create(sim, { userName: await takenName(sim) })
      return [status, body.code ?? body.error, body['success']]
    },
    sees: [
      [400, 'USERNAME_ALREADY_EXISTS', undefined],
      [200, 'USERNAME_ALREADY_EXISTS', false],
    ],
  },
  invalidWrite: {
    probe: async (sim) => {
      const { status, body } = await create(sim, { role: 'Astronaut' })
      return [status, body.code ?? body.error, body['success']]
    },
    sees: [
      [400, 'ROLE_NOT_FOUND', undefined],
      [200, 'ROLE_NOT_FOUND', false],
    ],
  },
  putMissing: {
    probe: async (sim) => {
      const { before, after } = await put(sim, {
        timeZone: undefined,
        billable: undefined,
        groupIds: undefined,
        customAttributes: undefined,
      })
      const kept = ['timeZone', 'billable', 'customAttributes'].every(
        (name) => JSON.stringify(before[name]) === JSON.stringify(after[name]),
      )
      return [kept, after['timeZone'] === null && after['billable'] === false, before['hireDate'] === after['hireDate']]
    },
    sees: [
      [false, true, true],
      [true, false, true],
    ],
  },
  putRequired: {
    probe: async (sim) => (await put(sim, { emailToBeVerified: undefined, role: undefined })).answer.status,
    sees: [400, 200],
  },
  putDeleted: { probe: async (sim) => (await put(sim, { lastName: 'Late' }, deleted)).answer.status, sees: [400, 200] },
  renameWhilePending: {
    probe: async (sim) => (await put(sim, { userName: 'new@alpenglow.example' }, pending)).answer.status,
    sees: [400, 200],
  },
  verificationMail: {
    probe: async (sim) => {
      const { emailAddress } = await oneWho(sim, active)
      await put(sim, { emailToBeVerified: emailAddress })
      const same = await mailCount(sim)
      await put(sim, { emailToBeVerified: 'new@alpenglow.example' })
      return [same, await mailCount(sim)]
    },
    sees: [
      [1, 2],
      [0, 1],
    ],
  },
  emailChange: {
    probe: async (sim) => {
      const { before, after } = await put(sim, { emailAddress: 'new@alpenglow.example' })
      return [
        after['emailAddress'] === before['emailAddress'],
        after['emailToBeVerified'] === 'new@alpenglow.example',
        await mailCount(sim),
      ]
    },
    sees: [
      [false, false, 1],
      [true, true, 1],
    ],
  },
  deactivateInactive: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, deleted)
      return ((await deactivate(sim, [id])).body['notDeletedUserIds'] as string[]).length
    },
    sees: [1, 0],
  },
  deactivateUnknown: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      const { status } = await deactivate(sim, [id, 'nobody'])
      return [status, (await stored(sim, id)).status]
    },
    sees: [
      [200, 'DELETED'],
      [400, 'ACTIVE'],
    ],
  },
  deactivateTeamLead: {
    probe: async (sim) => {
      const { teams } = await stateOf(sim)
      const lead = String(teams.find((team) => team['leadUserId'] !== null)?.['leadUserId'])
      await deactivate(sim, [lead])
      return (await stored(sim, lead)).status
    },
    sees: ['DELETED', 'ACTIVE'],
  },
  reviveStatus: {
    probe: async (sim) => {
      const fresh = (await create(sim)).body.uuid
      const { id } = await oneWho(sim, deleted)
      await deactivate(sim, [fresh])
      for (const one of [fresh, id]) await sim.api('POST', `${USERS}/${one}/revive`)
      return [(await stored(sim, fresh)).status, (await stored(sim, id)).status]
    },
    sees: [
      ['UNREGISTERED', 'ACTIVE'],
      ['ACTIVE', 'ACTIVE'],
      ['PENDING', 'PENDING'],
    ],
  },
  reviveNotDeleted: {
    probe: async (sim) => (await sim.api('POST', `${USERS}/${(await oneWho(sim, active)).id}/revive`)).status,
    sees: [400, 200],
  },
  inviteActive: {
    probe: async (sim) => {
      const { id } = await oneWho(sim, active)
      const body = { inviteUserIds: [id], senderUserId: id }
      return [(await sim.api('POST', '/user-management/v2/users/inviteById', body)).status, await mailCount(sim)]
    },
    sees: [
      [200, 0],
      [400, 0],
    ],
  },
} satisfies Record<string, SwitchCase>

/** With no licence fields in any read, a careful update leaves them in peace whatever a missing field means. */
export async function keepsHiddenFields(sim: Caller): Promise<boolean> {
  const user = await oneWho(sim, active)
  const read = (await sim.api('GET', `/user-management/v3/users/${user.id}`)).body.user
  await sim.api('PUT', USERS, { ...replacementFor(read), lastName: 'Kept' })
  const after = await stored(sim, user.id)
  return [
    'billable',
    'customAttributes',
    'applicationAttributes',
    'rank',
    'hireDate',
    'externalIdentity',
    'emailToBeVerified',
  ].every((name) => JSON.stringify(after[name]) === JSON.stringify(user[name]))
}
