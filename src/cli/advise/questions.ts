/**
 * What `rollcall advise` wants to know: as options, and as questions where somebody can answer.
 * Decides how words become plans and amounts; must not decide what is advised.
 */
import { findPlan, nearestPlans, PLANS, type PlanId } from '../../licence/plans.ts'
import { findProvider, PROVIDER_IDS, type ProviderId } from '../../licence/providers.ts'
import type { Question } from '../../licence/situation.ts'
import { numberOption, textOption, type OptionSpec, type Options } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'

/** What was said; nothing is known of the rest. */
export type Given = { readonly [Name in keyof Question]?: Question[Name] | undefined }

const PLAN_WORDS = PLANS.map(({ id }) => id).join(', ')
const PROVIDER_WORDS = `${PROVIDER_IDS.slice(0, -1).join(', ')} or ${PROVIDER_IDS.at(-1)}`

const MOST_USERS = 1_000_000
const MOST_REGIONS = 1_000
const MOST_DOLLARS = 10_000

interface Asked {
  readonly name: keyof Question
  /** As it is typed: camel case is what commander makes of it. */
  readonly flags: string
  readonly about: string
  /** Put on a terminal when it was not given; what has no question is never asked for. */
  readonly question?: string
  readonly required?: boolean
  /** Undefined when it was not given; throws a CommandError when it is wrong. */
  read(options: Options): Given[keyof Question]
}

export const ASKED: readonly Asked[] = [
  {
    name: 'plan',
    flags: '--plan <plan>',
    about: `the plan you are on: ${PLAN_WORDS}`,
    question: `Which plan are you on? (${PLAN_WORDS})`,
    required: true,
    read: (options) => planOption(options, 'plan', 'plan'),
  },
  {
    name: 'target',
    flags: '--target <plan>',
    about: 'the plan you think about',
    question: 'Which plan do you think about? (the same words)',
    required: true,
    read: (options) => planOption(options, 'target', 'target'),
  },
  {
    name: 'users',
    flags: '--users <number>',
    about: 'users that are paid for',
    question: 'How many users are paid for?',
    required: true,
    read: (options) => numberOption(options, 'users', { least: 1, most: MOST_USERS }),
  },
  {
    name: 'idp',
    flags: '--idp <provider>',
    about: `your identity provider: ${PROVIDER_WORDS}`,
    question: `Which identity provider? (${PROVIDER_WORDS})`,
    read: (options) => providerOption(options),
  },
  {
    name: 'regions',
    flags: '--regions <number>',
    about: 'regions or business units',
    question: 'How many regions or business units?',
    read: (options) => numberOption(options, 'regions', { least: 1, most: MOST_REGIONS }),
  },
  {
    name: 'turnover',
    flags: '--turnover <percent>',
    about: 'people who leave in a year and are replaced, 0 to 100',
    question: 'How many percent leave in a year and are replaced?',
    read: (options) => percentOption(options),
  },
  {
    name: 'wage',
    flags: '--wage <amount>',
    about: 'an hour of whoever opens and closes accounts, in US dollars',
    question: 'What does an hour of whoever opens and closes accounts cost, in US dollars?',
    read: (options) => dollarOption(options, 'wage', { key: 'wage', what: 'an hour' }),
  },
  {
    name: 'planPrice',
    flags: '--plan-price <amount>',
    about: 'your price of --plan per user and month (default: list price)',
    read: (options) => dollarOption(options, 'plan-price', { key: 'planPrice', what: 'per user and month' }),
  },
  {
    name: 'targetPrice',
    flags: '--target-price <amount>',
    about: 'your price of --target per user and month (default: list price)',
    read: (options) => dollarOption(options, 'target-price', { key: 'targetPrice', what: 'per user and month' }),
  },
  {
    name: 'scimFrom',
    flags: '--scim-from <plan>',
    about: 'the smallest plan with native SCIM in your contract (default: both readings)',
    read: (options) => planOption(options, 'scim-from', 'scimFrom'),
  },
]

export const ADVISE_OPTIONS: readonly OptionSpec[] = ASKED.map(({ flags, about }) => ({ flags, about }))

/** Reads what was given; throws a CommandError of the family `usage` at the first thing that is wrong. Pure. */
export function readGiven(options: Options): Given {
  return Object.fromEntries(ASKED.map(({ name, read }) => [name, read(options)]))
}

