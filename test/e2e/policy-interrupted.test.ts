import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { ConnectorError, type Connector } from '../../src/connectors/contract.ts'
import type { Change } from '../../src/reconcile/change.ts'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())

/** Goes by no groups, so nothing counts later because it came soon after. */
const POLICY = {
  account: { invite: true },
  rules: [
    {
      name: 'All',
      give: {
        role: 'Agent',
        team: 'Default Team',
        skills: [{ name: 'Billing', level: 3 }],
        groups: ['Floor 1'],
        loginAuthenticator: 'Passwords',
      },
    },
  ],
}

beforeEach(async () => {
  await rig.clear()
  await rig.query('update app set failures = 0, paused_until = null')
  rig.use({ policy: POLICY })
})

const KILLED = 'the process is killed'

const breaking = (change: (plain: Connector) => Partial<Connector>): void => {
  const plain = rig.connector
  rig.use({ connector: change(plain) })
}

/** The process dies right after the app has done this, or right before. */
function killAt(at: 'before' | 'after', that: (change: Change) => boolean): void {
  let alive = true
  breaking((plain) => ({
    apply: async (change, key) => {
      const dies = alive && that(change)
      if (dies) alive = false
      if (dies && at === 'before') throw new TypeError(KILLED)
      const outcome = await plain.apply(change, key)
      if (dies) throw new TypeError(KILLED)
      return outcome
    },
  }))
}

/** Another process takes over what the one that was killed had in its hands. */
async function resume(): Promise<void> {
  await rig.query('update delivery set next_at = now(), lease_until = null, lease_token = null')
  await rig.drain()
}

const unreachable = () =>
  new ConnectorError({ code: 'unreachable', retry: 'soon', detail: 'The half that keeps the skills does not answer.' })

const skillsOf = (userName: string) => rig.named(userName)?.grants?.skill?.map(({ id }) => id)

const EVERYTHING = {
  state: 'pending',
  attributes: { role: 'role-Agent', team: 'team-Default Team', loginAuthenticator: 'own' },
  grants: { skill: [{ id: 'skill-Billing', level: 3 }], group: [{ id: 'group-Floor 1' }] },
}

describe('a newcomer whose process is killed', () => {
  const STEPS: readonly Change['kind'][] = ['create', 'grant']
  for (const kind of STEPS)
    for (const at of ['before', 'after'] as const)
      test(`${at} the ${kind} gets all that the policy gives, once`, async () => {
        killAt(at, (change) => change.kind === kind)
        const mia = await rig.push('mia')
        await expect(rig.drain()).rejects.toThrow(KILLED)
        await resume()
        expect(rig.target.ids()).toHaveLength(1)
        expect(rig.named('mia')).toMatchObject(EVERYTHING)
        expect(rig.target.mails()).toHaveLength(1)
        expect(await rig.row(mia)).toMatchObject({ state: 'delivered' })
        expect(await rig.link(mia)).toMatchObject({ returning_since: null, origin: 'created' })
      })

  test('once it is known whose the account is, and nothing else, gets all of it', async () => {
    let alive = true
    breaking((plain) => ({
      readOne: async (kind, ref, how) => {
        if (!alive || !('id' in ref) || how?.whole !== true) return plain.readOne(kind, ref, how)
        alive = false
        throw new TypeError(KILLED)
      },
    }))
    await rig.push('mia')
    await expect(rig.drain()).rejects.toThrow(KILLED)
    await resume()
    expect(rig.named('mia')).toMatchObject(EVERYTHING)
  })
})

describe('somebody who returns', () => {
  async function away(): Promise<string> {
    rig.use({ policy: { ...POLICY, account: {} } })
    const mia = await rig.push('mia')
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    const account = rig.named('mia')!
    rig.target.put({ ...account, grants: { ...account.grants, skill: [{ id: 'skill-Sales', level: 5 }] } })
    return mia
  }

  test('to what the policy gives is not held for the role that it gives', async () => {
    const lead = { name: 'All', give: { role: 'Supervisor', team: 'Night' } }
    rig.use({ policy: { rules: [lead] }, defaults: {} })
    const mia = await rig.push('mia')
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    await rig.patch(mia, { active: true })
    await rig.drain()
    expect(rig.named('mia')).toMatchObject({ state: 'active', attributes: { role: 'role-Supervisor' } })
  })

  test('and whose skills cannot be seen yet is not done, and has what the policy gives once they can', async () => {
    const mia = await away()
    let seen = false
    const blind = <T extends object>(account: T): T => (seen ? account : { ...account, grants: undefined })
    breaking((plain) => ({
      readOne: async (kind, ref, how) => {
        const account = await plain.readOne(kind, ref, how)
        return account === 'absent' ? account : blind(account)
      },
      apply: async (change, key) => {
        const outcome = await plain.apply(change, key)
        return outcome.ok ? { ok: true, seen: blind(outcome.seen) } : outcome
      },
    }))
    await rig.patch(mia, { active: true })
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'retrying', code: 'not-mirrored' })
    seen = true
    await resume()
    expect(skillsOf('mia')).toEqual(['skill-Billing'])
    expect(await rig.link(mia)).toMatchObject({ returning_since: null })
  })
})

