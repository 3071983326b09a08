import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import * as region from '../../examples/demo/check-regions.ts'
import type { Around, Check } from '../../examples/demo/check.ts'
import { APP, EU_APP, policyPath } from '../../examples/demo/parts.ts'
import { equipmentOf, GROUPS, regionsFrom, type Placed } from '../../examples/demo/regions.ts'
import type { CxoneScene, CxoneUser } from '../../examples/demo/scene.ts'
import { compilePolicy } from '../../src/policy/compile.ts'
import { accountOf, around, BEFORE, kim, KIM, LEFT, MIA, scene } from './around.ts'

const IN_NA1: Placed = { person: MIA, region: 'na1', groups: ['care'] }
const IN_EU1: Placed = { person: MIA, region: 'eu1', groups: ['care'] }
const mia: CxoneUser = { ...accountOf(MIA), teamId: 't3', loginAuthenticatorId: 'a2' }
const miaInEu1: CxoneUser = { ...mia, teamId: 't4' }
const skill = (skillId: number, proficiency: number, isActive = true) => ({ skillId, proficiency, isActive })
const agentOf = (more: Partial<CxoneScene['agents'][number]> = {}): CxoneScene['agents'] => [
  { userId: mia.id, skills: [skill(1, 3), skill(2, 5)], groups: [1], ...more },
]
const withAgent = (agents: CxoneScene['agents'], user: CxoneUser = mia): Partial<Around> => ({
  after: scene({ users: [BEFORE, user], agents }),
})
const eu1 = (parts: Partial<CxoneScene>): Partial<Around> => ({ after: scene({ eu1: parts }) })

const DIFFERENCE = {
  verdict: 'whole',
  numbers: { kinds: { create: 3, grant: 3 }, mails: 0 },
} as unknown as NonNullable<Around['difference']>
const differs = (more: object): Partial<Around> => ({
  difference: { ...DIFFERENCE, numbers: { ...DIFFERENCE.numbers, ...more } as typeof DIFFERENCE.numbers },
})
const TESTED = {
  decision: { kind: 'account' },
  rules: [{ matched: true }, { matched: true }, { matched: false }],
  target: { state: 'read' },
  diff: [],
} as unknown as NonNullable<Around['tested']>

