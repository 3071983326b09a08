/** What people read of a difference before they say yes: numbers first, what to look at before all, then names. */
import pc from 'picocolors'
import { describe, expect, test } from 'vitest'
import { renderDifference, type Names } from '../../src/cli/policy/difference.ts'
import type { Difference, DifferenceNumbers, DifferencePerson } from '../../src/contract/difference.ts'
import { DIFFERENCE_KINDS, DIFFERENCE_NOTES, type DifferenceKind } from '../../src/reconcile/difference.ts'
import { NO_NUMBERS, warningsOf, type Numbers } from '../../src/reconcile/difference-numbers.ts'
import { differenceKind, differenceNote, differenceNumbers } from '../../src/contract/difference.ts'
import { rollcall } from './terminal.ts'

const io = { columns: undefined, colours: pc.createColors(false) } as Parameters<typeof renderDifference>[2]

const kinds = (some: Partial<Record<DifferenceKind, number>>) => ({ ...NO_NUMBERS.kinds, ...some })

const SUM: Numbers = {
  ...NO_NUMBERS,
  people: 500,
  unchanged: 440,
  kinds: kinds({ create: 20, update: 40, invite: 20, disputed: 1 }),
  attributes: { team: 40, role: 2 },
  gives: [{ of: 'skill', id: '7', name: 'Billing', people: 20 }],
  reasons: [{ kind: 'disputed', reason: 'another owner', people: 1 }],
  moves: [{ from: 'Day', to: 'Night', adds: ['Quality', 'Forecasts'], drops: [], people: 40 }],
  costlier: 40,
  mails: 20,
  adoptedRoles: [{ from: 'Supervisor', to: 'Agent', people: 2 }],
}
const NUMBERS: DifferenceNumbers = differenceNumbers.parse(SUM)

const FOUND: Difference = {
  id: '6f1c2f0e-0f0c-4b53-9a55-0d3f4f6f2a11',
  app: 'cxone-na1',
  state: 'done',
  verdict: 'whole',
  why: null,
  accounts: 481,
  people: 500,
  policy: 3,
  given: null,
  numbers: NUMBERS,
  inForce: null,
  differing: 0,
  warnings: warningsOf(SUM),
  hash: 'abc',
  created: '2026-11-24T12:00:00.000Z',
  ended: '2026-11-24T12:01:00.000Z',
}

const person = (more: Partial<DifferencePerson>): DifferencePerson => ({
  connection: 'okta',
  identity: '6f1c2f0e-0f0c-4b53-9a55-0d3f4f6f2a12',
  userName: 'ann@acme.test',
  kinds: ['update'],
  notes: [],
  account: '1',
  why: null,
  reason: null,
  before: {},
  after: {},
  gives: [],
  takes: [],
  move: null,
  role: null,
  inForce: null,
  ...more,
})

const names = (...items: DifferencePerson[]): Names => ({ items, more: false })

describe('a difference on a terminal', () => {
  test('says first what to look at, then numbers, then names', () => {
    const shown = renderDifference(
      FOUND,
      names(
        person({
          notes: ['charges', 'adopted-role'],
          before: { team: 'Day', role: 'Supervisor' },
          after: { team: 'Night', role: 'Agent' },
        }),
        person({
          userName: 'bob@acme.test',
          kinds: ['create', 'grant', 'invite'],
          notes: ['mail'],
          after: { userName: 'bob@acme.test', role: 'Agent' },
          gives: [{ of: 'skill', id: '7', name: 'Billing', level: 3 }],
        }),
        person({
          userName: 'cid@acme.test',
          kinds: ['disputed'],
          why: 'an account has one owner',
          reason: 'another owner',
        }),
      ),
      io,
    )
    expect(shown).toMatchInlineSnapshot(`
      "500 people compared with 481 accounts

      ! 20 e-mails would be sent: this many people are asked in.
      ! 40 accounts would be charged for more than before, most of them in the team Night: Quality, Forecasts.
      ! Accounts that were there before Rollcall would change their role, most of them from Supervisor to Agent.

      WHAT                  PEOPLE
      accounts made         20
      accounts changed      40
      asked in, by e-mail   20
      left alone: disputed  1
      as wanted already     440

      Attributes that change
        40  team
        2  role

      Given
        20  skill Billing

      Teams that are charged for otherwise
        40  Day → Night, more: Quality, Forecasts

      Roles of accounts that were there before
        2  Supervisor → Agent

      Why nothing is done
        1  another owner

      USER           WHAT                   LOOK                   BEFORE AND AFTER
      ann@acme.test  update                 charges, adopted-role  team Day → Night, role Supervisor → Agent
      bob@acme.test  create, grant, invite  mail                   userName bob@acme.test, role Agent, +skill Billing (3)
      cid@acme.test  disputed                                      an account has one owner"
    `)
  })

  test('puts what a given policy would do beside what the one in force does', () => {
    const inForce = { ...NUMBERS, unchanged: 500, kinds: kinds({ create: 3 }) }
    const shown = renderDifference({ ...FOUND, given: 'hash', inForce, differing: 57 }, names(person({})), io)
    expect(shown).toContain('For 57 of them this policy does something else than the one in force.')
    expect(shown).toMatch(/WHAT +IN FORCE +THIS POLICY\naccounts made +3 +20\n/)
  })

  test('claims nothing where the app was out of reach, and says where it showed a part only', () => {
    const away = { ...FOUND, verdict: 'unreachable' as const, why: 'No answer.' }
    expect(renderDifference(away, names(), io)).toBe(
      'The app could not be read: No answer. Nothing is known of what would be done.',
    )
    const part = { ...FOUND, verdict: 'partial' as const, why: 'the list ended early' }
    expect(renderDifference(part, names(person({})), io)).toContain(
      '481 accounts, which are not all: the list ended early',
    )
  })

  test('does what a name says, but never to the terminal', () => {
    expect(renderDifference(FOUND, names(person({ userName: 'ann\u001B[2J' })), io)).not.toContain('\u001B')
  })
})

test('knows the kinds and notes that there are', () => {
  expect(differenceKind.options).toEqual([...DIFFERENCE_KINDS])
  expect(differenceNote.options).toEqual([...DIFFERENCE_NOTES])
})

test.each([
  ['policy preview', 'Say which app'],
  ['policy preview --app a --kind nobody', '--kind takes create'],
  ['policy preview --app a --file /nowhere/policy.yaml', 'cannot be read (ENOENT)'],
  ['app enforce', 'missing required argument'],
  ['app enforce a --yes', '--yes and --expect go together'],
  ['app enforce a --expect abc', '--yes and --expect go together'],
])('%s is told what is missing', async (words, why) => {
  const { exitCode, err } = await rollcall(words.split(' '), { env: { ROLLCALL_API_KEY: 'a-key' } })
  expect([exitCode, err]).toEqual([2, expect.stringContaining(why)])
})
