import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import type { Advice } from '../../src/licence/advise.ts'
import { fences } from '../docs/fences.ts'
import { rollcall, type TerminalOptions } from './terminal.ts'

const ASKED = ['--plan', 'voice', '--target', 'ultimate', '--users', '100']
const run = (words: readonly string[], options?: TerminalOptions) => rollcall(['advise', ...words], options)

/** As one line: where a paragraph breaks is not what is tested. */
const flat = (text: string): string => text.replace(/\s+/g, ' ')

describe('as JSON', () => {
  const json = async (...words: string[]): Promise<Advice> => {
    const { exitCode, out, err } = await run([...words, '--json'])
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    return JSON.parse(out) as Advice
  }

  test('has the fields that scripts rely on', async () => {
    const answer = await json(...ASKED)
    expect(answer.annualCost).toEqual({ amount: 18_600_000, currency: 'USD' })
    expect(answer.formula).toBe('($249 - $94) x 100 users x 12 months = $186,000 a year')
    expect(answer.nativeScim).toMatchObject({ current: 'no', target: 'yes', gained: 'yes' })
    expect(answer.advice.map(({ id }) => id)).toEqual(['scim-not-included'])
    expect(answer.recommendation.decision).toBe('provision-through-api')
    expect(answer.sourceFigures.filter(({ follows }) => !follows)).toHaveLength(2)
  })

  test('takes plans and providers by other names, and amounts as they are written', async () => {
    const words = '--plan|Voice Agent|--target|CORE-SUITE|--users|10|--idp|Azure AD|--turnover|12.5%|--wage|$38.50'
    const answer = await json(...words.split('|'), '--plan-price', '90.5', '--target-price', '100')
    expect(answer.annualCost.amount).toBe(9_50 * 10 * 12)
    expect(answer.workload).toEqual({ leavers: 1, changes: 2 })
    expect(answer.breakEven?.hours).toBe(296)
    expect(answer.advice.map(({ id }) => id)).toContain('provider')
  })

  test('never waits for an answer, even on a terminal', async () => {
    const { exitCode, out, err } = await run(['--plan', 'voice', '--json'], { answers: ['ultimate', '100'] })
    expect(exitCode).toBe(2)
    expect(out).toBe('')
    expect(err).toMatch(/--target[^]*--users/)
  })
})

describe('for people', () => {
  test('shows a table, the formula, a recommendation and what would change it', async () => {
    const { exitCode, out, err } = await run(ASKED)
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' })
    expect(out).toContain(`
  PLAN            USER AND MONTH  A MONTH    A YEAR
  Voice Agent                $94   $9,400  $112,800
  Ultimate Suite            $249  $24,900  $298,800
  Difference                $155  $15,500  $186,000

  ($249 - $94) x 100 users x 12 months = $186,000 a year
`)
    expect(flat(out)).toContain('Recommendation Do not upgrade to Ultimate Suite for SCIM.')
    expect(out).toContain('What would change it')
    expect(out).toContain('What native SCIM gives, and what Rollcall covers')
  })

  test('is what the guide shows', async () => {
    const guide = await readFile(new URL('../../docs/guide/advise.md', import.meta.url), 'utf8')
    const [shown] = fences(guide, 'text')
    expect((await run(ASKED)).out).toContain(shown?.trim())
  })

  test('shows both readings and the two printed figures that do not follow', async () => {
    const out = flat((await run(['--plan', 'voice', '--target', 'essential', '--users', '50'])).out)
    expect(out).toContain('$24,600 a year')
    expect(out).toContain("the guide's plan table: Ultimate Suite alone includes SCIM.")
    expect(out).toContain("the guide's text: SCIM begins with the Enterprise tier")
    expect(out).toContain('printed $332,400; its own prices give $333,600.')
    expect(out).toContain('printed $96,000; its own prices give $24,600.')
  })

  test('says what saved work would have to be worth, and only from what was told', async () => {
    const told = flat((await run([...ASKED, '--turnover', '30', '--wage', '40'])).out)
    expect(told).toContain('At 30% turnover about 30 leave a year and as many join: 60 accounts to open or close.')
    expect(told).toContain('$186,000 is 4,650 hours of work at $40 an hour.')
    expect(told).toContain('only if it saves 77.5 hours for each of these accounts.')
    expect(told).toContain('Not told, and worth telling - --idp')
    expect((await run(ASKED)).out).not.toContain('What saved work is worth')
    expect(flat((await run([...ASKED, '--wage', '0'])).out)).toContain('At a wage of $0 saved work is worth nothing')
  })

  test('a downgrade costs nothing and shows what it saves', async () => {
    const out = flat((await run(['--plan', 'ultimate', '--target', 'voice', '--users', '100'])).out)
    expect(out).toContain('($94 - $249) x 100 users x 12 months = -$186,000 a year')
    expect(out).toContain('Nothing to pay; $186,000 a year less.')
    expect(out).toContain('SCIM is no reason to stay on Ultimate Suite')
  })

  test.each([40, 80, 200])('fits a terminal of %i columns', async (columns) => {
    const { out } = await run([...ASKED, '--idp', 'entra', '--regions', '3', '--turnover', '30', '--wage', '40'], {
      columns,
    })
    const prose = out.split('\n').filter((line) => !/ {3}|REGION|MONTH|NATIVE/.test(line))
    expect(prose.filter((line) => line.length > Math.max(columns, 60))).toEqual([])
    expect(out).not.toMatch(/ $/m)
  })
})