const TABLE: readonly {
  readonly name: string
  readonly run: (around: Around) => Check
  readonly good: Partial<Around>
  readonly bad: readonly (readonly [what: string, more: Partial<Around>, said: string])[]
}[] = [
  {
    name: 'who works in na1',
    run: (it) => region.placed(it, [IN_NA1], 'na1'),
    good: withAgent(agentOf()),
    bad: [
      ['nobody is there', { after: scene() }, 'is not in na1'],
      ['the team is another', withAgent(agentOf(), { ...mia, teamId: 't1' }), 'team Default Team'],
      ['the role is another', withAgent(agentOf(), { ...mia, role: 'Supervisor' }), 'role Supervisor, not Agent'],
      ['the name is another', withAgent(agentOf(), { ...mia, firstName: 'Kim' }), 'firstName is "Kim"'],
      [
        'the sign-in is another',
        withAgent(agentOf(), { ...mia, loginAuthenticatorId: 'a1' }),
        'authenticator Default System',
      ],
      ['a skill is missing', withAgent(agentOf({ skills: [skill(1, 3)] })), 'skills Customer Care Voice 3, not'],
      ['a level is another', withAgent(agentOf({ skills: [skill(1, 4), skill(2, 5)] })), 'Customer Care Voice 4'],
      ['a skill is not active', withAgent(agentOf({ skills: [skill(1, 3), skill(2, 5, false)] })), '(inactive)'],
      [
        'there is a skill too many',
        withAgent(agentOf({ skills: [skill(1, 3), skill(2, 5), skill(3, 1)] })),
        'E-Mail 1',
      ],
      ['there is a group too many', withAgent(agentOf({ groups: [1, 2] })), 'groups Early Shift, Night Shift, not'],
      ['the ACD does not know them', withAgent([]), 'skills none'],
      ['they are disabled', withAgent(agentOf(), { ...mia, status: 'DELETED' }), 'is disabled'],
      [
        'they are in the other region too',
        { after: scene({ users: [mia], agents: agentOf(), eu1: { users: [miaInEu1] } }) },
        'is in eu1 too',
      ],
    ],
  },
  {
    name: 'eu1 is only observed',
    run: region.eu1Untouched,
    good: {},
    bad: [
      ['something was written', eu1({ calls: [LEFT] }), '1 write'],
      ['somebody is new', eu1({ users: [miaInEu1] }), 'people there have changed'],
    ],
  },
  {
    name: 'what enforcing would do',
    run: (it) => region.difference(it, 3),
    good: { difference: DIFFERENCE },
    bad: [
      ['nothing was shown', {}, 'nothing was shown'],
      ['it would mail', differs({ mails: 1 }), '1 e-mail;'],
      ['it would make more', differs({ kinds: { create: 4 } }), '4 create'],
      ['it would disable somebody', differs({ kinds: { create: 3, deactivate: 1 } }), '1 deactivate'],
      ['not all was read', { difference: { ...DIFFERENCE, verdict: 'partial' } }, 'read partial'],
    ],
  },
  {
    name: 'what the test of a policy says',
    run: (it) => region.explained(it, IN_EU1),
    good: { tested: TESTED },
    bad: [
      ['nothing was asked', {}, 'nothing was asked'],
      ['a rule too few matches', { tested: { ...TESTED, rules: TESTED.rules.slice(1) } }, '1 rules match'],
      [
        'something is left to do',
        { tested: { ...TESTED, diff: [{ change: 'grant' }] as never } },
        'grant would be done',
      ],
      ['nobody looked', { tested: { ...TESTED, target: { ...TESTED.target, state: 'not-read' } } }, 'not looked at'],
    ],
  },
  {
    name: 'what is left behind',
    run: (it) => region.leftBehind(it, IN_EU1),
    good: {
      before: scene({ eu1: { users: [miaInEu1] } }),
      after: scene({ eu1: { users: [{ ...miaInEu1, status: 'DELETED' }] } }),
    },
    bad: [
      [
        'it is still active',
        { before: scene({ eu1: { users: [miaInEu1] } }), after: scene({ eu1: { users: [miaInEu1] } }) },
        'UNREGISTERED',
      ],
      ['it is gone', { before: scene({ eu1: { users: [miaInEu1] } }) }, 'not there'],
    ],
  },
  {
    name: 'the rest of eu1',
    run: (it) => region.eu1Otherwise(it, [IN_EU1]),
    good: {
      first: scene({ eu1: { users: [BEFORE] } }),
      after: scene({ eu1: { users: [BEFORE, miaInEu1] } }),
    },
    bad: [
      [
        'somebody was changed',
        {
          first: scene({ eu1: { users: [BEFORE] } }),
          after: scene({ eu1: { users: [{ ...BEFORE, hireDate: '' }, miaInEu1] } }),
        },
        '1 changed',
      ],
      [
        'somebody else is there',
        { first: scene({ eu1: { users: [BEFORE] } }), after: scene({ eu1: { users: [BEFORE, miaInEu1, kim] } }) },
        '3, those of before unchanged',
      ],
    ],
  },
]

describe.each(TABLE)('$name', ({ run, good, bad }) => {
  test('holds when all is as expected', () => expect(run(around(good))).toMatchObject({ ok: true }))
  test.each(bad)('fails when %s', (_what, more, said) => {
    expect(run(around(more))).toMatchObject({ ok: false, found: expect.stringContaining(said) })
  })
})

describe.each([APP, EU_APP] as const)('the policy of %s', (app) => {
  test('can be used, and speaks of the groups that Okta pushes', async () => {
    const text = await readFile(policyPath(app), 'utf8')
    expect(compilePolicy(parse(text)).problems).toBeUndefined()
    for (const { displayName } of Object.values(GROUPS)) expect(text).toContain(`"${displayName}" in groups`)
  })
  test('names everything that somebody is to have by the cast', async () => {
    const text = await readFile(policyPath(app), 'utf8')
    const staff = Array.from({ length: 6 }, (_, at) => (at % 2 === 0 ? MIA : KIM))
    const here = regionsFrom(staff).people.filter(({ region: id }) => app.endsWith(id))
    expect(here).toHaveLength(3)
    for (const { team, skills, groups, authenticator } of here.map(equipmentOf)) {
      for (const [name, level] of Object.entries(skills)) expect(text).toContain(`{ name: ${name}, level: ${level} }`)
      for (const name of [team, authenticator, ...groups]) expect(text).toContain(name)
    }
  })
})
