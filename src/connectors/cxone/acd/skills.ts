/**
 * The skills that agents hold, and at which level (facts, section 5.2).
 * Decides how they are given, changed and taken; must not decide who gets which.
 */
import type { Grant } from '../../../identity/account.ts'
import { ConnectorError } from '../../contract.ts'
import type { Ask } from '../client.ts'
import type { CxoneSettings } from '../config.ts'
import type { Acd, Listed } from './client.ts'
import { missed, shown, tryAll, type Trial } from './confirm.ts'
import { rowResults, type FailedRow } from './rows.ts'
import { assignmentPage, type Assignment } from './schema.ts'

export interface Skills {
  /** In an order that does not depend on the read. */
  heldBy(ask: Ask, agentId: string): Promise<readonly Grant[]>
  /** By agentId. */
  everybodys(ask: Ask): Promise<{ readonly byAgent: ReadonlyMap<string, readonly Grant[]>; readonly short: boolean }>
  /** Answers what is held afterwards. Throws where a level or a skill does not show. */
  give(ask: Ask, agentId: string, grants: readonly Grant[]): Promise<readonly Grant[]>
  take(ask: Ask, agentId: string, ids: readonly string[]): Promise<readonly Grant[]>
}

export function openSkills(acd: Acd, settings: CxoneSettings): Skills {
  /** What was read last: decides only whether it is read again before a write. */
  const lately = new Map<string, readonly Grant[]>()

  const heldBy: Skills['heldBy'] = async (ask, agentId) => {
    const { records } = await acd.list(ask, {
      path: `/agents/${encodeURIComponent(agentId)}/skills`,
      schema: assignmentPage,
      keyOf: ({ grant }) => grant.id,
    })
    const held = records.filter((row) => row.held).map(({ grant }) => grant)
    if (lately.size >= 1000) lately.clear()
    lately.set(agentId, held.toSorted(byId))
    return held.toSorted(byId)
  }
  /** As read last; read afresh where nothing was, or where there would be nothing to do. */
  const knownFor = async (ask: Ask, agentId: string, done: (held: readonly Grant[]) => boolean) => {
    const known = lately.get(agentId)
    return known === undefined || done(known) ? heldBy(ask, agentId) : known
  }
  const showing = (ask: Ask, agentId: string, expected: (held: readonly Grant[]) => boolean) => ({
    settings,
    read: () => heldBy(ask, agentId),
    expected,
  })

  return {
    heldBy,
    everybodys: async (ask) => gathered(await Promise.all([true, false].map((active) => allOf(acd, ask, active)))),
    give: async (ask, agentId, grants) => {
      const writing = { acd, ask, agentId }
      const all = (held: readonly Grant[]) => grants.every((grant) => isHeld(grant, held))
      const known = await knownFor(ask, agentId, all)
      if (all(known)) return known
      const trial = await tryAll(
        writesFor(
          writing,
          grants.filter((grant) => !isHeld(grant, known)),
          known,
        ),
      )
      let held = await shown(trial, showing(ask, agentId, all))
      if (all(held)) return held
      const left = grants.filter((grant) => !isHeld(grant, held))
      const second = await tryAll(writesFor(writing, left, held))
      held = await shown(second, showing(ask, agentId, all))
      const wrong = left.find((grant) => !isHeld(grant, held))
      if (wrong !== undefined) throw refusalFor(wrong, held, second)
      return held
    },
    take: async (ask, agentId, ids) => {
      const none = (held: readonly Grant[]) => !held.some(({ id }) => ids.includes(id))
      const known = await knownFor(ask, agentId, none)
      if (none(known)) return known
      const writes = known
        .filter(({ id }) => ids.includes(id))
        .map(({ id }) => () => {
          const path = `/skills/${encodeURIComponent(id)}/agents/${encodeURIComponent(agentId)}`
          return acd.ask(ask, { method: 'DELETE', path, writes: true }, rowResults)
        })
      const trial = await tryAll(writes)
      const still = (held: readonly Grant[]) => ids.find((id) => held.some((grant) => grant.id === id))
      const held = await shown(
        trial,
        showing(ask, agentId, (now) => still(now) === undefined),
      )
      const about = still(held)
      if (about !== undefined)
        throw missed(trial, { what: `the removal of skill ${about}`, code: 'unknown-skill', about })
      return held
    },
  }
}

interface Writing {
  readonly acd: Acd
  readonly ask: Ask
  readonly agentId: string
}

/** New ones are posted; of held ones the level is put. */
function writesFor({ acd, ask, agentId }: Writing, grants: readonly Grant[], held: readonly Grant[]) {
  const path = `/agents/${encodeURIComponent(agentId)}/skills`
  const isKnown = ({ id }: Grant) => held.some((grant) => grant.id === id)
  const write = (method: 'POST' | 'PUT', some: readonly Grant[]) => (): Promise<readonly FailedRow[]> => {
    const skills = some.map(({ id, level }) => ({
      skillId: id,
      ...(level === undefined ? {} : { proficiency: level }),
      isActive: true,
    }))
    return acd.ask(ask, { method, path, body: { skills }, writes: true }, rowResults)
  }
  const [fresh, changed] = [grants.filter((grant) => !isKnown(grant)), grants.filter(isKnown)]
  return [...(fresh.length > 0 ? [write('POST', fresh)] : []), ...(changed.length > 0 ? [write('PUT', changed)] : [])]
}

/** Who says no level is content with any. */
const isHeld = ({ id, level }: Grant, held: readonly Grant[]): boolean =>
  held.some((one) => one.id === id && (level === undefined || one.level === level))

function refusalFor(wrong: Grant, held: readonly Grant[], trial: Trial): ConnectorError {
  const found = held.find(({ id }) => id === wrong.id)
  const what = `skill ${wrong.id}${wrong.level === undefined ? '' : ` at level ${wrong.level}`}`
  if (found === undefined || trial.failed.length > 0 || trial.refusal !== undefined)
    return missed(trial, { what, code: 'unknown-skill', about: wrong.id })
  const detail = `CXone was asked for ${what} and holds it at ${found.level ?? 'no level'}; see which levels it has (settings proficiencyMin and proficiencyMax).`
  return new ConnectorError({ code: 'policy-invalid', retry: 'later', about: wrong.id, detail })
}

const allOf = (acd: Acd, ask: Ask, active: boolean): Promise<Listed<Assignment>> =>
  acd.list(ask, {
    path: `/agents/skills?isAgentActive=${active}&isActive=true`,
    schema: assignmentPage,
    keyOf: ({ agentId, grant }) => `${agentId} ${grant.id}`,
    orderBy: 'agentId',
  })

function gathered(lists: readonly Listed<Assignment>[]): Awaited<ReturnType<Skills['everybodys']>> {
  const rows = lists.flatMap(({ records }) => records).filter(({ held }) => held)
  const byAgent = new Map<string, readonly Grant[]>()
  for (const [agentId, some] of Map.groupBy(rows, (row) => row.agentId)) {
    const grants = new Map(some.map(({ grant }) => [grant.id, grant]))
    byAgent.set(agentId, [...grants.values()].toSorted(byId))
  }
  return { byAgent, short: lists.some(({ short }) => short) }
}

export const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1)
