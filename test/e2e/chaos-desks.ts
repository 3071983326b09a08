/**
 * Three desks, and the policy by which everybody at them is set up.
 * Decides what each desk gives, once for the policy and once for the oracle.
 */
export const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User'
export const DEPARTMENT = `${ENTERPRISE}:department`

/** By the names of the simulated CXone. */
interface Given {
  readonly role: string
  readonly roles: readonly string[]
  readonly team: string
  readonly skills: Readonly<Record<string, number>>
  readonly groups: readonly string[]
  readonly authenticator: string
  /** The authenticator is CXone's own, so its people are asked in. */
  readonly invites: boolean
}

const PASSWORDS = { authenticator: 'Default System Authenticator', invites: true }
const SSO = { authenticator: 'Corporate SSO', invites: false }

export type Desk = 'Care' | 'Denver' | 'Quality'

export const DESKS: Readonly<Record<Desk, Given>> = {
  Care: {
    role: 'Agent',
    roles: [],
    team: 'Default Team',
    skills: { 'Customer Care Voice': 7, 'Billing Voice': 3 },
    groups: ['Night Shift'],
    ...PASSWORDS,
  },
  Denver: {
    role: 'Agent',
    roles: [],
    team: 'Denver Customer Care',
    skills: { 'Billing Voice': 9, Spanish: 1 },
    groups: ['Early Shift', 'First Aid'],
    ...SSO,
  },
  Quality: { role: 'Evaluator', roles: ['Agent'], team: 'Default Team', skills: {}, groups: ['First Aid'], ...SSO },
}

const NAMES = ['Care', 'Denver', 'Quality'] as const
export const deskOf = (index: number): Desk => NAMES[index % NAMES.length] ?? 'Care'

/** Everything that it names follows it, so who changes desks has what the new one gives and nothing of the old. */
export const openPolicy = (): object => ({
  account: { invite: true },
  owns: {
    role: 'always',
    roles: 'always',
    team: 'always',
    loginAuthenticator: 'always',
    skills: 'always',
    groups: 'always',
  },
  rules: Object.entries(DESKS).map(([desk, { role, roles, team, skills, groups, authenticator }]) => ({
    name: desk,
    when: `user.department == "${desk}"`,
    give: {
      role,
      roles,
      team,
      skills: Object.entries(skills).map(([name, level]) => ({ name, level })),
      groups,
      loginAuthenticator: authenticator,
    },
  })),
  deactivation: { skills: 'take', groups: 'take' },
})
