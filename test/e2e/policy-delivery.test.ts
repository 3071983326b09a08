import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Connector } from '../../src/connectors/contract.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { fanOutBatch } from '../../src/store/fan-outs.ts'
import { caller } from '../store/world.ts'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())

/** Two kinds of people, told by their groups. */
const POLICY = {
  rules: [
    {
      name: 'Leads',
      priority: 10,
      when: '"Leads" in groups',
      give: { role: 'Supervisor', team: 'Night', skills: [{ name: 'Billing', level: 9 }] },
    },
    {
      name: 'Agents',
      when: '"Agents" in groups',
      give: {
        role: 'Agent',
        team: 'Default Team',
        skills: [{ name: 'Billing', level: 3 }, 'Chat'],
        groups: ['Floor 1'],
        loginAuthenticator: 'Okta SAML',
      },
    },
  ],
  otherwise: 'none',
}

beforeEach(async () => {
  await rig.clear()
  await rig.query('truncate membership, scim_group, fan_out cascade')
  // What saving such a policy does.
  await rig.query('update app set reads_groups = true')
  rig.use({ policy: POLICY })
})

async function group(displayName: string, ...members: string[]): Promise<void> {
  const reading = { unknownMembers: 'refuse', note: () => {}, baseUrl: 'https://acme.test' } as const
  const made = await createGroup(rig.world.operations, caller(), {
    document: { displayName },
    members: new Set(members),
    reading,
  })
  if (!made.ok) throw new Error(made.refusal.kind)
  while ((await fanOutBatch(rig.world.db, 500)) !== undefined);
  await rig.drain()
}

async function pushed(userName: string, more: object = {}): Promise<string> {
  const id = await rig.push(userName, more)
  await rig.drain()
  return id
}

const held = (userName: string) => rig.named(userName)?.grants

/** The connector, with one method that fails for as long as `broken()` says. */
const breaking = (change: (plain: Connector) => Partial<Connector>): void => {
  const plain = rig.connector
  rig.use({ connector: change(plain) })
}

describe('somebody new', () => {
  test('waits for their groups, and gets what these give as soon as they come', async () => {
    const mia = await pushed('mia')
    expect(rig.named('mia')).toBeUndefined()
    expect(await rig.row(mia)).toMatchObject({ state: 'retrying', code: 'waiting-for-groups', attempts: 0 })
    await group('Agents', mia)
    expect(rig.named('mia')).toMatchObject({
      state: 'active',
      attributes: { role: 'role-Agent', team: 'team-Default Team', loginAuthenticator: 'saml' },
      grants: {
        skill: [{ id: 'skill-Billing', level: 3 }, { id: 'skill-Chat' }],
        group: [{ id: 'group-Floor 1' }],
      },
    })
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered' })
    expect(await rig.link(mia)).toMatchObject({ returning_since: null, origin: 'created' })
  })

  test('whose groups do not come is decided about once they are overdue', async () => {
    const mia = await pushed('mia')
    await rig.query(`update identity set created_at = now() - interval '31 minutes'`)
    await rig.query('update delivery set next_at = now()')
    await rig.drain()
    expect(rig.named('mia')).toBeUndefined()
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered', detail: expect.stringContaining('no rule') })
  })

  test('is what their later groups say as well, for as long as these may come', async () => {
    const mia = await pushed('mia')
    await group('Agents', mia)
    await group('Leads', mia)
    expect(rig.named('mia')?.attributes).toMatchObject({ role: 'role-Supervisor', team: 'team-Night' })
    expect(held('mia')?.skill).toContainEqual({ id: 'skill-Billing', level: 9 })
  })

  test('keeps what they started with when their groups change long after', async () => {
    const mia = await pushed('mia')
    await group('Agents', mia)
    await rig.query(`update link set made_at = now() - interval '1 day'`)
    await group('Leads', mia)
    expect(rig.named('mia')?.attributes.role).toBe('role-Agent')
    rig.use({ policy: { ...POLICY, owns: { role: 'always', skills: 'always' } } })
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(rig.named('mia')?.attributes).toMatchObject({ role: 'role-Supervisor', team: 'team-Default Team' })
    expect(held('mia')?.skill).toContainEqual({ id: 'skill-Billing', level: 9 })
  })

  test('who was made and not finished is finished later, and made once', async () => {
    let broken = true
    breaking((plain) => ({
      apply: async (change, key) => {
        if (broken && change.kind === 'grant' && change.of === 'skill')
          return { ok: false, code: 'answer-unexpected', retry: 'soon', detail: 'The skills do not answer.' }
        return plain.apply(change, key)
      },
    }))
    const mia = await pushed('mia')
    await group('Agents', mia)
    expect(rig.target.ids()).toHaveLength(1)
    expect(await rig.row(mia)).toMatchObject({ state: 'retrying', code: 'answer-unexpected' })
    expect((await rig.link(mia))?.['returning_since']).not.toBeNull()
    // Groups that come too late for anybody else still count for who is not finished.
    await rig.query(`update link set made_at = now() - interval '1 day'`)
    broken = false
    await rig.query('update delivery set next_at = now()')
    await rig.drain()
    expect(rig.target.ids()).toHaveLength(1)
    expect(held('mia')).toMatchObject({ skill: [{ id: 'skill-Billing', level: 3 }, { id: 'skill-Chat' }] })
    expect(await rig.link(mia)).toMatchObject({ returning_since: null })
  })

  test('whom a part of the app does not know yet is not done, and is tried again', async () => {
    rig.target.fault({ kind: 'mirror' })
    const mia = await pushed('mia')
    await group('Agents', mia)
    expect(rig.named('mia')).toMatchObject({ attributes: { role: 'role-Agent' } })
    expect(await rig.row(mia)).toMatchObject({ state: 'retrying', code: 'not-mirrored' })
  })

  test('gets no account, or loses it, where the policy says so', async () => {
    rig.use({ policy: { account: { when: 'user.department == "Sales"' } } })
    const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
    const mia = await pushed('mia', { [ENTERPRISE]: { department: 'Sales' } })
    await pushed('kim')
    expect(rig.named('mia')).toMatchObject({ state: 'active' })
    expect(rig.named('kim')).toBeUndefined()
    await rig.patch(mia, { [`${ENTERPRISE}:department`]: 'Kitchen' })
    await rig.drain()
    expect(rig.named('mia')).toMatchObject({ state: 'inactive' })
  })
})

