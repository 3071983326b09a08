/** What holds of every plan, on a model of an account that does what it is told. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  GRANT_KINDS,
  type Account,
  type AccountState,
  type AttributeName,
  type Grant,
  type GrantKind,
  type Wish,
} from '../identity/account.ts'
import type { Standing } from './adoption.ts'
import { isChange, type Change } from './change.ts'
import { isAsleep } from './plan-order.ts'
import { plan, type Abilities } from './plan.ts'

const NAMES: readonly AttributeName[] = ['userName', 'givenName', 'familyName', 'role', 'team', 'loginAuthenticator']
const person = { givenName: 'Mia', familyName: 'Roth', employeeNumber: null }
const standing: Standing = { person, adopt: 'matching', known: person }

/** The account as an app keeps it, and what was sent to its person. */
interface Model {
  readonly account: Account
  /** What it is again when it is reactivated. */
  readonly before: AccountState
  readonly mails: number
}

const HOLDS = ['a', 'b', 'c', 'd']

function applied(model: Model, change: Change): Model {
  const { account: had } = model
  const now = (more: Partial<Account>): Model => ({ ...model, account: asRead({ ...had, ...more }) })
  switch (change.kind) {
    case 'create':
      throw new Error('nobody in these situations is without an account')
    case 'update':
      return now({ attributes: { ...had.attributes, ...change.set } })
    case 'rename':
      return now({ attributes: { ...had.attributes, userName: change.userName } })
    case 'deactivate':
      return now({ state: 'inactive' })
    case 'reactivate':
      return now({ state: model.before })
    case 'invite':
      return { ...now({ state: 'pending' }), mails: model.mails + 1 }
    case 'revoke':
      return now({
        grants: { ...had.grants, [change.of]: heldOf(had, change.of).filter(({ id }) => !change.ids.includes(id)) },
      })
    case 'grant': {
      const others = heldOf(had, change.of).filter(({ id }) => !change.grants.some((grant) => grant.id === id))
      return now({ grants: { ...had.grants, [change.of]: [...others, ...change.grants] } })
    }
  }
}

const heldOf = ({ grants = {} }: Account, of: GrantKind): readonly Grant[] => grants[of] ?? []

/** Further roles are those beside the one in the attributes. */
const asRead = (had: Account): Account => {
  const role = had.grants?.role?.filter(({ id }) => id !== had.attributes.role)
  return role === undefined ? had : { ...had, grants: { ...had.grants, role } }
}

/** What its person can do there, as a set. */
const rights = ({ account: had }: Model): ReadonlySet<string> => {
  const { role, team } = had.attributes
  const roles = [role ?? [], ...heldOf(had, 'role').map(({ id }) => id)].flat().map((id) => `role ${id}`)
  const others = (['skill', 'group'] as const).flatMap((of) => heldOf(had, of).map(({ id }) => `${of} ${id}`))
  return new Set([...roles, ...others, ...(team == null ? [] : [`team ${team}`])])
}

