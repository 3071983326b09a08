/**
 * Advice as a person reads it: the price with its formula, what to do, then what it rests on.
 * Decides order and words of headings; must not compute or advise.
 */
import type { Advice } from '../../licence/advise.ts'
import { counted, dollars, grouped, MONTHS } from '../../licence/money.ts'
import type { Capability } from '../../licence/native-scim.ts'
import type { Question } from '../../licence/situation.ts'
import { hoursInWords, minutesInWords } from '../../licence/workload.ts'
import type { Io } from '../io.ts'
import { table } from '../table.ts'
import { ASKED } from './questions.ts'
import { indented, wrapped } from './paragraph.ts'

type Screen = Pick<Io, 'columns' | 'colours'>

/** The whole answer. `question` says what was not told, and so could not be taken into account. */
export function render(advice: Advice, question: Question, io: Screen): string {
  const { plan, target, users, recommendation } = advice
  const title = plan.id === target.id ? plan.name : `${plan.name} to ${target.name}`
  const sections: readonly (readonly [string, readonly string[]])[] = [
    [`${title}, ${counted(users, 'user')}`, price(advice, io)],
    ['Recommendation', [...wrapped(recommendation.sentence, io), ...wrapped(recommendation.because, io)]],
    ['What would change it', recommendation.wouldChange.flatMap((line) => indented(line, io))],
    ['For your situation', situation(advice, io)],
    ['What saved work is worth', work(advice, question, io)],
    ['What native SCIM gives, and what Rollcall covers', capabilities(advice, io)],
    ['Where the sources differ', differences(advice, io)],
    ['Not told, and worth telling', untold(question, io)],
  ]
  return sections
    .filter(([, lines]) => lines.length > 0)
    .map(([heading, lines]) =>
      [io.colours.bold(heading), ...lines.map((line) => (line === '' ? '' : `  ${line}`))].join('\n'),
    )
    .join('\n\n')
}

function price(advice: Advice, io: Screen): string[] {
  const { plan, target, users, annualCost, annualSaving } = advice
  const row = (name: string, monthly: number) => ({
    name,
    amounts: [monthly, monthly * users, monthly * users * MONTHS].map(dollars),
  })
  const difference = target.price.amount - plan.price.amount
  const rows =
    plan.id === target.id
      ? [row(plan.name, plan.price.amount)]
      : [row(plan.name, plan.price.amount), row(target.name, target.price.amount), row('Difference', difference)]
  const amount = (title: string, at: number) => {
    const room = Math.max(title.length, ...rows.map(({ amounts }) => amounts[at]?.length ?? 0))
    return {
      title: title.padStart(room),
      value: (line: (typeof rows)[number]) => (line.amounts[at] ?? '').padStart(room),
    }
  }
  const lines = table(
    rows,
    [
      { title: 'PLAN', value: ({ name }) => name },
      amount('USER AND MONTH', 0),
      amount('A MONTH', 1),
      amount('A YEAR', 2),
    ],
    io,
  )
  const verdict = annualSaving.amount > 0 ? [`Nothing to pay; ${dollars(annualSaving.amount)} a year less.`] : []
  const listed = [plan, target].some(({ priceIs }) => priceIs === 'list')
  return [
    ...wrapped(advice.sentence, io),
    '',
    ...lines,
    '',
    ...wrapped(annualCost.amount > 0 ? io.colours.bold(advice.formula) : advice.formula, io),
    ...verdict,
    ...(listed ? wrapped(io.colours.dim(`In US dollars, by ${advice.priceSource}. Your contract counts.`), io) : []),
  ]
}

const situation = ({ advice }: Advice, io: Screen): string[] =>
  advice.flatMap(({ situation: when, advice: what, readings }) => [
    ...indented(`${when}. ${what}`, io),
    ...(readings.length > 1 ? readings.flatMap(({ source, says }) => indented(`${source}: ${says}`, io, 1)) : []),
  ])

function work({ annualCost, workload, breakEven }: Advice, { turnover, wage }: Question, io: Screen): string[] {
  const lines: string[] = []
  if (workload !== null && turnover !== undefined)
    lines.push(
      `At ${turnover / 100}% turnover about ${grouped(workload.leavers)} leave a year and as many join: ${counted(workload.changes, 'account')} to open or close.`,
    )
  if (breakEven !== null && wage !== undefined) {
    const each =
      breakEven.minutesPerChange === undefined
        ? ''
        : ` The upgrade pays for itself in saved work only if it saves ${minutesInWords(breakEven.minutesPerChange)} for each of these accounts.`
    lines.push(
      `${dollars(annualCost.amount)} is ${hoursInWords(breakEven.hours)} of work at ${dollars(wage)} an hour.${each} Rollcall does that work without the upgrade.`,
    )
  }
  if (wage === 0 && annualCost.amount > 0)
    lines.push('At a wage of $0 saved work is worth nothing, so no upgrade pays for itself by it.')
  return lines.flatMap((line) => wrapped(line, io))
}

const NATIVE = { yes: 'yes', no: 'no', setting: 'if turned on', disputed: 'sources differ' } as const
const ROLLCALL = { yes: 'yes', later: 'later version' } as const

function capabilities({ capabilities: rows, nativeScim, rollcallNeeds }: Advice, io: Screen): string[] {
  const { green, yellow, dim } = io.colours
  const native = ({ native: answer }: Capability) => (answer === 'yes' ? green : answer === 'no' ? dim : yellow)
  const lines = table(
    rows,
    [
      { title: 'WHAT', value: ({ what }) => what },
      { title: 'NATIVE SCIM', value: (row) => NATIVE[row.native], colour: native },
      {
        title: 'ROLLCALL',
        value: (row) => ROLLCALL[row.rollcall],
        colour: (row) => (row.rollcall === 'yes' ? green : yellow),
      },
    ],
    io,
  )
  return [
    ...lines,
    '',
    ...wrapped(`Limits of native SCIM, by the guide: ${nativeScim.limits.join(' ')}`, io),
    ...wrapped(`Rollcall asks for this: ${rollcallNeeds.join(' ')}`, io),
  ]
}

function differences({ nativeScim, sourceFigures, contradictions }: Advice, io: Screen): string[] {
  const wrong = sourceFigures.filter(({ follows }) => !follows)
  const begins =
    nativeScim.readings.length > 1
      ? [...nativeScim.readings, nativeScim.silent].flatMap(({ source, says }) => indented(`${source}: ${says}`, io))
      : []
  return [
    ...(begins.length > 0 ? [...wrapped('With which plan native SCIM begins:', io), ...begins] : []),
    ...wrapped(
      `The guide prints ${sourceFigures.length} worked figures; ${wrong.length} do not follow from its own prices:`,
      io,
    ),
    ...wrong.flatMap(({ says }) => indented(says, io)),
    ...wrapped('Elsewhere in the guide:', io),
    ...contradictions.flatMap(({ says }) => indented(says, io)),
  ]
}

/** Options that would sharpen the answer, with what each is for. */
const untold = (question: Question, io: Screen): string[] =>
  ASKED.filter(({ name, question: asked }) => asked !== undefined && question[name] === undefined).flatMap(
    ({ flags, about }) => indented(`${flags}: ${about}`, io),
  )