describe('an invitation', () => {
  const INVITING = {
    account: { invite: true },
    rules: [{ name: 'All', give: { role: 'Agent', team: 'Night', loginAuthenticator: 'Passwords' } }],
  }

  test('is sent once to who signs in with a password of the app', async () => {
    rig.use({ policy: INVITING })
    const mia = await pushed('mia')
    expect(rig.named('mia')).toMatchObject({ state: 'pending' })
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(rig.target.mails()).toEqual([rig.named('mia')?.id])
  })

  test('whose answer is lost is not sent again', async () => {
    rig.use({ policy: INVITING })
    breaking((plain) => ({
      apply: async (change, key) => {
        if (change.kind !== 'invite') return plain.apply(change, key)
        await plain.apply(change, key)
        rig.target.put({ ...rig.target.raw(change.account)!, state: 'unregistered' })
        return { ok: false, code: 'unreachable', retry: 'soon', detail: 'No answer came.' }
      },
    }))
    await pushed('mia')
    for (let again = 0; again < 3; again++) {
      await rig.query('update app set paused_until = null, failures = 0')
      await rig.query('update delivery set next_at = now()')
      await rig.drain()
    }
    expect(rig.target.mails()).toHaveLength(1)
  })

  test('that the app refuses is sent once it takes it', async () => {
    rig.use({ policy: INVITING })
    let refuses = true
    breaking((plain) => ({
      apply: async (change, key) =>
        refuses && change.kind === 'invite'
          ? { ok: false, code: 'right-missing', retry: 'later', detail: 'It may not invite.' }
          : plain.apply(change, key),
    }))
    await pushed('mia')
    expect(rig.target.mails()).toEqual([])
    refuses = false
    await rig.query('update delivery set next_at = now()')
    await rig.drain()
    expect(rig.target.mails()).toHaveLength(1)
  })

  test('goes to nobody who signs in elsewhere, or whose account Rollcall did not make', async () => {
    rig.use({ policy: { ...INVITING, rules: [{ name: 'All', give: { loginAuthenticator: 'Okta SAML' } }] } })
    await pushed('mia')
    rig.seed({ userName: 'kim', givenName: 'Mia', familyName: 'Roth', loginAuthenticator: 'own' }, 'unregistered')
    const kim = await pushed('kim')
    await rig.patch(kim, { title: 'Lead' })
    await rig.drain()
    expect(rig.target.mails()).toEqual([])
  })
})

