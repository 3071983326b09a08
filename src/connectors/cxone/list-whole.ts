/**
 * All accounts with what they hold, in a number of calls that does not grow with each of them: pages of agents and of
 * assignments, and a list a group (facts, sections 5.1, 5.2 and 5.5).
 * Decides how the lists are joined; must not read anybody one by one.
 */
import type { Account } from '../../identity/account.ts'
import type { Ask } from './client.ts'
import type { Parts } from './parts.ts'
import type { User } from './schema.ts'
import { wholeAccount, type AcdView } from './whole.ts'

interface Listed {
  readonly users: readonly User[]
  /** The same, in the same order. */
  readonly plain: readonly Account[]
}

/** `short` says what may be missing. */
export async function listWhole(
  parts: Parts,
  ask: Ask,
  { users, plain }: Listed,
): Promise<{ readonly records: readonly Account[]; readonly short?: string }> {
  const agents = await parts.agents.everyone(ask)
  const skills = await parts.skills.everybodys(ask)
  const groupIds = (await parts.catalogue.load(ask, 'group')).map(({ id }) => id)
  const groups = await parts.groups.everybodys(ask, groupIds)
  const userOf = new Map(agents.records.map(({ id, userId }) => [id, userId ?? id]))
  const views = new Map<string, AcdView>()
  for (const agent of agents.records) {
    if (agent.userId === undefined) continue
    const { manager } = agent
    views.set(agent.userId, {
      agent,
      manager: manager === undefined ? null : (userOf.get(manager) ?? manager),
      skills: skills.byAgent.get(agent.id) ?? [],
      groups: groups.byAgent.get(agent.id) ?? [],
    })
  }
  const records = plain.flatMap((account, index) => {
    const user = users[index]
    if (user === undefined) return []
    const view = views.get(user.id)
    const seen = { plain: account, user, view, listed: true, hidden: parts.sight.hidden(user.id) }
    return [{ ...wholeAccount(seen), ...parts.sight.unsettable() }]
  })
  const short = [agents, skills, groups].some((list) => list.short)
  return short ? { records, short: 'the ACD listed fewer agents or assignments than it says there are.' } : { records }
}
