/**
 * What a policy comes to for one person, why, and what it would change of their account now.
 * Decides what is read for it; must not write anything, neither here nor in the app.
 */
import { explain } from '../policy/explain.ts'
import type { Explanation } from '../policy/decision.ts'
import type { Facts } from '../policy/facts.ts'
import type { Compiled } from '../policy/compile.ts'
import type { Policy } from '../policy/policy.ts'
import type { PolicyProblem } from '../policy/problem.ts'
import type { Db } from '../store/db.ts'
import { textOfAppKey, type AppKey } from '../store/deliveries.ts'
import { listPresent, peopleOf, type ComparedIdentity } from '../store/difference-people.ts'
import { readCurrentPolicy } from '../store/policies.ts'
import { readUnsettable } from '../store/unsettable.ts'
import { findNamed, readPolicyStanding, type NamedIdentity } from '../store/views/policies.ts'
import { groupsOfUsers } from '../store/views/user-groups.ts'
import { askedBy } from './asked.ts'
import { compareNow, type ComparedNow, type Difference } from './compare-now.ts'
import type { OpenTarget } from './delivery-context.ts'
import { groupsKnown } from './read-facts.ts'

export interface PolicyTestContext {
  readonly db: Db
  /** By the text of their key. */
  readonly targets: ReadonlyMap<string, OpenTarget>
  /** Checks a policy of a tenant. */
  readonly compile: (tenant: string, document: unknown) => Compiled
  readonly now: () => Date
  readonly sleep: (seconds: number) => Promise<unknown>
}

export interface PolicyTest extends AppKey {
  readonly userName: string
  readonly connection?: string | undefined
  /** Instead of the policy in force. */
  readonly given?: Policy | undefined
}

export interface Tested extends ComparedNow {
  readonly app: string
  readonly userName: string
  readonly connection: string
  readonly identity: string
  /** Null: the app has none, and everybody gets an account by the standard mapping. */
  readonly version: number | null
  readonly groups: readonly string[]
  readonly explanation: Explanation
}

export type TestResult =
  | { readonly ok: true; readonly tested: Tested }
  | {
      readonly ok: false
      readonly refusal:
        | { readonly kind: 'no-such-app' }
        | { readonly kind: 'nobody' }
        | { readonly kind: 'several'; readonly connections: readonly string[] }
        /** The one in force cannot be used any more. */
        | { readonly kind: 'problems'; readonly problems: readonly PolicyProblem[] }
    }

export async function testPolicy(context: PolicyTestContext, test: PolicyTest): Promise<TestResult> {
  const { db } = context
  const key = { tenant: test.tenant, app: test.app }
  if ((await readPolicyStanding(db, key)) === undefined) return { ok: false, refusal: { kind: 'no-such-app' } }
  const found = whoIsMeant(await findNamed(db, test))
  if ('kind' in found) return { ok: false, refusal: found }
  const used = await policyFor(context, test)
  if (used.problems !== undefined) return { ok: false, refusal: { kind: 'problems', problems: used.problems } }
  const [identity] = await listPresent(db, key, { ...found, after: found.seq - 1, limit: 1 })
  if (identity === undefined || identity.identity !== found.identity) return { ok: false, refusal: { kind: 'nobody' } }
  const { policy, inForce, version } = used
  const target = context.targets.get(textOfAppKey(key))
  const facts = await factsOf(context, key, { identity, policy, target })
  const compared = await compareNow(context, key, {
    identity,
    policy: inForce,
    answer: askedBy(inForce, facts),
    target: found.attached ? target : undefined,
    unattached: found.attached ? undefined : `the connection ${found.connection} does not have this app`,
  })
  const { userName, connection } = identity
  const groups = facts.groups.map(({ displayName }) => displayName)
  const explanation = explain(policy, facts)
  const tested = { app: key.app, userName, connection, identity: identity.identity, version, groups, explanation }
  const byHand = compared.target.state === 'read' ? await leftToAPerson(db, key, { identity, explanation }) : []
  return { ok: true, tested: { ...tested, ...compared, diff: [...compared.diff, ...byHand] } }
}

/** What the last delivery could not set, as far as it is still wanted. */
async function leftToAPerson(
  db: Db,
  key: AppKey,
  { identity, explanation }: { readonly identity: ComparedIdentity; readonly explanation: Explanation },
): Promise<readonly Difference[]> {
  const left = await readUnsettable(db, key, identity)
  const wanted = new Set(explanation.attributes.flatMap((one) => (one.value === null ? [] : [one.attribute])))
  return left.flatMap(({ attribute, wanted: value, byHand }) =>
    wanted.has(attribute) ? [{ change: 'by-hand', attribute, found: null, wanted: value, detail: byHand }] : [],
  )
}

/** Of several who have the name, the one whose connection has the app. */
function whoIsMeant(
  named: readonly NamedIdentity[],
): NamedIdentity | { readonly kind: 'nobody' } | { readonly kind: 'several'; readonly connections: readonly string[] } {
  const attached = named.filter((one) => one.attached)
  const meant = attached.length > 0 ? attached : named
  const [only] = meant
  if (only === undefined) return { kind: 'nobody' }
  return meant.length === 1 ? only : { kind: 'several', connections: meant.map(({ connection }) => connection) }
}

type Used =
  | {
      readonly problems?: undefined
      /** What is explained. */
      readonly policy: Policy
      /** What a delivery decides by; undefined where the app has none. */
      readonly inForce: Policy | undefined
      readonly version: number | null
    }
  | { readonly problems: readonly PolicyProblem[] }

async function policyFor({ db, compile }: PolicyTestContext, { given, ...key }: PolicyTest): Promise<Used> {
  if (given !== undefined) return { policy: given, inForce: given, version: null }
  const current = await readCurrentPolicy(db, key)
  // No policy comes to the same as one that says nothing, which can be explained.
  const { policy, problems } = compile(key.tenant, current?.document ?? {})
  if (policy === undefined) return { problems }
  return { policy, inForce: current === undefined ? undefined : policy, version: current?.version ?? null }
}

interface About {
  readonly identity: ComparedIdentity
  readonly policy: Policy
  readonly target: OpenTarget | undefined
}

/** All that is known, whether the policy looks at it or not: it is shown, too. */
async function factsOf(
  { db, now }: PolicyTestContext,
  { tenant, app }: AppKey,
  { identity, policy, target }: About,
): Promise<Facts> {
  const { connection, identity: id, link, created } = identity
  const world = { tenant, connection }
  const groups = (await groupsOfUsers(db, world, [id])).get(id) ?? []
  const person = (await peopleOf(db, world, [id])).get(id)
  const grouped = groups.length > 0 || link.account !== undefined
  return {
    identity,
    groups: groups.map((group) => ({ ...group, externalId: group.externalId ?? undefined })),
    groupsKnown: groupsKnown({ grouped, since: created, minutes: policy.waitForGroups.minutes, now: now() }),
    app: { id: app, defaults: target?.defaults ?? {} },
    ...(person === undefined ? {} : { person }),
  }
}