describe('somebody who leaves', () => {
  const TAKING = { ...POLICY, deactivation: { endSession: true, skills: 'take', groups: 'take' } }

  test('is logged out and disabled, and then loses what is to be taken', async () => {
    rig.use({ policy: TAKING })
    const mia = await pushed('mia')
    await group('Agents', mia)
    const account = rig.named('mia')?.id ?? ''
    rig.target.begin(account)
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.named('mia')).toMatchObject({ state: 'inactive', grants: { skill: [], group: [] } })
    expect(rig.target.works(account)).toBe(false)
  })

  test('is disabled although what they hold cannot be read, and loses it later', async () => {
    rig.use({ policy: TAKING })
    const mia = await pushed('mia')
    await group('Agents', mia)
    let broken = true
    breaking((plain) => ({
      readOne: async (kind, ref, how) => {
        if (broken && how?.whole === true) throw new TypeError('nobody may ask this of who leaves')
        return plain.readOne(kind, ref, how)
      },
    }))
    await rig.patch(mia, { active: false })
    await expect(rig.drain()).rejects.toThrow('nobody may ask')
    expect(rig.named('mia')?.state).toBe('inactive')
    broken = false
    await rig.query('update delivery set next_at = now(), lease_until = null, lease_token = null')
    await rig.drain()
    expect(held('mia')).toMatchObject({ skill: [], group: [] })
  })

  test('is delivered although the app takes nothing from who is disabled, and loses the rest', async () => {
    rig.use({ policy: TAKING })
    const mia = await pushed('mia')
    await group('Agents', mia)
    breaking((plain) => ({
      apply: async (change, key) =>
        change.kind === 'revoke' && change.of === 'skill'
          ? { ok: false, code: 'value-invalid', retry: 'never', detail: 'The agent is inactive.' }
          : plain.apply(change, key),
    }))
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'delivered', detail: expect.stringContaining('stays until') })
    expect(rig.named('mia')).toMatchObject({ state: 'inactive', grants: { group: [] } })
    expect(held('mia')?.skill?.map(({ id }) => id)).toContain('skill-Chat')
  })

  test('is disabled whatever is wrong with the policy', async () => {
    rig.use({ policy: {} })
    const mia = await pushed('mia')
    rig.use({ policy: { rules: [{ name: 'All', when: '1 / (size(user.title) - 4) > 0', give: { role: 'Agent' } }] } })
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'retrying', code: 'policy-invalid', code_key: 'rules[0].when' })
    expect(rig.named('mia')?.state).toBe('active')
    await rig.patch(mia, { active: false })
    await rig.drain()
    expect(rig.named('mia')?.state).toBe('inactive')
  })

  test('and comes back gets what the policy gives now before they can sign in', async () => {
    const mia = await pushed('mia')
    await group('Agents', mia)
    await rig.patch(mia, { active: false })
    await rig.drain()
    const account = rig.named('mia')!
    // Somebody has given them more meanwhile.
    rig.target.put({ ...account, grants: { ...account.grants, skill: [{ id: 'skill-Sales', level: 5 }] } })
    const seen: string[] = []
    breaking((plain) => ({
      apply: async (change, key) => {
        seen.push(change.kind)
        return plain.apply(change, key)
      },
    }))
    await rig.patch(mia, { active: true })
    await rig.drain()
    expect(seen).toContain('revoke')
    expect(seen.at(-1)).toBe('reactivate')
    expect(held('mia')?.skill?.map(({ id }) => id)).toEqual(['skill-Billing', 'skill-Chat'])
  })
})

describe('an account that was there already', () => {
  test('is linked and left as it is, whatever the policy gives', async () => {
    const there = rig.seed({ userName: 'mia', givenName: 'Mia', familyName: 'Roth', role: 'role-Agent' })
    const before = rig.target.raw(there)
    const mia = await pushed('mia')
    await group('Leads', mia)
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(rig.target.raw(there)).toEqual({ ...before, attributes: { ...before?.attributes, title: 'Lead' } })
    expect(await rig.link(mia)).toMatchObject({ origin: 'adopted' })
  })

  test('of a supervisor is not adopted, so nobody becomes an agent by a policy for everybody', async () => {
    rig.use({ policy: { owns: { role: 'always' }, rules: [{ name: 'All', give: { role: 'Agent' } }] } })
    const there = rig.seed({ userName: 'mia', givenName: 'Mia', familyName: 'Roth', role: 'role-Supervisor' })
    const mia = await pushed('mia')
    expect(rig.target.raw(there)?.attributes.role).toBe('role-Supervisor')
    expect(await rig.link(mia)).toMatchObject({ state: 'disputed' })
  })

  test('is changed where the policy says that an attribute is its own', async () => {
    rig.use({ policy: { owns: { team: 'always' }, rules: [{ name: 'All', give: { team: 'Default Team' } }] } })
    const there = rig.seed({ userName: 'mia', givenName: 'Mia', familyName: 'Roth' })
    const mia = await pushed('mia')
    expect(rig.target.raw(there)?.attributes.team).toBe('team-Night')
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(rig.target.raw(there)?.attributes).toMatchObject({ team: 'team-Default Team', role: 'role-Agent' })
  })
})
