/**
 * What an open connection is made of.
 * Decides which parts there are and how they are wired; must not call CXone.
 */
import type { ConnectorIo } from '../contract.ts'
import { openAgents, type Agents } from './acd/agents.ts'
import { openAcd, type Acd } from './acd/client.ts'
import { listGroups, listProfiles, listSkills } from './acd/entries.ts'
import { openGroups, type Groups } from './acd/groups.ts'
import { openPutAgent, type PutAgent } from './acd/put-agent.ts'
import { openSkills, type Skills } from './acd/skills.ts'
import { openAuthenticators, type Authenticators } from './authenticators.ts'
import { openCatalogue, type Catalogue } from './catalogue.ts'
import { openCeiling, type Ceiling } from './ceiling.ts'
import type { CxoneConfig, CxoneSettings } from './config.ts'
import { openDirectory, type Directory } from './directory.ts'
import { openSight, type Sight } from './sight.ts'
import { listRoles, listTeams } from './userhub-entries.ts'
import { openWording, type Wording } from './wording.ts'

export interface Parts {
  readonly settings: CxoneSettings
  readonly io: ConnectorIo
  readonly directory: Directory
  readonly catalogue: Catalogue
  readonly wording: Wording
  readonly sight: Sight
  readonly authenticators: Authenticators
  readonly acd: Acd
  readonly agents: Agents
  readonly putAgent: PutAgent
  readonly skills: Skills
  readonly groups: Groups
  readonly ceiling: Ceiling
}

export function openParts({ settings, authenticators: named }: CxoneConfig, io: ConnectorIo): Parts {
  const acd = openAcd(settings)
  const agents = openAgents(acd, settings)
  const authenticators = openAuthenticators(acd, named)
  const catalogue: Catalogue = openCatalogue(io, {
    role: (ask) => listRoles(ask, settings.pageSize),
    team: (ask) => listTeams(ask, settings.pageSize),
    skill: (ask) => listSkills(acd, ask, settings),
    group: (ask) => listGroups(acd, ask),
    authenticator: async (ask) => authenticators.list(ask, await catalogue.recent(ask, 'role')),
    'security-profile': (ask) => listProfiles(acd, ask),
  })
  return {
    settings,
    io,
    directory: openDirectory(settings, io),
    catalogue,
    wording: openWording(),
    sight: openSight(io),
    authenticators,
    acd,
    agents,
    putAgent: openPutAgent({ acd, agents, settings }),
    skills: openSkills(acd, settings),
    groups: openGroups(acd, settings),
    ceiling: openCeiling(acd, settings, io),
  }
}
