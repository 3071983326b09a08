/**
 * Two policies for many people in an app that is observed at first: what is shown before, and what is done after.
 * Says what should come of it, for any number of people that is a multiple of 50.
 */
import { expect } from 'vitest'
import type { DifferenceRig } from './difference-rig.ts'

/** Agents with a password of the app, so that they are asked in; leads with single sign-on. */
const FIRST = {
  account: { invite: true },
  owns: { role: 'always', skills: 'always', team: 'always' },
  rules: [
    {
      name: 'Leads',
      priority: 10,
      when: '"Leads" in groups',
      give: { role: 'Supervisor', loginAuthenticator: 'Okta SAML', skills: [{ name: 'Billing', level: 9 }] },
    },
    {
      name: 'Agents',
      when: '"Agents" in groups',
      give: { role: 'Agent', team: 'Plain', loginAuthenticator: 'Passwords', skills: ['Chat'], groups: ['Floor 1'] },
    },
  ],
  otherwise: 'none',
}

/** Leads are agents like the others, everybody is in the dearer team, and chats no more. */
const SECOND = {
  owns: { role: 'always', skills: 'always', team: 'always' },
  takes: { skills: 'all' },
  rules: [
    {
      name: 'All',
      when: '"Agents" in groups || "Leads" in groups',
      give: { role: 'Agent', team: 'Rich', skills: ['Sales'] },
    },
  ],
  otherwise: 'none',
}

const name = (at: number): string => `p${String(at).padStart(3, '0')}@acme.test`

/** Six in ten are agents, two leads, and of two the policy says nothing. Of the leads 40 % have an account there already. */
async function arrive(rig: DifferenceRig, many: number): Promise<void> {
  rig.use({ settings: { protect: { userNames: [], roles: ['Administrator'] } } })
  for (let at = 0.6 * many; at < 0.68 * many; at++)
    rig.seed({ userName: name(at), givenName: 'Mia', familyName: 'Roth', role: 'role-Supervisor' })
  const ids = await pushed(rig, many)
  await rig.group('Agents', ids.slice(0, 0.6 * many))
  await rig.group('Leads', ids.slice(0.6 * many, 0.8 * many))
}

/** In the order of their names, also for a difference: it goes by who came first. */
export async function pushed(rig: DifferenceRig, many: number): Promise<string[]> {
  const ids: string[] = []
  for (let at = 0; at < many; at += 20)
    ids.push(
      ...(await Promise.all(Array.from({ length: Math.min(20, many - at) }, (_, more) => rig.push(name(at + more))))),
    )
  return ids
}

/** What the app holds, without ids and times. */
const held = (rig: DifferenceRig) =>
  rig.target
    .ids()
    .flatMap((id) => rig.target.raw(id) ?? [])
    .map(({ state, attributes, grants }) => ({ state, attributes, grants }))
    .toSorted((a, b) => String(a.attributes.userName).localeCompare(String(b.attributes.userName)))

export const kindsOf = (kinds: Readonly<Record<string, number>>) =>
  Object.fromEntries(Object.entries(kinds).filter(([, people]) => people > 0))

export async function expectShownIsDone(rig: DifferenceRig, many: number): Promise<void> {
  const [agents, leads, adopted] = [0.6 * many, 0.2 * many, 0.08 * many]
  const all = agents + leads
  await rig.mode('observe')
  await arrive(rig, many)
  // What is planned by now is older than the policy: it must not be what is carried out.
  await rig.drain()
  await rig.world.db.query(`update identity set created_at = now() - interval '1 hour'`)
  await rig.save(FIRST)
  const before = held(rig)
  const shown = await rig.compare()
  expect(shown.verdict).toBe('whole')
  const { numbers } = shown.kept
  expect(kindsOf(numbers.kinds)).toEqual({ create: all - adopted, grant: all, invite: agents })
  expect(numbers).toMatchObject({ people: many, unchanged: many - all, mails: agents, costlier: 0 })
  expect(numbers.gives).toEqual([
    { of: 'group', id: 'group-Floor 1', name: 'Floor 1', people: agents },
    { of: 'skill', id: 'skill-Chat', name: 'Chat', people: agents },
    { of: 'skill', id: 'skill-Billing', name: 'Billing', people: leads },
  ])
  expect(shown.kept.warnings[0]).toMatchObject({ code: 'mails', people: agents })
  expect(shown.people).toHaveLength(all)
  // Nothing but reading until here, links of accounts that were there among it.
  expect(rig.writes()).toBe(0)
  expect(held(rig)).toEqual(before)
  expect(rig.target.mails()).toEqual([])
  const { rows } = await rig.world.db.query(`select from link where link.state = 'linked' and link.origin = 'adopted'`)
  expect(rows).toHaveLength(adopted)

  expect(await rig.enforce({ ...shown, hash: 'another' })).toMatchObject({ ok: false })
  expect(await rig.enforce(shown)).toEqual({ ok: true, changed: true, due: many })
  await rig.drain()
  expect(kindsOf(await rig.done('applied'))).toMatchObject({ create: all - adopted, grant: all, invite: agents })
  expect(held(rig).filter(({ attributes }) => attributes.role === 'role-Agent')).toHaveLength(agents)
  expect(held(rig)).toHaveLength(all)
  expect(rig.target.mails()).toHaveLength(agents)
  const left = await rig.compare()
  expect(kindsOf(left.kept.numbers.kinds)).toEqual({})
  expect(left.kept.numbers.unchanged).toBe(many)

  // The other policy, before it is in force.
  const given = await rig.compare(SECOND)
  const { numbers: then, inForce, differing } = given.kept
  expect(kindsOf(inForce?.kinds ?? {})).toEqual({})
  expect(differing).toBe(all)
  expect(kindsOf(then.kinds)).toEqual({ update: all, grant: all, revoke: all })
  expect(then.attributes).toEqual({ team: all, role: leads })
  expect(then.moves).toEqual([{ from: 'Plain', to: 'Rich', adds: ['Quality', 'Forecasts'], drops: [], people: all }])
  expect(then.adoptedRoles).toEqual([{ from: 'Supervisor', to: 'Agent', people: adopted }])
  expect(given.kept.warnings.map(({ code, people }) => [code, people])).toEqual([
    ['charges', all],
    ['adopted-roles', adopted],
  ])
  expect(given.people.filter(({ detail }) => (detail as { role: unknown }).role !== null)).toHaveLength(adopted)

  await rig.save(SECOND)
  await rig.world.db.query('delete from plan')
  await rig.everybody()
  await rig.drain()
  expect(kindsOf(await rig.done('applied'))).toEqual({ update: all, grant: all, revoke: all })
  expect(held(rig).map(({ attributes: { role, team } }) => `${role} ${team}`)).toEqual(
    Array.from({ length: all }, () => 'role-Agent team-Rich'),
  )
  expect((await rig.compare()).kept.numbers.unchanged).toBe(many)
}