describe('for any situation', () => {
  const grant = fc.record(
    { id: fc.constantFrom(...HOLDS), level: fc.integer({ min: 1, max: 3 }) },
    { requiredKeys: ['id'] },
  )
  const byKind = <T>(value: fc.Arbitrary<T>) =>
    fc.record({ role: value, skill: value, group: value }, { requiredKeys: [] })
  const entry = fc.constantFrom(...HOLDS)
  const attributes = fc.record(
    {
      userName: fc.constantFrom('mia@acme.test', 'MIA@acme.test', 'mia.roth@acme.test'),
      givenName: fc.constantFrom('Mia', 'Maria'),
      role: entry,
      team: entry,
      loginAuthenticator: fc.option(entry),
    },
    { requiredKeys: ['userName'] },
  )
  const states = fc.constantFrom<AccountState>('active', 'unregistered', 'pending', 'locked', 'inactive')
  const someWish: fc.Arbitrary<Wish> = fc.record(
    {
      active: fc.boolean(),
      attributes,
      onCreate: fc.record({ role: entry, team: entry, loginAuthenticator: entry }, { requiredKeys: [] }),
      grants: byKind(
        fc.record({
          want: fc.array(grant, { maxLength: 4 }),
          takes: fc.oneof(fc.constantFrom('all' as const, 'none' as const), fc.subarray(HOLDS)),
        }),
      ),
      invite: fc.boolean(),
      endSession: fc.boolean(),
    },
    { requiredKeys: ['active', 'attributes', 'onCreate'] },
  )
  const someModel: fc.Arbitrary<Model> = fc
    .record({
      state: states,
      attributes,
      grants: byKind(fc.uniqueArray(grant, { selector: ({ id }) => id })),
      before: states.filter((state) => state !== 'inactive'),
      asleep: fc.boolean(),
    })
    .map(({ before, state, asleep, ...had }) => ({
      account: asRead({ id: 'a1', state, ...had, ...(asleep ? { asleep } : {}) }),
      before,
      mails: 0,
    }))
  const someAbilities: fc.Arbitrary<Abilities> = fc.record({
    creates: fc.constant(NAMES),
    updates: fc.subarray([...NAMES]),
    reads: fc.subarray([...NAMES]),
    requires: fc.constant<readonly AttributeName[]>(['userName']),
    updatesInactive: fc.boolean(),
    grants: fc.subarray([...GRANT_KINDS]),
    invites: fc.boolean(),
  })
  const someStanding = fc
    .record({ returning: fc.boolean(), invited: fc.boolean() }, { requiredKeys: [] })
    .map((more) => ({ ...standing, ...more }))
  const given = fc.record({
    wish: someWish,
    model: someModel,
    abilities: someAbilities,
    standing: someStanding,
    linked: fc.boolean(),
  })
  type Given = typeof given extends fc.Arbitrary<infer T> ? T : never

  const changesOf = ({ model, ...situation }: Given) => plan({ ...situation, account: model.account }).filter(isChange)
  /** The account after each step; the first is before all of them. */
  const course = (situation: Given): readonly Model[] => {
    const models = [situation.model]
    for (const change of changesOf(situation)) models.push(applied(models.at(-1) ?? situation.model, change))
    return models
  }
  /** As it stands once the plan is carried out and written down. */
  const afterwards = (situation: Given): Given => {
    const model = course(situation).at(-1) ?? situation.model
    const { returning: _over, ...rest } = situation.standing
    const invited = rest.invited === true || model.mails > 0
    return { ...situation, model, standing: { ...rest, invited }, linked: true }
  }
  const check = (property: (situation: Given) => void) =>
    fc.assert(
      fc.property(given, (situation) => property(situation)),
      { numRuns: 1_000 },
    )
  const within = (set: ReadonlySet<string>, other: ReadonlySet<string>) => [...set].every((one) => other.has(one))

  test('a plan made after its own apply has no changes, but for the invitation of who comes back as never asked in', () => {
    check((situation) => {
      if (!situation.linked) return
      const next = afterwards(situation)
      const left = changesOf(next)
      if (situation.model.account.state !== 'inactive') expect(left).toEqual([])
      else expect(left.filter(({ kind }) => kind !== 'invite')).toEqual([])
      expect(changesOf(afterwards(next))).toEqual([])
    })
  })
  test('at no moment does somebody have more than they had, or more than they are to have', () => {
    check((situation) => {
      const models = course(situation)
      const [first, last] = [rights(situation.model), rights(models.at(-1) ?? situation.model)]
      for (const model of models) expect(within(rights(model), first) || within(rights(model), last)).toBe(true)
    })
  })
  test('nobody comes to be able to sign in before they have just what they are to have, where the app allows it; who is asleep has no more', () => {
    check((situation) => {
      if (!situation.abilities.updatesInactive) return
      const sleeps = isAsleep(situation.model.account)
      const changes = changesOf(situation)
      const models = course(situation)
      const last = rights(models.at(-1) ?? situation.model)
      changes.forEach((change, index) => {
        const letsIn =
          change.kind === 'reactivate' ||
          change.kind === 'invite' ||
          (change.kind === 'update' && change.set.loginAuthenticator !== undefined)
        const then = models[index + 1]
        if (!letsIn || then === undefined) return
        if (sleeps) expect(within(rights(then), last)).toBe(true)
        else expect(rights(then)).toEqual(last)
      })
    })
  })
  test('a deactivation waits behind nothing', () => {
    check((situation) => {
      const changes = changesOf(situation)
      const at = changes.findIndex(({ kind }) => kind === 'deactivate')
      expect(at).toBeLessThanOrEqual(0)
      if (situation.linked) {
        expect(at === 0).toBe(!situation.wish.active && situation.model.account.state !== 'inactive')
      }
    })
  })
  test('nobody is asked in but once, with nothing left that could bring less, who was not registered and is to be active', () => {
    check((situation) => {
      const changes = changesOf(situation)
      const invitations = changes.filter(({ kind }) => kind === 'invite')
      expect(invitations.length).toBeLessThanOrEqual(1)
      if (invitations.length === 0) return
      const after = changes.slice(changes.findIndex(({ kind }) => kind === 'invite') + 1)
      expect(after.filter(({ kind }) => !isAsleep(situation.model.account) || kind !== 'grant')).toEqual([])
      expect([situation.model.account.state, situation.wish.active, situation.linked]).toEqual([
        'unregistered',
        true,
        true,
      ])
      expect(changesOf(afterwards(situation)).filter(({ kind }) => kind === 'invite')).toEqual([])
    })
  })
  test('whoever is there already and works gets the link and nothing else', () => {
    check((situation) => {
      if (situation.linked || situation.model.account.state === 'inactive') return
      expect(changesOf(situation)).toEqual([])
    })
  })
  test('a kind that is not wanted, was not read, or is not in the app is not touched', () => {
    check((situation) => {
      for (const change of changesOf(situation)) {
        if (change.kind !== 'grant' && change.kind !== 'revoke') continue
        expect(situation.wish.grants?.[change.of]).toBeDefined()
        expect(situation.model.account.grants?.[change.of]).toBeDefined()
        expect(situation.abilities.grants).toContain(change.of)
      }
    })
  })
})
