/**
 * What a policy comes to for somebody, on a terminal.
 * Decides order and layout; must not decide what is told.
 */
import type { PolicyTestAnswer } from '../../contract/policy.ts'
import type { Io } from '../io.ts'
import { table } from '../table.ts'
import { pad, printable } from '../text.ts'

export function renderTest(tested: PolicyTestAnswer, io: Io): string {
  const { bold } = io.colours
  const section = (title: string, lines: readonly string[]): string[] =>
    lines.length === 0 ? [] : ['', bold(title), ...lines]
  return [
    ...heading(tested, io),
    ...section('Rules', rules(tested, io)),
    ...section('The account by this policy', [...attributes(tested, io), ...grants(tested, io)]),
    ...section('What would change now', differences(tested, io)),
  ].join('\n')
}

function heading({ app, userName, connection, policy, groups, account, decision }: PolicyTestAnswer, io: Io): string[] {
  const { dim, green, yellow } = io.colours
  const by = policy.given
    ? 'the policy that was given'
    : policy.version === null
      ? 'the standard mapping: the app has no policy'
      : `version ${policy.version}, which is in force`
  const facts: [string, string][] = [
    ['Person', `${userName} of ${connection}`],
    ['App', app],
    ['Policy', by],
    ['Groups', groups.join(', ') || 'none'],
    ['Asked', `${account.matched ? 'an account is for them' : 'no account is for them'}: ${account.why}`],
  ]
  const outcome = outcomeWords(decision)
  const colour = decision.kind === 'account' ? green : yellow
  return [
    ...facts.map(([name, value]) => `${dim(pad(name, 10))}${printable(value)}`),
    `${dim(pad('Comes to', 10))}${colour(printable(outcome))}`,
  ]
}

function outcomeWords({ kind, active, why, minutes }: PolicyTestAnswer['decision']): string {
  const because = why === null ? '' : `: ${why}`
  switch (kind) {
    case 'account':
      return active === true ? 'an account' : 'no active account, since this person is disabled at the provider'
    case 'none':
      return `no account${because}; one that is theirs is disabled`
    case 'wait':
      return `waiting for groups, for at most ${minutes ?? 0} minutes${because}`
    case 'hold':
      return `held until somebody has looked${because}`
  }
}

/** As a list, not a table: why a rule matches is what somebody came to read, and is not to be cut. */
function rules({ rules: all }: PolicyTestAnswer, { colours: { bold, dim, green } }: Io): string[] {
  if (all.length === 0) return ['There are none.']
  const indent = ' '.repeat(5)
  return all.flatMap(({ rule, priority, matched, why, wins, loses }) => [
    `${(matched ? green : dim)(pad(matched ? 'yes' : 'no', 5))}${bold(printable(rule))}${dim(`, priority ${priority}`)}`,
    `${indent}${printable(why)}`,
    ...(wins.length === 0 ? [] : [`${indent}gives ${printable(wins.join(', '))}`]),
    ...(loses.length === 0 ? [] : [`${indent}${dim(`given by others: ${printable(loses.join(', '))}`)}`]),
  ])
}

/** What Rollcall does with a value once the account is there. */
const OWNED = { always: 'kept so', onCreate: 'set for who is new or returns', never: 'left alone' } as const

const attributes = ({ attributes: all }: PolicyTestAnswer, io: Io): string[] => {
  const told = all.filter(({ value }) => value !== null)
  if (told.length === 0) return []
  return table(
    told,
    [
      { title: 'ATTRIBUTE', value: ({ attribute }) => attribute },
      { title: 'VALUE', value: ({ value }) => value ?? '', flexible: true },
      { title: 'FROM', value: ({ from }) => from, flexible: true },
      { title: 'ROLLCALL', value: ({ owned }) => OWNED[owned] },
    ],
    io,
  )
}

const grants = ({ grants: all }: PolicyTestAnswer, io: Io): string[] =>
  all.length === 0
    ? []
    : [
        '',
        ...table(
          all,
          [
            { title: 'HOLDS', value: ({ kind }) => kind },
            { title: 'NAME', value: ({ name }) => name, flexible: true },
            { title: 'LEVEL', value: ({ level }) => (level === null ? '-' : String(level)) },
            { title: 'FROM', value: ({ from }) => from.join(', '), flexible: true },
            { title: 'ROLLCALL', value: ({ owned }) => OWNED[owned] },
          ],
          io,
        ),
      ]

function differences({ target, diff }: PolicyTestAnswer, io: Io): string[] {
  if (target.state === 'not-read')
    return [io.colours.yellow(`The account was not looked at: ${printable(target.why ?? 'nobody knows why')}`)]
  const there = target.account === null ? 'There is no account.' : `The account ${target.account} is there.`
  if (diff.length === 0) return [`${printable(there)} Nothing would change.`]
  const lines = table(
    diff,
    [
      { title: 'CHANGE', value: ({ change }) => change },
      { title: 'WHAT', value: ({ attribute }) => attribute ?? '-' },
      { title: 'NOW', value: ({ found }) => found ?? '-', flexible: true },
      { title: 'THEN', value: ({ wanted }) => wanted ?? '-', flexible: true },
      { title: 'DETAIL', value: ({ detail }) => detail ?? '', flexible: true },
    ],
    io,
  )
  return [printable(there), ...lines]
}
