import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { GRANT_KINDS, type Account, type Grant, type GrantKind, type GrantWish } from '../identity/account.ts'
import { planGrants } from './plan-grants.ts'

const account = (grants: Account['grants']): Account => ({
  id: 'a1',
  state: 'active',
  attributes: { role: 'agent' },
  ...(grants === undefined ? {} : { grants }),
})
const skills = (want: readonly Grant[], takes: GrantWish['takes'], held: readonly Grant[]) =>
  planGrants({ skill: { want, takes } }, { account: account({ skill: held }), kinds: GRANT_KINDS })

const NOTHING = { give: [], take: [] }
const gives = (...grants: readonly Grant[]) => [{ kind: 'grant', account: 'a1', of: 'skill', grants }]
const takes = (...ids: readonly string[]) => [{ kind: 'revoke', account: 'a1', of: 'skill', ids }]
const sales = { id: 'sales', level: 3 }
const billing = { id: 'billing', level: 9 }

describe('what somebody is to hold', () => {
  test('and does not hold is given, all in one step', () => {
    expect(skills([sales, billing], 'none', [])).toEqual({ give: gives(sales, billing), take: [] })
  })
  test('and holds is not given again', () => {
    expect(skills([sales], 'all', [sales])).toEqual(NOTHING)
  })
  test.each([1, 20])('and holds at another level gets the one that is wanted (%i)', (level) => {
    expect(skills([sales], 'all', [{ id: 'sales', level }])).toEqual({ give: gives(sales), take: [] })
  })
  test('and holds at any level is enough where none is wanted', () => {
    expect(skills([{ id: 'sales' }], 'all', [sales])).toEqual(NOTHING)
  })
  test('and holds at no level gets the one that is wanted', () => {
    expect(skills([sales], 'all', [{ id: 'sales' }])).toEqual({ give: gives(sales), take: [] })
  })
  test('at two levels is given at the first', () => {
    expect(skills([sales, { id: 'sales', level: 8 }], 'all', [sales])).toEqual(NOTHING)
    expect(skills([sales, { id: 'sales', level: 8 }], 'all', []).give).toEqual(gives(sales))
  })
})

describe('what somebody holds and is not to hold', () => {
  test('is taken where all of it is to go', () => {
    expect(skills([sales], 'all', [sales, billing])).toEqual({ give: [], take: takes('billing') })
  })
  test('stays where nothing is to be taken', () => {
    expect(skills([], 'none', [sales, billing])).toEqual(NOTHING)
  })
  test('is taken where it is named, and what nobody holds is not', () => {
    expect(skills([], ['billing', 'chat'], [sales, billing])).toEqual({ give: [], take: takes('billing') })
  })
  test('is not taken where it is named and wanted as well', () => {
    expect(skills([sales], ['sales'], [sales])).toEqual(NOTHING)
  })
})

describe('a kind', () => {
  const wish = { skill: { want: [sales], takes: 'all' } } as const
  test('that is not wanted is left alone', () => {
    expect(
      planGrants({}, { account: account({ skill: [sales], group: [{ id: 'day' }] }), kinds: GRANT_KINDS }),
    ).toEqual(NOTHING)
  })
  test('that was not read is left alone', () => {
    expect(planGrants(wish, { account: account(undefined), kinds: GRANT_KINDS })).toEqual(NOTHING)
    expect(planGrants(wish, { account: account({ group: [] }), kinds: GRANT_KINDS })).toEqual(NOTHING)
  })
  test('that the app does not have is left alone', () => {
    expect(planGrants(wish, { account: account({ skill: [billing] }), kinds: ['role', 'group'] })).toEqual(NOTHING)
  })
})

describe('a further role', () => {
  const role = (want: readonly Grant[], one: string | null) =>
    planGrants(
      { role: { want, takes: 'all' } },
      { account: account({ role: [{ id: 'coach' }] }), kinds: GRANT_KINDS, role: one },
    )

  test('is given beside the one role', () => {
    expect(role([{ id: 'coach' }, { id: 'lead' }], 'agent').give).toMatchObject([{ grants: [{ id: 'lead' }] }])
  })
  test('that is the one role anyway is not given a second time', () => {
    expect(role([{ id: 'coach' }, { id: 'agent' }], 'agent')).toEqual(NOTHING)
  })
  test('is given where it is the one role no longer', () => {
    expect(role([{ id: 'coach' }, { id: 'agent' }], 'lead').give).toMatchObject([{ grants: [{ id: 'agent' }] }])
  })
})

describe('for anybody', () => {
  const grant = fc.record(
    { id: fc.constantFrom('a', 'b', 'c', 'd'), level: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: ['id'] },
  )
  const held = fc.uniqueArray(grant, { selector: ({ id }) => id })
  const wish: fc.Arbitrary<GrantWish> = fc.record({
    want: fc.array(grant, { maxLength: 5 }),
    takes: fc.oneof(fc.constantFrom('all' as const, 'none' as const), fc.subarray(['a', 'b', 'c', 'd', 'e'])),
  })
  const byKind = <T>(value: fc.Arbitrary<T>) =>
    fc.record({ role: value, skill: value, group: value }, { requiredKeys: [] }) as fc.Arbitrary<
      Readonly<Partial<Record<GrantKind, T>>>
    >
  const given = fc.record({ wishes: byKind(wish), grants: byKind(held), kinds: fc.subarray([...GRANT_KINDS]) })

  test('nothing is given that is not wanted or is held, and nothing taken that is wanted or is not held', () => {
    fc.assert(
      fc.property(given, ({ wishes, grants, kinds }) => {
        const { give, take } = planGrants(wishes, { account: account(grants), kinds })
        for (const { of, grants: some } of give)
          for (const one of some) {
            expect(wishes[of]?.want).toContainEqual(one)
            expect(grants[of]).not.toContainEqual(one)
          }
        for (const { of, ids } of take)
          for (const id of ids) {
            expect(wishes[of]?.want.map((one) => one.id)).not.toContain(id)
            expect(grants[of]?.map((one) => one.id)).toContain(id)
          }
      }),
    )
  })
  test('once it is done nothing is left to do, and what is wanted is held', () => {
    fc.assert(
      fc.property(given, ({ wishes, grants, kinds }) => {
        const { give, take } = planGrants(wishes, { account: account(grants), kinds })
        const after: Partial<Record<GrantKind, readonly Grant[]>> = { ...grants }
        for (const { of, ids } of take) after[of] = after[of]?.filter(({ id }) => !ids.includes(id)) ?? []
        for (const { of, grants: some } of give)
          after[of] = [...(after[of] ?? []).filter(({ id }) => !some.some((one) => one.id === id)), ...some]
        expect(planGrants(wishes, { account: account(after), kinds })).toEqual(NOTHING)
        for (const of of kinds.filter((kind) => grants[kind] !== undefined))
          for (const { id } of wishes[of]?.want ?? []) expect(after[of]?.map((one) => one.id)).toContain(id)
      }),
    )
  })
})
