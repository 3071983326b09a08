import { describe, expect, it } from 'vitest'
import type { GrantWishes } from '../../src/identity/account.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import type { Explanation } from '../../src/policy/decision.ts'
import { explain } from '../../src/policy/explain.ts'
import type { Policy } from '../../src/policy/policy.ts'
import { renderPolicyProblem } from '../../src/policy/problem.ts'
import { factsOf, goldenFiles, originsOf, readGolden, whyOf, type Golden, type GoldenPerson } from './golden.ts'

const compiled = (policy: unknown): Policy => {
  const { policy: usable, problems } = compilePolicy(policy)
  if (usable === undefined) throw new Error(problems.map(renderPolicyProblem).join('\n'))
  return usable
}

/** Grants as golden files write them: a name alone where there is no level. */
const short = (grants: GrantWishes | undefined): unknown =>
  Object.fromEntries(
    Object.entries(grants ?? {}).map(([kind, { want, takes }]) => [
      kind,
      { want: want.map(({ id, level }) => (level === undefined ? id : { id, level })), takes },
    ]),
  )

function expectExplanation(explanation: Explanation, { expect: wanted }: GoldenPerson): void {
  for (const [name, { why, ...rest }] of Object.entries(wanted.rules ?? {})) {
    const rule = explanation.rules.find((each) => each.rule === name)
    expect(rule, name).toMatchObject(rest)
    if (why !== undefined) expect(rule?.why, name).toContain(why)
  }
  if (wanted.from !== undefined) expect(originsOf(explanation)).toMatchObject(wanted.from)
}

function expectDecision(policy: Policy, golden: Golden, person: GoldenPerson): void {
  const facts = factsOf(person, golden.defaults)
  const decision = decide(policy, facts)
  const wanted = person.expect
  const wish = 'wish' in decision ? decision.wish : undefined
  expect(decision.kind, whyOf(decision)).toBe(wanted.decision)
  if (wanted.active !== undefined) expect(wish?.active).toBe(wanted.active)
  if (wanted.attributes !== undefined) expect(wish?.attributes).toMatchObject(wanted.attributes)
  for (const name of wanted.leaves ?? []) expect(wish?.attributes).not.toHaveProperty(name)
  if (wanted.onCreate !== undefined) expect(wish?.onCreate).toEqual(wanted.onCreate)
  if (wanted.grants !== undefined) expect(short(wish?.grants)).toEqual(wanted.grants)
  if (wanted.grantsOnCreate !== undefined)
    expect(short('grantsOnCreate' in decision ? decision.grantsOnCreate : undefined)).toEqual(wanted.grantsOnCreate)
  if (wanted.invite !== undefined) expect(wish?.invite ?? false).toBe(wanted.invite)
  if (wanted.why !== undefined) expect(whyOf(decision)).toContain(wanted.why)
  if (wanted.fault !== undefined) expect('fault' in decision ? decision.fault : undefined).toMatchObject(wanted.fault)
  const explanation = explain(policy, facts)
  expect(explanation.decision, 'explain decides what decide decides').toEqual(decision)
  expectExplanation(explanation, person)
}

describe.each(goldenFiles())('%s', (file) => {
  const golden = readGolden(file)
  const policy = compiled(golden.policy)
  it.each(golden.people.map((person) => [person.is, person] as const))(`${golden.about}: %s`, (_is, person) => {
    expectDecision(policy, golden, person)
  })
})

it('there are golden policies enough to show what the language is for', () => {
  expect(goldenFiles().length).toBeGreaterThanOrEqual(15)
})