/** Asks for what is missing where somebody can answer; throws a CommandError that names all of it where nobody can. */
export async function complete(given: Given, io: Pick<Io, 'openDialogue' | 'err'>): Promise<Question> {
  const question = asQuestion(given)
  if (question !== undefined) return question
  const dialogue = io.openDialogue?.()
  if (dialogue === undefined) throw missing(given)
  const known = { ...given }
  try {
    io.err('Enter alone skips a question that is marked as optional.')
    for (const asked of ASKED) {
      if (asked.question === undefined) continue
      while (known[asked.name] === undefined) {
        const answer = await dialogue.ask(asked.required === true ? asked.question : `${asked.question} (optional)`)
        if (answer === undefined) throw missing(known)
        if (answer === '' && asked.required !== true) break
        Object.assign(known, answer === '' ? {} : answered(asked, answer, io))
      }
    }
  } finally {
    dialogue.close()
  }
  return asQuestion(known) ?? Promise.reject(missing(known))
}

/** What an answer says; nothing, after telling why, when it cannot be read. */
function answered(asked: Asked, answer: string, io: Pick<Io, 'err'>): Given {
  try {
    return { [asked.name]: asked.read({ [asked.name]: answer }) }
  } catch (error) {
    if (!(error instanceof CommandError)) throw error
    io.err(error.message)
    return {}
  }
}

/** Undefined while something is missing. */
function asQuestion({ plan, target, users, ...rest }: Given): Question | undefined {
  if (plan === undefined || target === undefined || users === undefined) return undefined
  if (plan === target && rest.targetPrice !== undefined && rest.targetPrice !== rest.planPrice)
    throw new CommandError('usage', '--plan and --target are one plan, which has one price: give it as --plan-price.')
  return { ...rest, plan, target, users }
}

function missing(given: Given): CommandError {
  const lines = ASKED.filter(({ name, required }) => required === true && given[name] === undefined).map(
    ({ flags, about }) => `  ${flags.padEnd(18)}${about}`,
  )
  return new CommandError('usage', ['Still to be said:', ...lines, '`rollcall advise --help` explains it.'].join('\n'))
}

function planOption(options: Options, flag: string, key: string): PlanId | undefined {
  const text = textOption(options, key)
  if (text === undefined) return undefined
  const plan = findPlan(text)
  if (plan !== undefined) return plan.id
  const near = nearestPlans(text).map(({ id }) => id)
  const guess = near.length === 0 ? '' : ` Did you mean ${near.join(' or ')}?`
  throw new CommandError('usage', `--${flag}: there is no plan "${text}".${guess} The plans are ${PLAN_WORDS}.`)
}

function providerOption(options: Options): ProviderId | undefined {
  const text = textOption(options, 'idp')
  if (text === undefined) return undefined
  const provider = findProvider(text)
  if (provider !== undefined) return provider.id
  throw new CommandError('usage', `--idp takes ${PROVIDER_WORDS}, not "${text}".`)
}

/** In hundredths of a percent. */
function percentOption(options: Options): number | undefined {
  const text = textOption(options, 'turnover')
  if (text === undefined) return undefined
  const value = hundredths(text.replace(/ ?%$/, ''))
  if (value !== undefined && value <= 100_00) return value
  throw new CommandError('usage', `--turnover takes percent a year from 0 to 100, such as 30 or 12.5, not "${text}".`)
}

/** In cents. */
function dollarOption(
  options: Options,
  flag: string,
  { key, what }: { key: string; what: string },
): number | undefined {
  const text = textOption(options, key)
  if (text === undefined) return undefined
  const value = hundredths(text.replace(/^\$ ?/, ''))
  if (value !== undefined && value <= MOST_DOLLARS * 100) return value
  const range = `from 0 to ${MOST_DOLLARS}, such as 38 or 38.50`
  throw new CommandError('usage', `--${flag} takes US dollars ${what} ${range}, not "${text}".`)
}

/** A decimal with at most two digits after the point, times 100, without ever being a fraction. */
function hundredths(text: string): number | undefined {
  const found = /^(\d{1,6})(?:\.(\d{1,2}))?$/.exec(text)
  return found === null ? undefined : Number(found[1]) * 100 + Number((found[2] ?? '').padEnd(2, '0'))
}
