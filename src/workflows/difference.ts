/**
 * What an app's policy would do to everybody, in numbers and by name; or what another policy would do in its place.
 * Decides the steps of the run and what is kept of it; must not write to any app, nor decide about one person
 * (compare-person.ts).
 */
import type { RunContext } from '../durable/runs.ts'
import type { Account } from '../identity/account.ts'
import type { Compiled } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import { renderPolicyProblem } from '../policy/problem.ts'
import { isNothing, type PersonOutcome } from '../reconcile/difference.ts'
import { add, NO_NUMBERS, warningsOf, type Numbers } from '../reconcile/difference-numbers.ts'
import { isAdministrator } from '../reconcile/protection.ts'
import type { Queryable } from '../store/db.ts'
import { textOfAppKey, type AppKey } from '../store/deliveries.ts'
import { connectionsOf, listGone, listPresent, type ComparedIdentity } from '../store/difference-people.ts'
import {
  beginDifference,
  endDifference,
  endReading,
  listKept,
  writePeople,
  type NewPerson,
} from '../store/differences.ts'
import { comparePage, type ComparedPerson } from './compare-people.ts'
import type { Comparison, PolicyInUse } from './compare-person.ts'
import type { OpenTarget } from './delivery-context.ts'
import type { Planner } from './plan-account.ts'
import { keepEverybody, readNames } from './read-for-difference.ts'

export interface DifferenceContext {
  readonly db: Queryable
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, OpenTarget>
  /** Checks a policy of a tenant. */
  readonly compile: (tenant: string, document: unknown) => Compiled
  readonly now: () => Date
  /** SHA-256 of a value, in hexadecimal. */
  readonly hash: (value: unknown) => string
}

/** People in one step: their documents and accounts are in memory together. */
const PAGE = 200

/** The numbers as they are kept. */
export interface KeptNumbers {
  /** By the policy that was asked about. */
  readonly numbers: Numbers
  /** By the policy in force, where another one was given. */
  readonly inForce: Numbers | null
  /** For whom the two come to something else. */
  readonly differing: number
  readonly warnings: ReturnType<typeof warningsOf>
}

/** Input `{ app, policy? }`; result: what was counted. `policy` is a document that is to be tried in place of the one in force. */
export async function difference(
  context: DifferenceContext,
  run: RunContext,
): Promise<{ difference: string; hash: string | null; verdict: string; people: number }> {
  const key = { tenant: run.tenant, app: String(run.input['app']) }
  const target = context.targets.get(textOfAppKey(key))
  if (target === undefined)
    throw new Error(`The app ${key.app} is not in rollcall.yaml, so there is nothing to compare.`)
  const policies = await policiesOf(context, run, target)
  const of = { policyVersion: policies[0].version ?? null, givenHash: givenHash(context, policies[1]?.policy) }
  await beginDifference(context.db, { id: run.id, ...key, ...of })
  const read = await run.step('read the app', async () => {
    const verdict = await keepEverybody(context.db, run.id, target.connector)
    await endReading(context.db, run.id, verdict)
    return verdict
  })
  const state =
    read.verdict === 'unreachable' ? BEGINNING : await compare(context, run, { key, target, policies, read })
  const [numbers = NO_NUMBERS] = state.numbers.slice(-1)
  const hash = context.hash([state.chain, read.verdict, of])
  const kept: KeptNumbers = {
    numbers,
    inForce: policies.length > 1 ? (state.numbers[0] ?? NO_NUMBERS) : null,
    differing: state.differing,
    warnings: warningsOf(numbers),
  }
  await endDifference(context.db, run.id, { numbers: kept, hash })
  return { difference: run.id, hash, verdict: read.verdict, people: numbers.people }
}

const givenHash = ({ hash }: DifferenceContext, policy: Policy | undefined): string | null =>
  policy === undefined ? null : hash(policy.canonical)

/** The one in force, and the one that was given. */
async function policiesOf(
  { compile }: DifferenceContext,
  { tenant, input }: RunContext,
  target: OpenTarget,
): Promise<readonly [PolicyInUse, ...PolicyInUse[]]> {
  const current = await target.policy()
  const refused = current?.invalid
  const version = current?.version
  const inForce: PolicyInUse = { policy: current?.policy, version, refused }
  if (input['policy'] === undefined) return [inForce]
  const { policy, problems } = compile(tenant, input['policy'])
  if (policy === undefined) throw new Error(`The policy cannot be used: ${renderPolicyProblem(problems[0])}`)
  return [inForce, { policy }]
}

/** Where a run is after a step; all of it is in the journal, so a run that was cut off goes on from there. */
interface State {
  /** Null when everybody was compared. */
  readonly at: { readonly connection: number; readonly who: 'present' | 'gone'; readonly after: string } | null
  /** One for each policy. */
  readonly numbers: readonly Numbers[]
  readonly differing: number
  /** People that were written down. */
  readonly written: number
  /** Of everything so far. */
  readonly chain: string
}

const BEGINNING: State = {
  at: { connection: 0, who: 'present', after: '0' },
  numbers: [],
  differing: 0,
  written: 0,
  chain: '',
}

