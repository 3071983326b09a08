/**
 * The two regions of the demo: who of Okta works where, in which of its groups, and what the policies come to for them.
 * Decides it as somebody would who reads the two policies beside this file; must not evaluate them, nor compare anything.
 */
import type { Group } from '../../sim/idp/groups.ts'
import type { Person } from '../../sim/idp/people.ts'

export const REGION_IDS = ['na1', 'eu1'] as const
export type RegionId = (typeof REGION_IDS)[number]

/** Groups that Okta pushes. */
export const GROUPS = {
  care: { key: 'care', displayName: 'Customer Care' },
  support: { key: 'support', displayName: 'Technical Support' },
  quality: { key: 'quality', displayName: 'Quality' },
} as const satisfies Record<string, Group>

export type GroupId = keyof typeof GROUPS
export const GROUP_IDS = ['care', 'support', 'quality'] as const satisfies readonly GroupId[]

/** What somebody is to have in a business unit, by name, and nothing beside it. */
export interface Equipment {
  readonly role: string
  readonly team: string
  /** Proficiency by skill. */
  readonly skills: Readonly<Record<string, number>>
  readonly groups: readonly string[]
  readonly authenticator: string
}

export interface Placed {
  readonly person: Person
  readonly region: RegionId
  readonly groups: readonly GroupId[]
}

const AUTHENTICATOR = 'Corporate SSO'

type Base = 'care' | 'support'

/** What the rule of a group gives; everybody is in one of these two. */
const BASES: Readonly<Record<RegionId, Readonly<Record<Base, Pick<Equipment, 'team' | 'skills' | 'groups'>>>>> = {
  na1: {
    care: {
      team: 'Denver Customer Care',
      skills: { 'Customer Care Voice': 3, 'Customer Care Chat': 5 },
      groups: ['Early Shift'],
    },
    support: {
      team: 'Montréal Retention',
      skills: { 'Technical Support Voice': 4, French: 2 },
      groups: ['Second Line'],
    },
  },
  eu1: {
    care: {
      team: 'Lisboa Back Office',
      skills: { 'Customer Care Voice': 6, 'Customer Care E-Mail': 2 },
      groups: ['Night Shift'],
    },
    support: {
      team: 'Kraków Technical Support',
      skills: { 'Technical Support Voice': 1, 'Technical Support Chat': 3 },
      groups: ['Escalations'],
    },
  },
}
const QUALITY: Readonly<Record<RegionId, string>> = { na1: 'Floor Trainers', eu1: 'Key Accounts' }

export function equipmentOf({ region, groups }: Placed): Equipment {
  const base = BASES[region][groups.includes('care') ? 'care' : 'support']
  const isQuality = groups.includes('quality')
  return {
    ...base,
    role: isQuality ? 'Evaluator' : 'Agent',
    groups: isQuality ? [...base.groups, QUALITY[region]] : base.groups,
    authenticator: AUTHENTICATOR,
  }
}

/** In this order: country of the directory, and groups. */
const PLACES: readonly (readonly [country: string, region: RegionId, groups: readonly GroupId[]])[] = [
  ['US', 'na1', ['care']],
  ['US', 'na1', ['care', 'quality']],
  ['CA', 'na1', ['support']],
  ['PL', 'eu1', ['care']],
  ['PL', 'eu1', ['support']],
  ['PT', 'eu1', ['care', 'quality']],
]

/** How many people of Okta have a place in a region. */
export const REGIONAL = PLACES.length

export interface Regions {
  readonly people: readonly Placed[]
  /** One of eu1, and the same person after the move. */
  readonly mover: { readonly from: Placed; readonly to: Placed; readonly country: string }
}

/** Gives each of them a country and a place. Throws where there are too few. */
export function regionsFrom(staff: readonly Person[]): Regions {
  const people = PLACES.map(([country, region, groups], at): Placed => {
    const person = staff[at]
    if (person === undefined) throw new Error('the company has too few people for two regions')
    return { person: { ...person, country }, region, groups }
  })
  const from = people.find(({ region }) => region === 'eu1')
  if (from === undefined) throw new Error('nobody works in eu1')
  return { people, mover: { from, to: { ...from, region: 'na1' }, country: 'US' } }
}

export const peopleIn = ({ people }: Regions, region: RegionId): readonly Placed[] =>
  people.filter((placed) => placed.region === region)

export const membersOf = ({ people }: Regions, group: GroupId): readonly Person[] =>
  people.filter(({ groups }) => groups.includes(group)).map(({ person }) => person)
