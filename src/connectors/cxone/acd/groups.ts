/**
 * The ACD groups that agents are in (facts, section 5.5).
 * Decides how somebody is put in and taken out; must not decide who is in which.
 */
import type { Grant } from '../../../identity/account.ts'
import type { Ask } from '../client.ts'
import type { CxoneSettings } from '../config.ts'
import { wireId, type Acd } from './client.ts'
import { missed, shown, tryAll } from './confirm.ts'
import { rowResults } from './rows.ts'
import { agentGroups, groupAgents } from './schema.ts'
import { byId } from './skills.ts'

export interface Groups {
  /** In an order that does not depend on the read. */
  heldBy(ask: Ask, agentId: string): Promise<readonly Grant[]>
  /** By agentId, of all these groups. */
  everybodys(
    ask: Ask,
    groupIds: readonly string[],
  ): Promise<{ readonly byAgent: ReadonlyMap<string, readonly Grant[]>; readonly short: boolean }>
  /** Answers what is held afterwards. */
  give(ask: Ask, agentId: string, grants: readonly Grant[]): Promise<readonly Grant[]>
  take(ask: Ask, agentId: string, ids: readonly string[]): Promise<readonly Grant[]>
}

export function openGroups(acd: Acd, settings: CxoneSettings): Groups {
  /** What was read last: decides only whether it is read again before a write. */
  const lately = new Map<string, readonly Grant[]>()
  const heldBy: Groups['heldBy'] = async (ask, agentId) => {
    const path = `/agents/${encodeURIComponent(agentId)}/groups`
    const { records } = await acd.ask(ask, { method: 'GET', path }, agentGroups)
    const held = records.map((id) => ({ id })).toSorted(byId)
    if (lately.size >= 1000) lately.clear()
    lately.set(agentId, held)
    return held
  }

  interface Move {
    readonly method: 'POST' | 'DELETE'
    readonly agentId: string
    readonly ids: readonly string[]
  }
  /** One call a group, then one read for all of them. */
  const move = async (ask: Ask, { method, agentId, ids }: Move): Promise<readonly Grant[]> => {
    const isIn = (held: readonly Grant[], id: string) => held.some((grant) => grant.id === id)
    const wrongIn = (held: readonly Grant[]) => ids.filter((id) => isIn(held, id) !== (method === 'POST'))
    const last = lately.get(agentId)
    const known = last === undefined || wrongIn(last).length === 0 ? await heldBy(ask, agentId) : last
    if (wrongIn(known).length === 0) return known
    const body = { agents: [{ agentId: wireId(agentId) }] }
    const writes = wrongIn(known).map((id) => () => {
      const path = `/groups/${encodeURIComponent(id)}/agents`
      return acd.ask(ask, { method, path, body, writes: true }, rowResults)
    })
    const trial = await tryAll(writes)
    const held = await shown(trial, {
      settings,
      read: () => heldBy(ask, agentId),
      expected: (now) => wrongIn(now).length === 0,
    })
    const [about] = wrongIn(held)
    const what = `the ${method === 'POST' ? 'place in' : 'removal from'} group ${about}`
    if (about !== undefined) throw missed(trial, { what, code: 'unknown-group', about })
    return held
  }

  return {
    heldBy,
    everybodys: async (ask, groupIds) => {
      const byAgent = new Map<string, readonly Grant[]>()
      let short = false
      for (const id of groupIds.toSorted()) {
        const path = `/groups/${encodeURIComponent(id)}/agents?assigned=true`
        const listed = await acd.list(ask, { path, schema: groupAgents, keyOf: (agentId) => agentId })
        short ||= listed.short
        for (const agentId of listed.records) byAgent.set(agentId, [...(byAgent.get(agentId) ?? []), { id }])
      }
      return { byAgent, short }
    },
    give: (ask, agentId, grants) => move(ask, { method: 'POST', agentId, ids: grants.map(({ id }) => id) }),
    take: (ask, agentId, ids) => move(ask, { method: 'DELETE', agentId, ids }),
  }
}
