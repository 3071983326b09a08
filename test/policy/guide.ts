/**
 * The parts of docs/guide/policy.md that the code and the golden policies know.
 * Decides how they are laid out; the prose around them is written by hand.
 */
import { compilePolicy } from '../../src/policy/compile.ts'
import type { Decision } from '../../src/policy/decision.ts'
import { CEL_FUNCTIONS, HELPER_FUNCTIONS, MACROS, VARIABLES } from '../../src/policy/expression/functions.ts'
import { userShape } from '../../src/policy/expression/shape.ts'
import { decide } from '../../src/policy/decide.ts'
import { LIMITS } from '../../src/policy/limits.ts'
import { DEFAULT_OWNS, GIVEN, OWNS } from '../../src/policy/schema.ts'
import { USER } from '../../src/scim/schema/resource-type.ts'
import { factsOf, goldenText, readGolden, type Golden, type GoldenPerson } from './golden.ts'

const MARK = /^<!-- (golden|code): ([\w.-]+) -->\n[^]*?^<!-- \/\1 -->$/gm

/** The guide with everything between marks written anew. */
export const guideAnew = (guide: string): string =>
  guide.replaceAll(MARK, (_whole, kind: string, name: string) => {
    const body = kind === 'golden' ? example(name) : (SECTIONS[name] ?? (() => `no such section: ${name}`))()
    return `<!-- ${kind}: ${name} -->\n${body.trim()}\n<!-- /${kind} -->`
  })

/** Golden files that the guide shows. */
export const shownIn = (guide: string): string[] =>
  [...guide.matchAll(MARK)].filter(([, kind]) => kind === 'golden').map(([, , name = '']) => name)

function example(file: string): string {
  const golden = readGolden(file)
  const rows = golden.people.map((person) => `| ${cell(person.is)} | ${cell(outcome(golden, person))} |`)
  return `\`\`\`yaml\n${policyText(file)}\`\`\`\n\n| who | what becomes of them |\n|---|---|\n${rows.join('\n')}`
}

/** The policy of a golden file as it is written there. */
function policyText(file: string): string {
  const block = /^policy:\n((?: .*\n|\n)+)/m.exec(goldenText(file))?.[1] ?? ''
  return block.replace(/^ {2}/gm, '')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

function outcome(golden: Golden, person: GoldenPerson): string {
  const { policy } = compilePolicy(golden.policy)
  if (policy === undefined) throw new Error(`the policy of "${golden.about}" cannot be used`)
  return inWords(decide(policy, factsOf(person, golden.defaults)))
}

function inWords(decision: Decision): string {
  if (decision.kind === 'wait') return `wait: ${decision.why}`
  if (decision.kind === 'hold') return `held: ${decision.why}`
  if (decision.kind === 'none') return `no account: ${decision.why}`
  const { wish, grantsOnCreate } = decision
  if (!wish.active) return 'disabled'
  const follows = [
    ...GIVEN.flatMap((key) => (wish.attributes[key] === undefined ? [] : [`${key} ${wish.attributes[key] ?? 'none'}`])),
    ...grantsInWords(wish.grants),
  ]
  const kept = new Set(Object.keys(wish.grants ?? {}))
  const starts = [
    ...Object.entries(wish.onCreate).flatMap(([key, value]) =>
      wish.attributes[key as 'role'] === undefined ? [`${key} ${value ?? 'none'}`] : [],
    ),
    ...grantsInWords(Object.fromEntries(Object.entries(grantsOnCreate).filter(([kind]) => !kept.has(kind)))),
  ]
  const parts = [
    ...(starts.length === 0 ? [] : [`starts with ${starts.join(', ')}`]),
    ...(follows.length === 0 ? [] : [`always has ${follows.join(', ')}`]),
  ]
  return parts.length === 0 ? 'an account' : `an account; ${parts.join('; ')}`
}

const grantsInWords = (grants: Extract<Decision, { kind: 'account' }>['grantsOnCreate'] | undefined): string[] =>
  Object.entries(grants ?? {}).flatMap(([kind, { want }]) =>
    want.length === 0
      ? [`no ${kind}`]
      : want.map(({ id, level }) => `${kind} ${id}${level === undefined ? '' : ` (level ${level})`}`),
  )

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n')

const SECTIONS: Readonly<Record<string, () => string>> = {
  variables: () =>
    table(
      ['variable', 'what it is'],
      [...VARIABLES].map(([name, does]) => [`\`${name}\``, does]),
    ),
  functions: () =>
    table(
      ['function', 'what it gives', 'example', 'is'],
      [...HELPER_FUNCTIONS.values()].map(({ name, wants, does, example: [expression, result] }) => [
        `\`${name}(${wants.join(', ')})\``,
        does,
        `\`${expression}\``,
        `\`${JSON.stringify(result)}\``,
      ]),
    ),
  cel: () =>
    [
      ...[...CEL_FUNCTIONS.values()].map(({ does }) => `- ${does}`),
      ...[...MACROS].filter(([name]) => name !== 'exists_one').map(([, form]) => `- \`${form}\``),
    ].join('\n'),
  user: () => {
    const shape = userShape(USER)
    const names = shape.kind === 'record' ? [...shape.fields.keys()].filter((name) => !name.startsWith('urn:')) : []
    return names.map((name) => `\`user.${name}\``).join(', ')
  },
  owns: () =>
    table(
      ['owned by default', 'keys'],
      OWNS.map((owns) => [owns, Object.entries(DEFAULT_OWNS).filter(([, is]) => is === owns).map(([key]) => `\`${key}\``).join(', ')]).filter(([, keys]) => keys !== ''),
    ), // prettier-ignore
  limits: () =>
    table(
      ['what', 'at most'],
      [
        ['characters of one expression', String(LIMITS.expression)],
        ['characters of all expressions of a policy', String(LIMITS.expressions)],
        ['rules', String(LIMITS.rules)],
        ['brackets inside one another', String(LIMITS.depth)],
        ['`all`, `exists`, `existsOne`, `filter`, `map` inside one another', String(LIMITS.macros)],
        ['elements of a list, and so groups of a person', String(LIMITS.list)],
        ['characters of a text that is looked at or made', String(LIMITS.text)],
        ['characters of a value in an account', String(LIMITS.value)],
        ['regular expressions of a policy', String(LIMITS.patterns)],
        ['steps that all expressions take together for one person', String(LIMITS.steps)],
      ],
    ),
}
