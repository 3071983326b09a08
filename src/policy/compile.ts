/**
 * From a policy as somebody wrote it to one that can be decided by, or everything that is wrong with it.
 * Decides whether a policy can be used; must not know a person.
 */
import { USER, type ResourceType } from '../scim/schema/resource-type.ts'
import { canonicalText } from './canonical.ts'
import { compilation, type Compilation } from './compilation.ts'
import { compileGift } from './compile-gift.ts'
import { languageOf } from './expression/expression.ts'
import { userShape } from './expression/shape.ts'
import { mentionsOf } from './mentions.ts'
import type { Parts, Ruling, Takes } from './parts.ts'
import type { Mentions, Policy } from './policy.ts'
import type { PolicyProblem } from './problem.ts'
import { DEFAULT_OWNS, MAPPED, policySchema, SEVERAL, type PolicyDocument, type Several } from './schema.ts'
import { problemsOfSchema } from './schema-problems.ts'

export interface CompileOptions {
  /** The User as this server has it, with the extensions that were declared. Without it, the User of RFC 7643. */
  readonly user?: ResourceType
}

export type Compiled =
  | { readonly policy: Policy; readonly problems?: undefined }
  | { readonly problems: readonly [PolicyProblem, ...PolicyProblem[]]; readonly policy?: undefined }

export type CompilePolicy = (document: unknown, options?: CompileOptions) => Compiled

/** Reads a document: what YAML or JSON made of it; `undefined`, `null` and `{}` are the policy that says nothing. Never throws. */
export const compilePolicy: CompilePolicy = (document, options = {}) => {
  const parsed = policySchema.safeParse(document ?? {})
  if (!parsed.success) return failed(problemsOfSchema(parsed.error, document)) ?? unusable()
  const compiling = compilation(languageOf(userShape(options.user ?? USER)))
  const parts = partsOf(parsed.data, compiling)
  return failed(compiling.problems) ?? { policy: policyOf(parsed.data, parts) }
}

const failed = (problems: readonly PolicyProblem[]): Compiled | undefined => {
  const [first, ...others] = problems
  return first === undefined ? undefined : { problems: [first, ...others] }
}

const unusable = (): Compiled => ({
  problems: [{ path: [], at: '', message: 'this is no policy', fix: 'See docs/guide/policy.md.' }],
})

function partsOf(document: PolicyDocument, compiling: Compilation): Parts {
  const { account, otherwise } = document
  const when =
    account.when === undefined ? undefined : compiling.compile(account.when, ['account', 'when'], 'yes or no')
  const mapping = MAPPED.flatMap((key) => {
    const text = document.attributes[key]
    const from = text === undefined ? undefined : compiling.compile(text, ['attributes', key], 'text')
    return from === undefined ? [] : [{ key, from }]
  })
  const rules = document.rules.map((_rule, at) => ruling(document, at, compiling))
  const gift = typeof otherwise === 'object' ? compileGift(otherwise, ['otherwise'], compiling) : otherwise
  checkOwns(document, compiling)
  const places = new Map(compiling.located.flatMap(({ expression }) => [...expression.reads.places]))
  const variables = new Set(compiling.located.flatMap(({ expression }) => [...expression.reads.variables]))
  return {
    ...(when === undefined ? {} : { when }),
    invite: account.invite,
    mapping,
    // The sort is stable: of equal priority the earlier one stays first.
    rules: rules.toSorted((a, b) => b.priority - a.priority),
    otherwise: gift,
    owns: { ...DEFAULT_OWNS, ...document.owns },
    takes: takesOf(document, mentionsOf(document)),
    deactivation: document.deactivation,
    language: compiling.language,
    places: [...places],
    variables,
    whenReadsGroups: when !== undefined && isAboutGroups(when.expression.reads.variables),
  }
}

const isAboutGroups = (variables: ReadonlySet<string>): boolean =>
  ['groups', 'groupIds', 'groupExternalIds'].some((name) => variables.has(name))

function ruling({ rules }: PolicyDocument, at: number, compiling: Compilation): Ruling {
  const rule = rules[at] ?? { name: '', priority: 0, give: {} }
  const path = ['rules', at] as const
  const twin = rules.findIndex(({ name }) => name.toLowerCase() === rule.name.toLowerCase())
  if (twin < at)
    compiling.refuse(
      [...path, 'name'],
      `rules[${twin}] is called "${rule.name}" too`,
      'Give each rule a name of its own.',
    )
  if (Object.values(rule.give).every((value) => value === undefined))
    compiling.refuse([...path, 'give'], 'this rule gives nothing', 'Write what it gives, for example role or skills.')
  const when = rule.when === undefined ? undefined : compiling.compile(rule.when, [...path, 'when'], 'yes or no')
  return {
    name: rule.name,
    priority: rule.priority,
    ...(when === undefined ? {} : { when }),
    gift: compileGift(rule.give, [...path, 'give'], compiling),
  }
}

function checkOwns({ owns }: PolicyDocument, { refuse }: Compilation): void {
  if (owns.userName !== undefined && owns.userName !== 'always')
    refuse(
      ['owns', 'userName'],
      'the user name is what an account is found by, so it is always owned',
      'Remove this line.',
    )
}

function takesOf({ takes }: PolicyDocument, { named, open }: Mentions): ReadonlyMap<Several, Takes> {
  const all = new Map<Several, Takes>()
  for (const key of Object.keys(SEVERAL) as Several[]) {
    if (named[key].length === 0 && !open.includes(key)) continue
    const said = takes[key]
    const listed = named[key].map(({ name }) => name)
    const following = said === undefined || said === 'listed' ? listed : said
    all.set(key, { following, returning: said === undefined ? 'all' : following })
  }
  return all
}

function policyOf(document: PolicyDocument, parts: Parts): Policy {
  return {
    document,
    canonical: canonicalText(document),
    deactivation: document.deactivation,
    readsGroups: isAboutGroups(parts.variables),
    readsPerson: parts.variables.has('person'),
    waitForGroups: document.waitForGroups,
    mentions: mentionsOf(document),
    parts,
  }
}
