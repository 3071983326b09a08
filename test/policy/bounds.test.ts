import { describe, expect, it } from 'vitest'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import type { Facts } from '../../src/policy/facts.ts'
import { LIMITS } from '../../src/policy/limits.ts'

/** Somebody in thousands of groups, with names as long as asked for. */
const crowded = (letters: number, more: Record<string, string> = {}): Facts => ({
  identity: {
    document: { userName: 'x', active: true, ...more },
    active: true,
    deleted: false,
  },
  groups: Array.from({ length: 2_000 }, (_, at) => ({
    id: `g${at}`,
    displayName: `g${at}-${'x'.repeat(letters)}`,
  })),
  groupsKnown: 'yes',
  app: { id: 'cxone', defaults: {} },
})

const decided = (when: string, facts: Facts): unknown => {
  const rules = Array.from({ length: 20 }, (_, at) => ({ name: `${at}`, when, give: { role: 'x' } }))
  const { policy, problems } = compilePolicy({ rules })
  if (policy === undefined) throw new Error(JSON.stringify(problems))
  return decide(policy, facts)
}

const refused = (message: string): object => ({
  kind: 'hold',
  fault: expect.objectContaining({ message: expect.stringContaining(message) as unknown }) as unknown,
})

// What each of them would take without a bound: minutes to years.
describe('a policy that would never end', () => {
  it.each([
    ['every group with every group', 'groups.all(a, groups.all(b, a != b || true))', 0],
    [
      'many comparisons in that',
      `groups.all(a, groups.all(b, ${Array(60).fill('a.contains(b)').join(' || ')} || true))`,
      0,
    ],
    ['a list of lists', 'groups.map(a, groups.map(b, a + b)).size() >= 0', 0],
    ['a slow regular expression', 'groups.all(a, a.matches("(a?){100}a{100}") || true)', 4_000],
    ['a regular expression that defeats its cache', 'groups.all(a, a.matches("(x|-)*x(x|-){12}[^x]") || true)', 4_000],
    ['long texts', 'groups.all(a, lower(a) == upper(a) || true)', 4_000],
    ['long texts taken apart', 'groups.all(a, size(split(a, "x")) >= 0)', 4_000],
    ['counting letters', 'groups.all(a, size(a) >= 0)', 4_000],
    ['sorting in a loop', 'groups.all(a, size(distinct(groups)) >= 0)', 40],
    ['an error in every step', 'groups.exists(a, groups.exists(b, 1 / (size(b) - 5) > 9))', 0],
  ])('is stopped by the number of its steps: %s', (_what, when, letters) => {
    expect(decided(when, crowded(letters))).toMatchObject(refused('more steps than one decision may'))
  })

  it('is stopped also where another part of the expression would hide that', () => {
    expect(decided('groups.all(a, groups.all(b, a != b || true)) || true', crowded(0))).toMatchObject(
      refused('more steps than one decision may'),
    )
  })

  it.each([
    ['lists that double', 'groups + groups + groups + groups == groups', 'a list of more than'],
    ['texts that double', 'groups.exists(g, (g + g).size() == 1)', 'a text of more than'],
    ['texts that grow', 'groups.exists(g, replace(g, "x", "xxx") == "")', 'a text of more than'],
  ])('is stopped by the size of what it makes: %s', (_what, when, message) => {
    expect(decided(when, crowded(4_000))).toMatchObject(refused(message))
  })
})

describe('what a policy may look at', () => {
  it('has a size: larger texts and lists hold the person, and name the attribute', () => {
    const long = crowded(0, { title: 'x'.repeat(LIMITS.text + 1) })
    expect(decided('user.title == ""', long)).toMatchObject({ kind: 'hold', fault: { at: 'user.title' } })
    expect(decided('user.userName == ""', long)).toMatchObject({ kind: 'account' })
    const many = {
      ...crowded(0),
      groups: Array.from({ length: LIMITS.list + 1 }, (_, at) => ({ id: `${at}`, displayName: `${at}` })),
    }
    expect(decided('"a" in groups', many)).toMatchObject({ kind: 'hold', fault: { at: 'groups' } })
  })

  it('is looked into fast where it is a list of groups, however many rules ask', () => {
    expect(decided('"g77-" in groups', crowded(0))).toMatchObject({
      kind: 'account',
      wish: { onCreate: { role: 'x' } },
    })
  })
})

describe('what a policy may be', () => {
  const rules = (many: number, when: string): unknown => ({
    rules: Array.from({ length: many }, (_, at) => ({ name: `${at}`, when, give: { role: 'x' } })),
  })

  it.each([
    ['a long expression', rules(1, `"${'x'.repeat(LIMITS.expression)}" == ""`)],
    ['long expressions together', rules(30, `"${'x'.repeat(LIMITS.expression - 20)}" == ""`)],
    ['many rules', rules(LIMITS.rules + 1, 'true')],
    [
      'many regular expressions',
      { account: { when: Array.from({ length: LIMITS.patterns + 1 }, (_, at) => `"".matches("${at}")`).join('||') } },
    ],
    [
      'large regular expressions',
      { account: { when: Array.from({ length: 8 }, (_, at) => `"".matches("(a{30}){28}${at}")`).join('||') } },
    ],
    [
      'many entries',
      { rules: [{ name: 'a', give: { skills: Array.from({ length: LIMITS.given + 1 }, (_, at) => `${at}`) } }] },
    ],
  ])('has a size: %s', (_what, document) => {
    expect(compilePolicy(document).problems?.length).toBeGreaterThan(0)
  })
})
