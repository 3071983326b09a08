import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { projectWish } from '../../src/identity/project.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { decide } from '../../src/policy/decide.ts'
import { explain } from '../../src/policy/explain.ts'
import type { FactGroup, Facts } from '../../src/policy/facts.ts'
import type { Policy } from '../../src/policy/policy.ts'
import type { UserDocument } from '../../src/scim/resource.ts'

const DEPARTMENTS = ['Sales', 'Service', 'Legal', ''] as const
const GROUPS = ['Agents', 'Supervisors', 'CXone-Skill-Billing', 'CXone-Skill-Sales', 'Staff'] as const
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'

const words = fc.oneof(
  fc.constantFrom('', 'Ada', 'Lead', 'a@x.org', '2027-01-31', '__proto__', 'constructor'),
  fc.string(),
)
const valued = fc.array(fc.record({ value: words, type: fc.constantFrom('work', 'mobile') }, { requiredKeys: [] }), {
  maxLength: 3,
})

const documents: fc.Arbitrary<UserDocument> = fc
  .record({
    userName: fc.string({ minLength: 1 }),
    active: fc.constant(true),
    title: words,
    timezone: words,
    name: fc.record({ givenName: words, familyName: words }, { requiredKeys: [] }),
    emails: valued,
    phoneNumbers: valued,
    roles: valued,
    [ENTERPRISE]: fc.record({ department: fc.constantFrom(...DEPARTMENTS) }),
  }, { requiredKeys: ['userName', 'active'] })
  .map((document) => document as unknown as UserDocument) // prettier-ignore

const groups: fc.Arbitrary<FactGroup[]> = fc
  .uniqueArray(fc.constantFrom(...GROUPS))
  .map((names) => names.map((displayName, at) => ({ id: `g${at}`, displayName })))

const facts: fc.Arbitrary<Facts> = fc.record({
  identity: fc.record({ document: documents, active: fc.boolean(), deleted: fc.boolean() }),
  groups,
  groupsKnown: fc.constantFrom('yes', 'waiting', 'overdue'),
  person: fc.record({
    identities: fc.array(fc.record({ connection: words, userName: words, active: fc.boolean() }), { maxLength: 3 }),
  }),
  app: fc.constant({ id: 'cxone', defaults: { role: 'Agent', team: 'Default Team' } }),
})

const CONDITIONS = [
  undefined,
  '"Agents" in groups',
  'groups.exists(g, g.startsWith("CXone-"))',
  'user.department == "Sales"',
  'has(user.title) && user.title != "Lead"',
  'user.roles.exists(r, r.value == "Ada")',
  'person.identities.exists(i, i.userName == "Ada" || i.active)',
] as const
const NAMES = ['Agent', 'Coach', 'Manager'] as const

const gifts = fc.record(
  {
    role: fc.constantFrom(...NAMES),
    team: fc.oneof(fc.constantFrom('Sales', 'Service'), fc.constant({ from: 'user.department' })),
    licence: fc.constantFrom(null, 'template@x.org'),
    skills: fc.array(
      fc.oneof(
        fc.constantFrom('Billing', 'Sales'),
        fc.record({ name: fc.constantFrom('Billing', 'sales'), level: fc.integer({ min: 1, max: 9 }) }),
        fc.constant({ from: 'withPrefix(groups, "CXone-Skill-")', level: 4 }),
      ),
      { minLength: 1, maxLength: 3 },
    ),
  },
  { requiredKeys: ['role'] },
)

const rules = fc
  .array(fc.record({ when: fc.constantFrom(...CONDITIONS), priority: fc.integer({ min: -2, max: 2 }), give: gifts }), {
    maxLength: 5,
  })
  .map((all) =>
    all.map(({ when, ...rule }, at) => ({ name: `rule ${at}`, ...(when === undefined ? {} : { when }), ...rule })),
  )

const policies = fc.record(
  {
    account: fc.record({ when: fc.constantFrom('true', ...CONDITIONS.slice(1)) }, { requiredKeys: [] }),
    attributes: fc.constantFrom(
      {},
      { title: 'upper(user.title)', hireDate: 'user.title' },
      { userName: 'lower(user.userName)' },
    ),
    owns: fc.constantFrom({}, { role: 'always', skills: 'always' }, { title: 'never', team: 'always' }),
    rules,
    otherwise: fc.oneof(fc.constantFrom('none', 'hold'), gifts),
    takes: fc.constantFrom({}, { skills: 'all' }),
    waitForGroups: fc.record({ otherwise: fc.constantFrom('decide', 'none', 'hold') }),
  },
  { requiredKeys: [] },
)