describe('somebody who leaves', () => {
  test('is disabled although the part of the app that others wait for does not answer', async () => {
    rig.use({ policy: { ...POLICY, deactivation: { skills: 'take' } } })
    const ids = [await rig.push('mia'), await rig.push('kim'), await rig.push('jo')]
    await rig.drain()
    breaking((plain) => ({
      readOne: async (kind, ref, how) => {
        if (how?.whole === true) return Promise.reject(unreachable())
        return plain.readOne(kind, ref, how)
      },
    }))
    for (const id of ids) await rig.patch(id, { active: false })
    await rig.drain()
    for (const name of ['mia', 'kim', 'jo']) expect(rig.named(name)?.state).toBe('inactive')
    expect(await rig.query('select failures from app')).toEqual([{ failures: 0 }])
  })
})

describe('an app that makes no account without a role', () => {
  test('has an open item where nobody gives one, and refuses nobody to the provider for it', async () => {
    rig.use({ policy: {}, defaults: { team: 'Default Team' } })
    breaking((plain) => ({ capabilities: { ...plain.capabilities, requires: ['userName', 'role', 'team'] } }))
    const mia = await rig.push('mia')
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({
      state: 'retrying',
      code: 'unknown-role',
      detail: expect.stringContaining('defaults'),
    })
    expect(rig.target.ids()).toEqual([])
  })
})

describe('a provider that waits', () => {
  const DEPARTMENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department'

  test('is not refused for what the policy gives beside the account', async () => {
    const sells = { name: 'Sellers', when: 'user.department == "Sales"', give: { skills: ['Sales'] } }
    rig.use({ policy: { rules: [...POLICY.rules, sells], owns: { skills: 'always', department: 'never' } } })
    const mia = await rig.push('mia')
    await rig.drain()
    breaking((plain) => ({
      apply: async (change, key) =>
        change.kind === 'grant'
          ? { ok: false, code: 'value-invalid', retry: 'never', detail: 'Nobody is given this.' }
          : plain.apply(change, key),
    }))
    await rig.patch(mia, { [DEPARTMENT]: 'Sales' })
    await rig.query(
      `insert into confirmation (tenant_id, connection_id, identity_id, version, kind, previous_user_name, previous_name_key,
                                 previous_active, previous_document, previous_modified_at, until)
       select tenant_id, connection_id, id, version, 'change', user_name, user_name_key, active, document - $2::text,
              modified_at, now() + interval '8 seconds'
       from identity where id = $1`,
      [mia, DEPARTMENT.slice(0, DEPARTMENT.lastIndexOf(':'))],
    )
    await rig.drain()
    expect(await rig.row(mia)).toMatchObject({ state: 'refused', code: 'value-invalid' })
    expect(await rig.query('select * from confirmation')).toEqual([])
    expect(await rig.query(`select kind from event where kind = 'user.refused'`)).toEqual([])
  })
})

describe('what was taken from who left', () => {
  test('is in the log, after their being disabled', async () => {
    rig.use({ policy: { ...POLICY, deactivation: { skills: 'take', groups: 'take' } } })
    const mia = await rig.push('mia')
    await rig.drain()
    await rig.patch(mia, { active: false })
    await rig.drain()
    const events = await rig.query(
      `select jsonb_path_query_array(data, '$.changes[*].kind') as kinds from event where kind = 'delivery.done' order by seq desc limit 3`,
    )
    expect(events.map(({ kinds }) => kinds)).toEqual([['revoke'], ['revoke'], ['deactivate']])
  })
})

describe('an account that somebody else made', () => {
  test('is not asked in, although its person had one of ours before', async () => {
    const mia = await rig.push('mia')
    await rig.drain()
    expect(rig.target.mails()).toHaveLength(1)
    await rig.query(`update link set state = 'unlinked', origin = null, account_id = null, settled_as = null`)
    await rig.query(`update delivery set subject = 'name:mia', wanted = wanted + 1, state = 'due', next_at = now()`)
    rig.target.put({ ...rig.named('mia')!, attributes: { ...rig.named('mia')!.attributes, userName: 'old' } })
    rig.seed({ userName: 'mia', givenName: 'Mia', familyName: 'Roth', loginAuthenticator: 'own' }, 'unregistered')
    await rig.drain()
    await rig.patch(mia, { title: 'Lead' })
    await rig.drain()
    expect(await rig.link(mia)).toMatchObject({ state: 'linked', origin: 'adopted' })
    expect(rig.target.mails()).toHaveLength(1)
  })
})
