/**
 * People, scenes and what a check may look at, for tests of the demo's checks.
 * Decides what a story without any fault looks like; must not check anything.
 */
import type { Belief } from '../../sim/idp/beliefs.ts'
import type { Person } from '../../sim/idp/people.ts'
import type { Cast } from '../../examples/demo/cast.ts'
import type { Around, Push } from '../../examples/demo/check.ts'
import type { CxoneCall, CxoneScene, CxoneUser, ScimUser, Scene } from '../../examples/demo/scene.ts'

export const MIA: Person = {
  key: 'k1',
  userName: 'mia@acme.test',
  givenName: 'Mia',
  familyName: 'Roth',
  displayName: 'Mia Roth',
  email: 'mia@acme.test',
  locale: 'de-DE',
  title: 'Agent',
  mobilePhone: '+49 30 1',
}
export const KIM: Person = { ...MIA, key: 'k2', userName: 'kim@acme.test', email: 'kim@acme.test', givenName: 'Kim' }
export const BOTH = [MIA, KIM]

export const accountOf = ({ userName, givenName, familyName, email, mobilePhone }: Person): CxoneUser => ({
  id: `id-${userName}`,
  userName,
  status: 'UNREGISTERED',
  firstName: givenName,
  lastName: familyName,
  emailAddress: email,
  mobileNumber: mobilePhone ?? null,
  role: 'Agent',
  teamId: 't1',
})

export const BEFORE: CxoneUser = {
  id: 'old',
  userName: 'old@alpenglow.example',
  status: 'ACTIVE',
  hireDate: '2020-01-01',
}
export const LEFT: CxoneCall = { seq: 9, at: '2026-01-01T00:00:09.000Z', method: 'POST', path: '/x/user-management/v1/users/deactivate', status: 200 } // prettier-ignore
export const READ: CxoneCall = { seq: 1, at: '2026-01-01T00:00:00.000Z', method: 'GET', path: '/x/user-management/v3/users/1', status: 200 } // prettier-ignore
export const SEARCH: CxoneCall = { ...READ, seq: 2, method: 'POST', path: '/x/user-management/v2/users/search' }

export const deliveryOf = ({ userName }: Person, more: object = {}): Scene['rollcall']['deliveries'][number] => ({
  app: 'cxone-demo',
  connection: 'okta',
  identity: userName,
  userName,
  subject: `account:id-${userName}`,
  wanted: 1,
  delivered: 1,
  state: 'delivered',
  urgency: 'normal',
  attempts: 0,
  next: null,
  code: null,
  detail: null,
  accepted: '2026-01-01T00:00:00.000Z',
  deliveredAt: '2026-01-01T00:00:01.000Z',
  ...more,
})

export const scimOf = ({ userName, title }: Person): ScimUser => ({
  id: userName,
  connection: 'okta',
  userName,
  active: true,
  title,
})

export const linkOf = (more: Partial<Scene['rollcall']['links'][number]> = {}): Scene['rollcall']['links'][number] => ({
  id: 1,
  app: 'cxone-demo',
  connection: 'okta',
  state: 'disputed',
  identity: KIM.userName,
  userName: KIM.userName,
  present: false,
  account: `id-${KIM.userName}`,
  origin: null,
  why: `the account ${KIM.userName} has the privileged role Supervisor`,
  since: '2026-01-01T00:00:00.000Z',
  settled: null,
  ...more,
})

interface Parts {
  readonly users?: readonly CxoneUser[]
  readonly calls?: readonly CxoneCall[]
  readonly mails?: Scene['cxone']['mails']
  readonly scim?: readonly ScimUser[]
  readonly deliveries?: Scene['rollcall']['deliveries']
  readonly links?: Scene['rollcall']['links']
  readonly openItems?: Scene['rollcall']['app']['openItems']
  readonly agents?: CxoneScene['agents']
  readonly eu1?: Partial<CxoneScene>
}

const CATALOGUE: Pick<CxoneScene, 'authenticators' | 'skills' | 'groups'> = {
  authenticators: [
    { id: 'a1', name: 'Default System Authenticator' },
    { id: 'a2', name: 'Corporate SSO' },
  ],
  skills: [
    { skillId: 1, skillName: 'Customer Care Voice' },
    { skillId: 2, skillName: 'Customer Care Chat' },
    { skillId: 3, skillName: 'Customer Care E-Mail' },
  ],
  groups: [
    { groupId: 1, groupName: 'Early Shift' },
    { groupId: 2, groupName: 'Night Shift' },
  ],
}

export const scene = (parts: Parts = {}): Scene => {
  const {
    users = [BEFORE],
    calls = [],
    mails = [],
    scim = [],
    deliveries = [],
    links = [],
    openItems = [],
    agents = [],
    eu1,
  } = parts
  const teams = [
    { id: 't1', name: 'Default Team', status: 'ACTIVE' },
    { id: 't2', name: 'Night', status: 'ACTIVE' },
    { id: 't3', name: 'Denver Customer Care', status: 'ACTIVE' },
    { id: 't4', name: 'Lisboa Back Office', status: 'ACTIVE' },
  ]
  const app = { openItems } as unknown as Scene['rollcall']['app']
  const centre = { ...CATALOGUE, users, calls, mails, teams, agents }
  return {
    cxone: centre,
    eu1: {
      cxone: { ...CATALOGUE, users: [], calls: [], mails: [], teams, agents: [], ...eu1 },
      deliveries: [],
      app: { openItems: [] } as unknown as Scene['eu1']['app'],
    },
    rollcall: { users: scim, deliveries, links, app },
  }
}

export const beliefOf = (person: Person): Belief => ({
  person,
  told: person,
  status: 'linked',
  active: true,
  id: person.userName,
  tasks: [],
})
export const pushOf = (more: Partial<Push> = {}): Push => ({
  from: 'okta',
  userName: MIA.userName,
  ms: 5,
  answered: 1_000,
  complaints: [],
  ...more,
})

export const around = (more: Partial<Around> = {}): Around => ({
  cast: { team: { id: 't2', name: 'Night' } } as Cast,
  first: scene(),
  before: scene(),
  after: scene({
    users: [BEFORE, ...BOTH.map(accountOf)],
    scim: BOTH.map(scimOf),
    deliveries: BOTH.map((person) => deliveryOf(person)),
  }),
  pushes: [pushOf()],
  allPushes: [pushOf()],
  beliefs: BOTH.map(beliefOf),
  ...more,
})

export const withUsers = (...users: readonly CxoneUser[]): Partial<Around> => ({ after: scene({ users }) })
export const mia = accountOf(MIA)
export const kim = accountOf(KIM)
export const called = (...calls: readonly CxoneCall[]): Partial<Around> => ({ after: scene({ calls }) })
export const throttled: CxoneCall = { ...READ, seq: 3, at: '2026-01-01T00:00:01.000Z', status: 429 }
