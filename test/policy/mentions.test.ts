import { expect, it } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { mentions, readsGroups } from '../../src/policy/policy.ts'

const compiled = (document: unknown): NonNullable<ReturnType<typeof compilePolicy>['policy']> => {
  const { policy, problems } = compilePolicy(document)
  if (policy === undefined) throw new Error(JSON.stringify(problems))
  return policy
}

it('lists everything that a policy can give, by kind, and every place that gives it', () => {
  const policy = compiled({
    rules: [
      { name: 'a', give: { role: 'Agent', team: { from: 'user.department', among: ['Sales', 'Service'] } } },
      {
        name: 'b',
        give: {
          role: 'Agent',
          roles: ['Coach'],
          skills: [{ name: 'Billing', level: 3 }, { from: 'values(user.entitlements)' }],
        },
      },
    ],
    otherwise: { team: 'Sales', groups: ['Everybody'], licence: null },
  })
  const { named, open } = mentions(policy)
  expect(named).toMatchObject({
    role: [{ name: 'Agent', at: ['rules[0].give.role', 'rules[1].give.role'] }],
    team: [
      { name: 'Sales', at: ['rules[0].give.team.among', 'otherwise.team'] },
      { name: 'Service', at: ['rules[0].give.team.among'] },
    ],
    roles: [{ name: 'Coach', at: ['rules[1].give.roles[0]'] }],
    skills: [{ name: 'Billing', at: ['rules[1].give.skills[0]'] }],
    groups: [{ name: 'Everybody', at: ['otherwise.groups[0]'] }],
    licence: [],
    reportsTo: [],
    loginAuthenticator: [],
  })
  expect(open).toEqual(['skills'])
})

it('a policy reads groups if any of its expressions does, wherever it stands', () => {
  expect(readsGroups(compiled({}))).toBe(false)
  expect(readsGroups(compiled({ account: { when: 'user.title == "groups"' } }))).toBe(false)
  expect(readsGroups(compiled({ account: { when: 'groups.exists(g, true)' } }))).toBe(true)
  expect(readsGroups(compiled({ attributes: { title: 'first(groupIds)' } }))).toBe(true)
  expect(readsGroups(compiled({ rules: [{ name: 'a', give: { skills: [{ from: 'groupExternalIds' }] } }] }))).toBe(true)
  expect(readsGroups(compiled({ account: { when: '["a"].exists(groups, groups == "a")' } }))).toBe(false)
})