describe('what is wrong is named, with what would be right, exit 2', () => {
  test.each([
    [[], '--plan <plan>'],
    [[], '--target <plan>'],
    [[], '--users <number>'],
    [['--plan', 'volce'], '--plan: there is no plan "volce". Did you mean voice? The plans are digital, voice, '],
    [['--target', 'zzz'], '--target: there is no plan "zzz". The plans are digital'],
    [['--scim-from', 'ultimte'], '--scim-from: there is no plan "ultimte". Did you mean ultimate'],
    [['--users', '0'], '--users takes a whole number from 1 to 1000000, not "0".'],
    [['--users', '-5'], '--users takes a whole number from 1 to 1000000, not "-5".'],
    [['--users', '1.5'], '--users takes a whole number from 1 to 1000000, not "1.5".'],
    [['--users', '1000001'], '--users takes a whole number from 1 to 1000000, not "1000001".'],
    [['--users', '9'.repeat(400)], '--users takes a whole number'],
    [['--users', '1e3'], '--users takes a whole number'],
    [['--regions', '0'], '--regions takes a whole number from 1 to 1000, not "0".'],
    [['--turnover', '101'], '--turnover takes percent a year from 0 to 100, such as 30 or 12.5, not "101".'],
    [['--turnover', '100.01'], '--turnover takes percent a year from 0 to 100'],
    [['--turnover', '-1'], '--turnover takes percent a year from 0 to 100'],
    [['--wage', '-5'], '--wage takes US dollars an hour from 0 to 10000, such as 38 or 38.50, not "-5".'],
    [['--wage', '10000.01'], '--wage takes US dollars an hour from 0 to 10000'],
    [['--wage', '12.345'], '--wage takes US dollars an hour'],
    [['--plan-price', 'much'], '--plan-price takes US dollars per user and month'],
    [['--target-price', '-1'], '--target-price takes US dollars per user and month'],
    [['--idp', 'ping'], '--idp takes okta, entra, google, onelogin or other, not "ping".'],
    [
      ['--plan', 'voice', '--target', 'voice', '--users', '1', '--target-price', '9'],
      '--plan and --target are one plan, which has one price',
    ],
  ])('%j: %s', async (words, expected) => {
    const { exitCode, out, err } = await run(words)
    expect(err).toContain(expected)
    expect(err).not.toMatch(/^\s+at /m)
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
  })

  test('only what is missing is named', async () => {
    const { err } = await run(['--target', 'core'])
    expect(err).toMatch(/--plan[^]*--users/)
    expect(err).not.toContain('--target')
  })
})

describe('on a terminal', () => {
  test('asks for everything that was not given, and answers as if it had been', async () => {
    const asked = await run(['--users', '100'], { answers: ['voice', 'ultimate', 'okta', '2', '30', '40'] })
    expect(asked.exitCode).toBe(0)
    expect(asked.err).toContain('Which plan are you on?')
    expect(asked.err).not.toContain('How many users')
    const given = await run([...ASKED, '--idp', 'okta', '--regions', '2', '--turnover', '30', '--wage', '40'])
    expect(asked.out).toBe(given.out)
  })

  test('asks again after an answer that cannot be, and lets out what is optional', async () => {
    const { exitCode, out, err } = await run([], {
      answers: ['volce', '', 'voice', 'ultimate', '0', '100', '', '', '', ''],
    })
    expect(err).toContain('Did you mean voice?')
    expect(err).toContain('--users takes a whole number')
    expect(exitCode).toBe(0)
    expect(out).toBe((await run(ASKED)).out)
  })

  test('asks nothing when plan, target and users are there', async () => {
    expect(await run(ASKED, { answers: [] })).toMatchObject({ exitCode: 0, err: '' })
  })

  test('names what is still missing when nobody answers any more', async () => {
    const { exitCode, out, err } = await run([], { answers: ['voice'] })
    expect({ exitCode, out }).toEqual({ exitCode: 2, out: '' })
    expect(err).toMatch(/Still to be said:\n {2}--target[^]*--users/)
  })
})
