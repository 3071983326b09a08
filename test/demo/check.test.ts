import { describe, expect, test } from 'vitest'
import * as account from '../../examples/demo/check-accounts.ts'
import * as books from '../../examples/demo/check-books.ts'
import * as dispute from '../../examples/demo/check-disputes.ts'
import * as trouble from '../../examples/demo/check-trouble.ts'
import type { Around, Check } from '../../examples/demo/check.ts'
import {
  around,
  BEFORE,
  beliefOf,
  BOTH,
  called,
  deliveryOf,
  kim,
  KIM,
  LEFT,
  linkOf,
  mia,
  MIA,
  pushOf,
  READ,
  scene,
  scimOf,
  SEARCH,
  throttled,
  withUsers,
} from './around.ts'

const REFUSED = pushOf({ userName: KIM.userName, conflict: '409: has the privileged role Supervisor' })
const CLAIM: dispute.Claim = { from: 'okta', person: KIM, because: 'privileged role' }
const REFUSED_ALONE: Partial<Around> = {
  before: scene({ users: [kim] }),
  after: scene({ users: [kim] }),
  pushes: [REFUSED],
  beliefs: [beliefOf(MIA)],
}
const ITEM = { kind: 'disputed', about: '', since: '2026-01-01T00:00:00.000Z', waiting: 1, fix: 'Decide.' }

