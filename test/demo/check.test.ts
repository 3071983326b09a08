import { describe, expect, test } from 'vitest'
import type { Belief } from '../../sim/idp/beliefs.ts'
import type { Person } from '../../sim/idp/people.ts'
import * as check from '../../examples/demo/check.ts'
import type { Around, Check, Push } from '../../examples/demo/check.ts'
import type { CxoneCall, CxoneUser, ScimUser, Scene } from '../../examples/demo/scene.ts'

const MIA: Person = {
  key: 'k1',
  userName: 'mia@acme.test',
  givenName: 'Mia',
  familyName: 'Roth',
  displayName: 'Mia Roth',
  email: 'mia@acme.test',
  locale: 'de-DE',
  title: 'Agent',
  mobilePhone: '+49 30 1',
}
const KIM: Person = { ...MIA, key: 'k2', userName: 'kim@acme.test', email: 'kim@acme.test', givenName: 'Kim' }
const BOTH = [MIA, KIM]

const accountOf = ({ userName, givenName, familyName, email, mobilePhone }: Person): CxoneUser => ({
  id: `id-${userName}`,
  userName,
  status: 'UNREGISTERED',
  firstName: givenName,
  lastName: familyName,
  emailAddress: email,
  mobileNumber: mobilePhone ?? null,
  role: 'Agent',
  teamId: 't1',
})

const BEFORE: CxoneUser = { id: 'old', userName: 'old@alpenglow.example', status: 'ACTIVE', hireDate: '2020-01-01' }
const LEFT: CxoneCall = { seq: 9, at: '2026-01-01T00:00:09.000Z', method: 'POST', path: '/x/user-management/v1/users/deactivate', status: 200 } // prettier-ignore
const READ: CxoneCall = { seq: 1, at: '2026-01-01T00:00:00.000Z', method: 'GET', path: '/x/user-management/v3/users/1', status: 200 } // prettier-ignore
const SEARCH: CxoneCall = { ...READ, seq: 2, method: 'POST', path: '/x/user-management/v2/users/search' }

const deliveryOf = ({ userName }: Person, more: object = {}): Scene['rollcall']['deliveries'][number] => ({
  app: 'cxone-demo',
  connection: 'okta',
  identity: '00000000-0000-4000-8000-000000000000',
  userName,
  subject: `account:id-${userName}`,
  wanted: 1,
  delivered: 1,
  state: 'delivered',
  urgency: 'normal',
  attempts: 0,
  next: null,
  code: null,
  detail: null,
  accepted: '2026-01-01T00:00:00.000Z',
  deliveredAt: '2026-01-01T00:00:01.000Z',
  ...more,
})

const scimOf = ({ userName, title }: Person): ScimUser => ({ id: userName, userName, active: true, title })

interface Parts {
  readonly users?: readonly CxoneUser[]
  readonly calls?: readonly CxoneCall[]
  readonly mails?: Scene['cxone']['mails']
  readonly scim?: readonly ScimUser[]
  readonly deliveries?: Scene['rollcall']['deliveries']
}

const scene = ({ users = [BEFORE], calls = [], mails = [], scim = [], deliveries = [] }: Parts = {}): Scene => ({
  cxone: { users, calls, mails, teams: [{ id: 't1', name: 'Default Team' }] },
  rollcall: { users: scim, deliveries, app: {} as Scene['rollcall']['app'] },
})

const beliefOf = (person: Person): Belief => ({
  person,
  told: person,
  status: 'linked',
  active: true,
  id: person.userName,
  tasks: [],
})
const pushOf = (more: Partial<Push> = {}): Push => ({
  userName: MIA.userName,
  ms: 5,
  answered: 1_000,
  complaints: [],
  ...more,
})

const around = (more: Partial<Around> = {}): Around => ({
  first: scene(),
  before: scene(),
  after: scene({
    users: [BEFORE, ...BOTH.map(accountOf)],
    scim: BOTH.map(scimOf),
    deliveries: BOTH.map((person) => deliveryOf(person)),
  }),
  pushes: [pushOf()],
  allPushes: [pushOf()],
  beliefs: BOTH.map(beliefOf),
  ...more,
})

