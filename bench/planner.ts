/**
 * How many plans a second are made, with nothing but the planner: no database, no app.
 * Decides what people and accounts look like; must not be asserted on: figures depend on the machine.
 */
import type { Account, AttributeName } from '../src/identity/account.ts'
import { projectWish } from '../src/identity/project.ts'
import { personNames } from '../src/identity/person-names.ts'
import { plan, type Abilities, type Situation } from '../src/reconcile/plan.ts'
import type { UserDocument } from '../src/scim/resource.ts'
import { user } from './scim-phases.ts'

/** What the simulated CXone can do; here, so that the planner is all that is measured. */
const HELD: readonly AttributeName[] = [
  'userName',
  'givenName',
  'familyName',
  'email',
  'mobile',
  'timeZone',
  'role',
  'team',
]
const ABILITIES: Abilities = {
  creates: HELD,
  updates: HELD,
  reads: HELD,
  requires: ['userName', 'givenName', 'familyName', 'email', 'role', 'team'],
  updatesInactive: false,
}
const DEFAULTS = { role: 'agent', team: 'default' }

interface Person {
  readonly document: UserDocument
  readonly active: boolean
  readonly account: Account | 'absent'
}

type Kind = 'create' | 'drift' | 'deactivate' | 'nothing to do'

const KINDS: Readonly<Record<Kind, (n: number) => Person>> = {
  create: (n) => ({ document: documentOf(n), active: true, account: 'absent' }),
  drift: (n) => ({ document: documentOf(n), active: true, account: accountOf(n, { familyName: `Was${n}` }) }),
  deactivate: (n) => ({ document: documentOf(n), active: false, account: accountOf(n) }),
  'nothing to do': (n) => ({ document: documentOf(n), active: true, account: accountOf(n) }),
}

export interface PlannerOptions {
  readonly people: number
  /** Of each kind. */
  readonly seconds: number
}

/** Plans a second by what they come to, each from the document that is kept to the steps; and all kinds in turn. */
export async function measurePlanner({ people, seconds }: PlannerOptions): Promise<Readonly<Record<string, number>>> {
  const figures: Record<string, number> = { people }
  const all = Object.values(KINDS)
  const mixed = Array.from({ length: people }, (_, n) => all[n % all.length]?.(n)).filter((one) => one !== undefined)
  for (const [kind, make] of Object.entries(KINDS))
    figures[`${kind}, plans a second`] = plansPerSecond(
      Array.from({ length: people }, (_, n) => make(n)),
      seconds,
    )
  figures['all in turn, plans a second'] = plansPerSecond(mixed, seconds)
  return figures
}

const BETWEEN_LOOKS = 1_000

function plansPerSecond(people: readonly Person[], seconds: number): number {
  let [made, steps] = [0, 0]
  // What was not compiled yet is no figure of the planner.
  for (const person of people) steps += planOf(person).length
  const started = performance.now()
  while (performance.now() - started < seconds * 1000) {
    for (let n = 0; n < BETWEEN_LOOKS; n++) {
      const person = people[made++ % people.length]
      if (person !== undefined) steps += planOf(person).length
    }
  }
  if (steps < made) throw new Error('a plan had no step')
  return Math.round(made / ((performance.now() - started) / 1000))
}

function planOf({ document, active, account }: Person): ReturnType<typeof plan> {
  const wish = projectWish({ document, active, deleted: false }, DEFAULTS)
  const person = personNames(wish.attributes)
  const situation: Situation = {
    wish,
    account,
    linked: account !== 'absent',
    abilities: ABILITIES,
    standing: { person, adopt: 'matching', known: person },
  }
  return plan(situation)
}

const documentOf = (n: number): UserDocument => user(n) as UserDocument

/** As the app would show the n-th person, but for what somebody changed there. */
function accountOf(n: number, changed: Account['attributes'] = {}): Account {
  const { attributes } = projectWish({ document: documentOf(n), active: true, deleted: false }, DEFAULTS)
  const held = Object.fromEntries(HELD.map((name) => [name, attributes[name] ?? null]))
  return { id: `a${n}`, state: 'active', attributes: { ...held, ...DEFAULTS, ...changed }, roles: [DEFAULTS.role] }
}