interface Compare {
  readonly key: AppKey
  readonly target: OpenTarget
  readonly policies: readonly PolicyInUse[]
  readonly read: { readonly verdict: Comparison['verdict'] }
}

async function compare(
  context: DifferenceContext,
  run: RunContext,
  { key, target, policies, read }: Compare,
): Promise<State> {
  const names = await readNames(target.connector)
  const comparison: Comparison = {
    db: context.db,
    key,
    id: run.id,
    target: { ...target, protection: { ...target.protection, rolesFor: async () => names.roles } },
    planner: openPlanner(target),
    names,
    verdict: read.verdict,
    now: context.now(),
    policies,
    administrators: administratorsOf(context.db, run.id, { names, whole: read.verdict === 'whole' }),
  }
  const connections = await connectionsOf(context.db, key)
  let state: State = { ...BEGINNING, numbers: policies.map(() => NO_NUMBERS) }
  for (let page = 1; state.at !== null; page++) {
    const before = state
    state = await run.step(`compare, page ${page}`, () => compareNext(context, comparison, { connections, before }))
  }
  return state
}

/** Compares the next page and writes it down; safe to repeat. */
async function compareNext(
  { db, hash }: DifferenceContext,
  comparison: Comparison,
  { connections, before }: { readonly connections: readonly string[]; readonly before: State },
): Promise<State> {
  const { at } = before
  const connection = at === null ? undefined : connections[at.connection]
  if (at === null || connection === undefined) return { ...before, at: null }
  const page = await pageOf(comparison, connection, at)
  const compared = await comparePage(comparison, connection, page)
  const told = compared.filter(({ outcomes }) => !outcomes.every(isNothing))
  const people = told.map(personOf)
  await writePeople(db, comparison.id, {
    from: before.written,
    people,
    compared: (before.numbers[0]?.people ?? 0) + page.length,
  })
  return {
    at: next(at, page),
    numbers: before.numbers.map((numbers, index) =>
      add(
        numbers,
        compared.flatMap(({ outcomes }) => outcomes[index] ?? []),
      ),
    ),
    differing: before.differing + compared.filter(differs).length,
    written: before.written + people.length,
    chain: hash([before.chain, people]),
  }
}

type At = NonNullable<State['at']>
const NOBODY = '00000000-0000-0000-0000-000000000000'

const pageOf = ({ db, key }: Comparison, connection: string, { who, after }: At): Promise<ComparedIdentity[]> =>
  who === 'present'
    ? listPresent(db, key, { connection, after: Number(after), limit: PAGE })
    : listGone(db, key, { connection, after, limit: PAGE })

/** First who is there, then who is gone and still owns an account, connection by connection. */
function next(at: At, page: readonly ComparedIdentity[]): State['at'] {
  const last = page.at(-1)
  if (last !== undefined && page.length === PAGE)
    return { ...at, after: at.who === 'present' ? String(last.seq) : last.identity }
  if (at.who === 'present') return { ...at, who: 'gone', after: NOBODY }
  return { connection: at.connection + 1, who: 'present', after: '0' }
}

const differs = ({ outcomes: [first, second] }: ComparedPerson): boolean =>
  second !== undefined && JSON.stringify(first) !== JSON.stringify(second)

function personOf(person: ComparedPerson): NewPerson {
  const { identity, outcomes } = person
  const main = outcomes.at(-1) as PersonOutcome
  const notes = [...main.notes, ...(differs(person) ? ['differs' as const] : [])]
  const inForce = outcomes.length > 1 && differs(person) ? outcomes[0] : undefined
  return {
    connection: identity.connection,
    identity: identity.identity,
    userName: identity.userName,
    kinds: [...main.kinds, ...notes],
    detail: { ...main, notes, inForce: inForce ?? null },
  }
}

/** Most answers to what a name means that are kept: policies give the same things to many. */
const MOST_ANSWERS = 2_000

/** Asks the app once for each thing that is wanted, however many want it. */
function openPlanner({ connector }: OpenTarget): Planner {
  const answers = new Map<string, ReturnType<Planner['resolve']>>()
  return {
    capabilities: connector.capabilities,
    canonical: (want) => connector.canonical(want),
    resolve: (want, grants) => {
      const asked = JSON.stringify([want, grants])
      const known = answers.get(asked)
      if (known !== undefined) return known
      if (answers.size >= MOST_ANSWERS) answers.clear()
      const answer = connector.resolve(want, grants)
      answers.set(asked, answer)
      return answer
    },
  }
}

/** Everybody who administers the app, read once and only when somebody asks. */
function administratorsOf(
  db: Queryable,
  id: string,
  { names, whole }: { readonly names: Comparison['names']; readonly whole: boolean },
): Comparison['administrators'] {
  let known: Promise<readonly Account[]> | undefined
  const read = async (): Promise<readonly Account[]> => {
    const found: Account[] = []
    let after = ''
    for (;;) {
      const page = await listKept(db, id, { after, limit: PAGE })
      found.push(...page.filter((account) => isAdministrator(account, names.roles)))
      const last = page.at(-1)
      if (last === undefined) return found
      after = last.id
    }
  }
  return async () => (whole ? (known ??= read()) : undefined)
}