const withUsers = (...users: readonly CxoneUser[]): Partial<Around> => ({ after: scene({ users }) })
const mia = accountOf(MIA)
const kim = accountOf(KIM)
const called = (...calls: readonly CxoneCall[]): Partial<Around> => ({ after: scene({ calls }) })
const throttled: CxoneCall = { ...READ, seq: 3, at: '2026-01-01T00:00:01.000Z', status: 429 }

/** What holds, and each single thing that is wrong: name, what is different, and a word of the finding. */
const TABLE: readonly {
  readonly name: string
  readonly run: (around: Around) => Check
  readonly good: Partial<Around>
  readonly bad: readonly (readonly [what: string, more: Partial<Around>, said: string])[]
}[] = [
  {
    name: 'each exactly once',
    run: (it) => check.onceEach(it, BOTH),
    good: {},
    bad: [
      ['one is missing', withUsers(BEFORE, mia), 'kim@acme.test is not there'],
      [
        'one is there twice, in another case',
        withUsers(mia, kim, { ...kim, id: 'x', userName: 'KIM@acme.test' }),
        '2 times',
      ],
    ],
  },
  {
    name: 'as pushed',
    run: (it) => check.asPushed(it, BOTH),
    good: {},
    bad: [
      ['a field was dropped', withUsers(mia, { ...kim, mobileNumber: null }), 'mobileNumber is null'],
      ['a name is another', withUsers(mia, { ...kim, firstName: 'Tim' }), 'firstName is "Tim", not "Kim"'],
      ['the role is another', withUsers(mia, { ...kim, role: 'Administrator' }), 'role is "Administrator"'],
      ['the team is another', withUsers(mia, { ...kim, teamId: 't2' }), 'team is missing'],
    ],
  },
  {
    name: 'all delivered',
    run: (it) => check.allDelivered(it, BOTH),
    good: {},
    bad: [
      [
        'a change still waits',
        {
          after: scene({
            users: [mia, kim],
            deliveries: [deliveryOf(MIA), deliveryOf(KIM, { delivered: 0, state: 'retrying', detail: 'no answer' })],
          }),
        },
        'kim@acme.test: retrying, no answer',
      ],
      [
        'a row points to a stranger',
        {
          after: scene({
            users: [mia, kim],
            deliveries: [deliveryOf(MIA), deliveryOf(KIM, { subject: 'account:old' })],
          }),
        },
        'it points to account:old',
      ],
      [
        'a row is missing',
        { after: scene({ users: [mia, kim], deliveries: [deliveryOf(MIA)] }) },
        'knows of no delivery',
      ],
    ],
  },
  {
    name: 'titles kept',
    run: (it) => check.titlesKept(it, BOTH),
    good: {},
    bad: [
      [
        'a title is the old one',
        { after: scene({ scim: [scimOf(MIA), { ...scimOf(KIM), title: 'Old' }] }) },
        '"Old", not "Agent"',
      ],
    ],
  },
  {
    name: 'no writes',
    run: check.noWrites,
    good: called(READ, SEARCH),
    bad: [['one write, though it was refused', called(READ, { ...LEFT, status: 500 }), '1 write, 1 read']],
  },
  {
    name: 'same account',
    run: (it) => check.sameAccount(it, MIA),
    good: { before: scene({ users: [mia] }), ...withUsers(mia) },
    bad: [
      [
        'the name is the old one',
        { before: scene({ users: [mia] }), ...withUsers({ ...mia, lastName: 'Old' }) },
        'Mia Old',
      ],
      [
        'it is another account',
        { before: scene({ users: [mia] }), ...withUsers({ ...mia, id: 'x' }) },
        'another account',
      ],
    ],
  },
  {
    name: 'telephone numbers',
    run: (it) => check.phonesIn(it, BOTH),
    good: {},
    bad: [['one is the old number', withUsers(mia, { ...kim, mobileNumber: '+49 30 0' }), '1 of 2']],
  },
  {
    name: 'was throttled',
    run: check.wasThrottled,
    good: called(throttled),
    bad: [['nobody was told to slow down, so nothing was shown', called(READ), '0 times']],
  },
  {
    name: 'obeyed',
    run: (it) => check.obeyed(it, 1),
    good: called(throttled, { ...READ, seq: 4, at: '2026-01-01T00:00:02.000Z' }),
    bad: [
      [
        'a call half a second later',
        called(throttled, { ...READ, seq: 4, at: '2026-01-01T00:00:01.500Z' }),
        '1 sooner',
      ],
    ],
  },
  {
    name: 'answered while CXone was down',
    run: check.answeredWhileDown,
    good: { backAt: 2_000 },
    bad: [
      ['an answer came when CXone was back', { backAt: 999 }, 'waited until CXone was back'],
      ['an error', { backAt: 2_000, pushes: [pushOf({ complaints: ['503'] })] }, 'mia@acme.test: 503'],
    ],
  },
  {
    name: 'unchanged while CXone was down',
    run: check.unchangedWhileDown,
    good: { during: scene({ calls: [{ ...READ, status: 0 }] }) },
    bad: [
      [
        'an account changed',
        { during: scene({ users: [{ ...BEFORE, status: 'DELETED' }], calls: [{ ...READ, status: 0 }] }) },
        'changed: old@',
      ],
      ['CXone was not even called, so nothing was shown', { during: scene() }, '0 calls'],
      ['nobody looked', {}, 'back before'],
    ],
  },
  {
    name: 'disabled',
    run: (it) => check.disabled(it, BOTH),
    good: { ...withUsers({ ...mia, status: 'DELETED' }, { ...kim, status: 'DELETED' }) },
    bad: [['one is still open', withUsers({ ...mia, status: 'DELETED' }, kim), 'kim@acme.test is UNREGISTERED']],
  },
  {
    name: 'enabled again',
    run: (it) => check.enabledAgain(it, MIA),
    good: { before: scene({ users: [{ ...mia, status: 'DELETED' }] }) },
    bad: [
      [
        'it is still disabled',
        { before: scene({ users: [mia] }), ...withUsers({ ...mia, status: 'DELETED' }) },
        'still DELETED',
      ],
      ['it is a new account', { before: scene({ users: [{ ...mia, id: 'x' }] }) }, 'another account'],
    ],
  },
  {
    name: 'untouched',
    run: check.untouched,
    good: {},
    bad: [
      ['one field of one record', withUsers({ ...BEFORE, hireDate: '2020-01-02' }), 'old@alpenglow.example is changed'],
      ['one record is gone', withUsers(mia), 'old@alpenglow.example is gone'],
    ],
  },
  {
    name: 'nobody else',
    run: (it) => check.nobodyElse(it, BOTH),
    good: {},
    bad: [['somebody whom nobody pushed', withUsers(BEFORE, mia, kim, { ...kim, id: 'x', userName: 'x' }), '4']],
  },
  {
    name: 'no mails',
    run: check.noMails,
    good: {},
    bad: [
      ['one mail', { after: scene({ mails: [{ to: 'mia@acme.test', kind: 'invite' }] }) }, 'invite, to mia@acme.test'],
    ],
  },
  {
    name: 'no trouble for Okta',
    run: check.noTroubleForOkta,
    good: {},
    bad: [['one error', { allPushes: [pushOf(), pushOf({ complaints: ['refused with 400'] })] }, 'refused with 400']],
  },
  {
    name: 'read back',
    run: check.readBack,
    good: { differences: [] },
    bad: [
      ['one difference', { differences: ['mia: title is "x"'] }, 'mia: title is "x"'],
      ['nothing was read', {}, 'nothing was read'],
    ],
  },
]

describe.each(TABLE)('$name', ({ run, good, bad }) => {
  test('holds when all is as expected', () => expect(run(around(good))).toMatchObject({ ok: true }))
  test.each(bad)('fails when %s', (_what, more, said) => {
    expect(run(around(more))).toMatchObject({ ok: false, found: expect.stringContaining(said) })
  })
})

test('a check of nobody does not hold', () => {
  expect(check.onceEach(around(), [])).toMatchObject({ ok: false })
})
