/**
 * Runs the conformance suite of the connectors under vitest.
 * Decides which wants are generated; must not know any connector.
 */
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { cases, wantProperties, type World } from '../../src/connectors/conformance.ts'
import type { AccountAttributes } from '../../src/identity/account.ts'

const name = fc.oneof(
  fc.constantFrom(
    'Nguyễn',
    'Δημήτρης',
    '李',
    'אברהם',
    "D'Arcy",
    'Ян',
    'Renée',
    '👩‍💻',
    'O\u0301scar',
    'null',
    '<b>',
    '"',
  ),
  fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }),
  fc.string({ unit: 'grapheme-ascii', minLength: 40, maxLength: 90 }),
)

const email = fc
  .tuple(fc.stringMatching(/^[a-z][a-z0-9.]{0,12}[a-z0-9]$/), fc.constantFrom('', '+tag', '+a+b'))
  .map(([local, tag]) => `${local.replaceAll('..', '.')}${tag}@example.test`)

/** What a provider may send of one person; entries, accounts and the name are added by the property. */
export const wants: fc.Arbitrary<AccountAttributes> = fc.record(
  {
    givenName: name,
    familyName: name,
    email,
    mobile: fc.option(fc.stringMatching(/^\+[1-9][0-9]{6,13}$/)),
    timeZone: fc.constantFrom('Europe/Prague', 'America/New_York', 'Australia/Sydney'),
    title: fc.option(fc.string()),
    displayName: fc.option(name),
    middleName: fc.option(name),
    department: fc.option(fc.string()),
    employeeNumber: fc.option(fc.stringMatching(/^[0-9A-Z]{1,10}$/)),
    federatedId: fc.uuid(),
    country: fc.constantFrom('US', 'DE', 'CZ', null),
    city: fc.option(name),
    hireDate: fc.option(
      fc
        .date({ min: new Date('1970-01-01'), max: new Date('2040-01-01'), noInvalidDate: true })
        .map((date) => date.toISOString().slice(0, 10)),
    ),
  },
  { requiredKeys: ['givenName', 'familyName', 'email'] },
)

/** By which properties choose among entries, levels and ways to take. */
export const picks = fc.array(fc.nat(1_000), { minLength: 10, maxLength: 40 })

export interface Runs {
  readonly wants: number
  /** Done before each case, with its name. */
  readonly begin?: (sentence: string) => Promise<void>
  /** Of the generated wants; by chance without. */
  readonly seed?: number
}

/** Declares one test a case; all share the world, which is opened by then. */
export function expectConformance(world: () => World, runs: Runs): void {
  const { begin = async () => {}, seed } = runs
  for (const { name: sentence, run, applies } of cases)
    it(sentence, async ({ skip }) => {
      skip(applies?.(world()) === false, 'the target, or the way behind it, has nothing of the kind')
      await begin(sentence)
      await expect(run(world())).resolves.toBeUndefined()
    })
  for (const { name: sentence, run, share = 1 } of wantProperties) {
    it(sentence, async () => {
      await begin(sentence)
      await fc.assert(
        fc.asyncProperty(wants, picks, (want, some) => run(world(), want, some)),
        { numRuns: Math.ceil(runs.wants * share), ...(seed === undefined ? {} : { seed }) },
      )
    })
  }
}