/** What holds, and each single thing that is wrong: name, what is different, and a word of the finding. */
const TABLE: readonly {
  readonly name: string
  readonly run: (around: Around) => Check
  readonly good: Partial<Around>
  readonly bad: readonly (readonly [what: string, more: Partial<Around>, said: string])[]
}[] = [
  {
    name: 'each exactly once',
    run: (it) => account.onceEach(it, BOTH),
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
    run: (it) => account.asPushed(it, BOTH),
    good: {},
    bad: [
      ['a field was dropped', withUsers(mia, { ...kim, mobileNumber: null }), 'mobileNumber is null'],
      ['a name is another', withUsers(mia, { ...kim, firstName: 'Tim' }), 'firstName is "Tim", not "Kim"'],
      ['the role is another', withUsers(mia, { ...kim, role: 'Administrator' }), 'role is "Administrator"'],
      ['the team is another', withUsers(mia, { ...kim, teamId: 't2' }), 'team is "Night"'],
    ],
  },
  {
    name: 'as pushed, and moved by hand',
    run: (it) => account.asPushed(it, BOTH, [KIM]),
    good: withUsers(mia, { ...kim, teamId: 't2' }),
    bad: [
      ['who was moved is back', withUsers(mia, kim), 'team is "Default Team", not "Night"'],
      [
        'another one is there too',
        withUsers({ ...mia, teamId: 't2' }, { ...kim, teamId: 't2' }),
        'mia@acme.test: team',
      ],
    ],
  },
  {
    name: 'all delivered',
    run: (it) => books.allDelivered(it, BOTH),
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
    run: (it) => account.titlesKept(it, BOTH),
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
    run: trouble.noWrites,
    good: called(READ, SEARCH),
    bad: [['one write, though it was refused', called(READ, { ...LEFT, status: 500 }), '1 write, 1 read']],
  },
  {
    name: 'same account',
    run: (it) => account.sameAccount(it, MIA),
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
    run: (it) => account.phonesIn(it, BOTH),
    good: {},
    bad: [['one is the old number', withUsers(mia, { ...kim, mobileNumber: '+49 30 0' }), '1 of 2']],
  },
  {
    name: 'was throttled',
    run: trouble.wasThrottled,
    good: called(throttled),
    bad: [['nobody was told to slow down, so nothing was shown', called(READ), '0 times']],
  },
  {
    name: 'obeyed',
    run: (it) => trouble.obeyed(it, 1),
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
    run: trouble.answeredWhileDown,
    good: { backAt: 2_000 },
    bad: [
      ['an answer came when CXone was back', { backAt: 999 }, 'waited until CXone was back'],
      ['an error', { backAt: 2_000, pushes: [pushOf({ complaints: ['503'] })] }, 'mia@acme.test: 503'],
    ],
  },
  {
    name: 'unchanged while CXone was down',
    run: trouble.unchangedWhileDown,
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
    run: (it) => account.disabled(it, BOTH),
    good: { ...withUsers({ ...mia, status: 'DELETED' }, { ...kim, status: 'DELETED' }) },
    bad: [['one is still open', withUsers({ ...mia, status: 'DELETED' }, kim), 'kim@acme.test is UNREGISTERED']],
  },
  {
    name: 'enabled again',
    run: (it) => account.enabledAgain(it, MIA),
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
    run: (it) => books.untouched(it, []),
    good: {},
    bad: [
      ['one field of one record', withUsers({ ...BEFORE, hireDate: '2020-01-02' }), 'old@alpenglow.example is changed'],
      ['one record is gone', withUsers(mia), 'old@alpenglow.example is gone'],
    ],
  },
  {
    name: 'nobody else',
    run: (it) => books.nobodyElse(it, BOTH),
    good: {},
    bad: [['somebody whom nobody pushed', withUsers(BEFORE, mia, kim, { ...kim, id: 'x', userName: 'x' }), '4']],
  },
  {
    name: 'no mails',
    run: books.noMails,
    good: {},
    bad: [
      ['one mail', { after: scene({ mails: [{ to: 'mia@acme.test', kind: 'invite' }] }) }, 'invite, to mia@acme.test'],
    ],
  },
  {
    name: 'no trouble but what is due',
    run: (it) => books.noTrouble(it, [{ from: 'okta', person: KIM }]),
    good: { allPushes: [pushOf(), pushOf({ userName: KIM.userName, complaints: [], conflict: '409' })] },
    bad: [
      ['there is an error', { allPushes: [pushOf({ complaints: ['refused with 400'] }), REFUSED] }, 'refused with 400'],
      ['somebody else is refused too', { allPushes: [pushOf({ conflict: '409: no' }), REFUSED] }, 'mia@acme.test: 409'],
      ['who was to be refused was not', { allPushes: [pushOf()] }, '0 refused'],
      ['another provider was refused', { allPushes: [{ ...REFUSED, from: 'entra' }] }, 'Entra ID, kim@acme.test'],
    ],
  },
  {
    name: 'adopted',
    run: (it) => account.adopted(it, BOTH),
    good: { before: scene({ users: [mia, kim] }) },
    bad: [
      ['a field was changed', { before: scene({ users: [mia, { ...kim, lastName: 'Old' }] }) }, 'lastName changed'],
      ['there was no account before', { before: scene({ users: [mia] }) }, 'kim@acme.test: new'],
      [
        'the link leads elsewhere',
        {
          before: scene({ users: [mia, kim] }),
          after: scene({ users: [mia, kim], deliveries: [deliveryOf(MIA), deliveryOf(KIM, { subject: 'name:kim' })] }),
        },
        'kim@acme.test points to name:kim',
      ],
    ],
  },
  {
    name: 'left in the team',
    run: (it) => account.leftInTeam(it, [MIA]),
    good: { before: scene({ users: [{ ...mia, mobileNumber: null }] }), ...withUsers({ ...mia, teamId: 't2' }) },
    bad: [
      ['it is put back', { before: scene({ users: [mia] }), ...withUsers(mia) }, 'is in Default Team'],
      [
        'the telephone is the old one',
        { before: scene({ users: [mia] }), ...withUsers({ ...mia, teamId: 't2', mobileNumber: null }) },
        'telephone null',
      ],
      [
        'something else changed as well',
        { before: scene({ users: [mia] }), ...withUsers({ ...mia, teamId: 't2', role: 'Manager' }) },
        'role changed too',
      ],
    ],
  },
  {
    name: 'unchanged',
    run: (it) => account.unchanged(it, MIA, 'the account'),
    good: { before: scene({ users: [mia] }) },
    bad: [
      [
        'it is disabled',
        { before: scene({ users: [mia] }), ...withUsers({ ...mia, status: 'DELETED' }) },
        'changed: status',
      ],
      ['it is gone', { before: scene({ users: [mia] }), ...withUsers(kim) }, 'changed: gone'],
      ['there was none', withUsers(kim), 'not there'],
    ],
  },
  {
    name: 'refused',
    run: (it) => dispute.refused(it, CLAIM),
    good: REFUSED_ALONE,
    bad: [
      [
        'the provider was answered 2xx',
        { ...REFUSED_ALONE, pushes: [pushOf({ userName: KIM.userName })] },
        'no refusal',
      ],
      [
        'the reason is another',
        { ...REFUSED_ALONE, pushes: [{ ...REFUSED, conflict: '409: another user has it' }] },
        'for another reason: 409: another user has it',
      ],
      ['the account changed', { ...REFUSED_ALONE, before: scene({ users: [{ ...kim, role: 'X' }] }) }, 'changed: role'],
      [
        'the provider can read the user',
        { ...REFUSED_ALONE, after: scene({ users: [kim], scim: [scimOf(KIM)] }) },
        'yet Rollcall has the user',
      ],
      ['the provider knows an id', { ...REFUSED_ALONE, beliefs: BOTH.map(beliefOf) }, 'yet Rollcall has the user'],
      ['nobody asked', { ...REFUSED_ALONE, pushes: [pushOf()] }, 'nothing was pushed'],
    ],
  },
  {
    name: 'disputed',
    run: (it) => dispute.disputed(it, CLAIM),
    good: { after: scene({ links: [linkOf()] }) },
    bad: [
      ['it is linked', { after: scene({ links: [linkOf({ state: 'linked' })] }) }, 'no dispute'],
      ['it is of another connection', { after: scene({ links: [linkOf({ connection: 'entra' })] }) }, 'no dispute'],
      ['the reason is another', { after: scene({ links: [linkOf({ why: 'of another person' })] }) }, 'another person'],
    ],
  },
  {
    name: 'open item',
    run: (it) => dispute.openItem(it, 'disputed', 1),
    good: { after: scene({ openItems: [ITEM] }) },
    bad: [
      ['there is none', { after: scene() }, 'none'],
      ['more wait for it', { after: scene({ openItems: [{ ...ITEM, waiting: 2 }] }) }, 'disputed: 2'],
    ],
  },
  {
    name: 'only disputes that are named',
    run: (it) => dispute.onlyDisputes(it, [CLAIM]),
    good: { after: scene({ links: [linkOf(), linkOf({ userName: MIA.userName, state: 'linked' })] }) },
    bad: [
      ['one is missing', { after: scene() }, 'Kim Roth is not among them'],
      [
        'somebody else is disputed',
        { after: scene({ links: [linkOf(), linkOf({ userName: MIA.userName })] }) },
        'mia@acme.test is too',
      ],
    ],
  },
  {
    name: 'nothing waits',
    run: books.nothingWaits,
    good: {},
    bad: [
      ['a change waits', { after: scene({ deliveries: [deliveryOf(KIM, { delivered: 0 })] }) }, '1 change (kim@'],
      ['a row is disputed', { after: scene({ deliveries: [deliveryOf(KIM, { state: 'disputed' })] }) }, 'disputed'],
      ['an item is open', { after: scene({ openItems: [ITEM] }) }, '1 open item (disputed)'],
    ],
  },
  {
    name: 'read back',
    run: books.readBack,
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
  expect(account.onceEach(around(), [])).toMatchObject({ ok: false })
})
