/**
 * Teams: whether they can be read, and the one that new accounts get (facts, section 4.4).
 * Decides which team is meant; must not change any.
 */
import type { Finding } from '../../doctor.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import { rowsOf, textOf, type Probe, type Row } from './probe.ts'
import { isRefusedAs } from './refused.ts'

const PAGE = 100
const PATH = '/user-management/v4/teams/search'

/** `named`: as defaults have it. */
export async function teams(probe: Probe, named: string | undefined): Promise<readonly Finding[]> {
  const listed = await probe(PATH, { filter: {}, skip: 0, top: PAGE })
  if (!listed.ok) {
    const why = `Teams could not be read: ${listed.refusal.detail.replace(/ Give the role of .*$/, '')}`
    return [isRefusedAs('teams-view', listed), cannotTell('team', why)]
  }
  const view = isWell('teams-view', 'Teams can be read.')
  const rows = rowsOf(listed.body, 'teams')
  if (named === undefined) return [view, ofItsOwn(rows)]
  const team = find(rows, named)
  const total = Number(listed.body['totalRecords'] ?? Number.NaN)
  const complete = rows.length < PAGE || rows.length >= total
  if (team !== undefined || complete) return [view, teamFinding(team, named)]
  // Of that name: the filter is documented, and whether it is exact is not.
  const byName = await probe(PATH, { filter: { name: [named] }, skip: 0, top: PAGE })
  const found = byName.ok ? find(rowsOf(byName.body, 'teams'), named) : undefined
  if (found !== undefined) return [view, teamFinding(found, named)]
  return [view, cannotTell('team', `The team ${named} was not among the first ${PAGE}, and there are more.`)]
}

const find = (rows: readonly Row[], named: string): Row | undefined =>
  rows
    .filter((row) =>
      ['id', 'name'].some((field) => textOf(row, field)?.trim().toLowerCase() === named.trim().toLowerCase()),
    )
    .toSorted((a, b) => Number(isActive(b)) - Number(isActive(a)))[0]

const isActive = (row: Row): boolean => (textOf(row, 'status') ?? 'ACTIVE').toUpperCase() === 'ACTIVE'

function teamFinding(team: Row | undefined, named: string): Finding {
  if (team === undefined) return isNot('team', 'missing', { found: `There is no team ${named}.` })
  if (isActive(team)) return isWell('team', `The team ${named} is there and active.`)
  return isNot('team', 'blocked', {
    found: `The team ${named} is ${textOf(team, 'status')}, so nobody can be put in it.`,
  })
}

/** Without one in the entry, CXone's own default may do. */
function ofItsOwn(rows: readonly Row[]): Finding {
  const own = rows.find((row) => row['isDefault'] === true && isActive(row))
  return own === undefined
    ? cannotTell('team', 'The entry names no team under defaults, so the policy has to give one to everybody.')
    : isWell('team', `The entry names no team; the default of CXone is ${textOf(own, 'name')}.`)
}