const usable = (document: unknown): Policy => {
  const { policy, problems } = compilePolicy(document)
  if (policy === undefined) throw new Error(JSON.stringify(problems))
  return policy
}

describe('a decision', () => {
  it('is made for everybody by every policy, and never leaves anybody who leaves waiting', () => {
    fc.assert(
      fc.property(policies, facts, (document, about) => {
        const decision = decide(usable(document), about)
        expect(['account', 'none', 'wait', 'hold']).toContain(decision.kind)
        if (!about.identity.active || about.identity.deleted)
          expect(decision).toMatchObject({ kind: 'account', wish: { active: false } })
      }),
    )
  })

  it('is the same for the same, whatever was decided in between', () => {
    const policy = usable({ rules: [{ name: 'a', when: '"Agents" in groups', give: { role: 'x' } }] })
    fc.assert(
      fc.property(policies, facts, facts, (document, about, other) => {
        const mine = usable(document)
        const first = decide(mine, about)
        decide(policy, other)
        decide(mine, other)
        expect(decide(usable(document), structuredClone(about))).toEqual(first)
        expect(decide(mine, about)).toEqual(first)
      }),
    )
  })

  it('does not go by the order of groups', () => {
    fc.assert(
      fc.property(policies, facts, fc.integer(), (document, about, turn) => {
        const policy = usable(document)
        const at = about.groups.length === 0 ? 0 : Math.abs(turn) % about.groups.length
        const turned = [...about.groups.slice(at), ...about.groups.slice(0, at)]
        expect(decide(policy, { ...about, groups: turned })).toEqual(decide(policy, about))
        expect(explain(policy, { ...about, groups: turned.toReversed() })).toEqual(explain(policy, about))
      }),
    )
  })

  it('is the one that the explanation tells', () => {
    fc.assert(
      fc.property(policies, facts, (document, about) => {
        const policy = usable(document)
        expect(explain(policy, about).decision).toEqual(decide(policy, about))
      }),
    )
  })

  it("is today's mapping with the app's defaults where the policy says nothing", () => {
    const silent = [undefined, null, {}, { rules: [], owns: {}, account: {} }].map(usable)
    fc.assert(
      fc.property(facts, (about) => {
        const today = projectWish(about.identity, about.app.defaults)
        for (const policy of silent)
          expect(decide(policy, about)).toMatchObject({ kind: 'account', grantsOnCreate: {} })
        for (const policy of silent) expect(decide(policy, about)).toHaveProperty('wish', today)
      }),
    )
  })

  it('reaches no prototype, whatever names people and their documents have', () => {
    const policy = usable({
      attributes: { title: 'default(person.identities[0][user.userName], "none")' },
      rules: [
        {
          name: '__proto__',
          when: 'lookup({"a": "b"}, user.userName, "none") == "none" && person.identities[0][user.userName] == null',
          give: { roles: [{ from: 'user.userName' }] },
        },
      ],
    })
    const person = JSON.parse('{"identities": [{"__proto__": {"polluted": "yes"}}]}') as NonNullable<Facts['person']>
    const identity = {
      document: { userName: '__proto__', active: true } as unknown as UserDocument,
      active: true,
      deleted: false,
    }
    const about: Facts = { identity, groups: [], groupsKnown: 'yes', person, app: { id: 'a', defaults: {} } }
    expect(decide(policy, about)).toMatchObject({
      wish: { attributes: { title: 'none' } },
      grantsOnCreate: { role: { want: [{ id: '__proto__' }] } },
    })
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined()
  })
})

describe('who wins', () => {
  const ruled = fc.record({
    document: fc.record({ rules, owns: fc.constant({ role: 'always', skills: 'always' }) }),
    about: facts,
  })

  it('is, for one value, the matching rule of the highest priority, then the earliest', () => {
    fc.assert(
      fc.property(ruled, ({ document, about }) => {
        const policy = usable(document)
        const told = explain(policy, {
          ...about,
          groupsKnown: 'yes',
          identity: { ...about.identity, active: true, deleted: false },
        })
        const matching = new Set(told.rules.filter(({ matched }) => matched).map(({ rule }) => rule))
        const best = document.rules
          .map((rule, at) => ({ ...rule, at }))
          .filter(({ name }) => matching.has(name))
          .toSorted((a, b) => b.priority - a.priority || a.at - b.at)[0]
        if (told.decision.kind !== 'account') return
        expect(told.decision.wish.attributes.role).toBe(best?.give.role)
        const winners = told.rules.filter(({ wins }) => wins.some((it) => it.startsWith('role ')))
        expect(winners.map(({ rule }) => rule)).toEqual(best === undefined ? [] : [best.name])
      }),
    )
  })

  it('is, of what there can be several of, everybody: the union of all rules that match', () => {
    fc.assert(
      fc.property(ruled, ({ document, about }) => {
        const policy = usable(document)
        const now = {
          ...about,
          groupsKnown: 'yes' as const,
          identity: { ...about.identity, active: true, deleted: false },
        }
        const told = explain(policy, now)
        if (told.decision.kind !== 'account') return
        const matching = new Set(told.rules.filter(({ matched }) => matched).map(({ rule }) => rule))
        const billing = now.groups.map(({ displayName }) => displayName.replace('CXone-Skill-', ''))
        const wanted = new Set(
          document.rules
            .filter(({ name }) => matching.has(name))
            .flatMap(({ give }) => give.skills ?? [])
            .flatMap((skill) =>
              typeof skill === 'string'
                ? [skill]
                : 'name' in skill
                  ? [skill.name]
                  : billing.filter((it) => ['Billing', 'Sales'].includes(it)),
            )
            .map((name) => name.toLowerCase()),
        )
        const have = (told.decision.wish.grants?.skill?.want ?? []).map(({ id }) => id.toLowerCase())
        expect(new Set(have)).toEqual(wanted)
        expect(have).toHaveLength(wanted.size)
      }),
    )
  })
})

describe('compilePolicy', () => {
  const pieces = fc.constantFrom(
    'user', '.', 'title', 'groups', '(', ')', '[', ']', '{', '}', '"x"', "'", '"', '==', '=', '&&', '||', '!', '?', ':', ',', ' ', 'in', 'exists', 'g', '1', '-', '+', 'lower', 'has', 'null', '\\', '\u0000', '😀', '@result', '`', '//', '\n',
  ) // prettier-ignore
  const expressions = fc.oneof(
    fc.string(),
    fc.array(pieces, { maxLength: 14 }).map((all) => all.join('')),
  )

  it('never throws, and every problem with an expression points into its text', () => {
    fc.assert(
      fc.property(expressions, (text) => {
        const { policy, problems } = compilePolicy({ account: { when: text } })
        expect(policy === undefined).toBe(problems !== undefined)
        for (const { character, message, fix, at } of problems ?? []) {
          expect(at).toBe('account.when')
          expect(message).not.toBe('')
          expect(fix).not.toBe('')
          if (character !== undefined) {
            expect(character).toBeGreaterThanOrEqual(1)
            expect(character).toBeLessThanOrEqual(text.length + 1)
          }
        }
      }),
      { numRuns: 500 },
    )
  })

  it('never throws for any document', () => {
    fc.assert(
      fc.property(fc.anything(), (document) => {
        expect(compilePolicy(document)).toBeTypeOf('object')
      }),
    )
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('rules', 'owns', 'account', 'otherwise', 'takes', '__proto__'), fc.jsonValue()),
        (document) => {
          expect(compilePolicy(document)).toBeTypeOf('object')
        },
      ),
    )
  })

  it('gives one canonical text for one policy, and another for another', () => {
    fc.assert(
      fc.property(policies, policies, (a, b) => {
        const shuffled = Object.fromEntries(Object.entries(structuredClone(a)).toReversed())
        const text = usable(a).canonical
        expect(usable(shuffled).canonical).toBe(text)
        expect(usable(JSON.parse(text)).canonical).toBe(text)
        expect(usable(b).canonical === text).toBe(
          JSON.stringify(usable(b).document) === JSON.stringify(usable(a).document),
        )
      }),
    )
  })
})
