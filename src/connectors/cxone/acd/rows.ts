/**
 * Row results inside a success (facts, section 7): a 200 may hide that some rows failed.
 * Decides which rows failed and what they said; must not decide what is done about it.
 */
import { z } from 'zod'

export interface FailedRow {
  /** Of the agent, skill or group; empty where the row does not say. */
  readonly id: string
  readonly said: string
}

/** The lists that results come in, inside or outside `resultSet`. */
const LISTS = ['skillResults', 'agentResults', 'results', 'agentSkillResults', 'groupResults']
const IDS = ['skillId', 'agentId', 'groupId', 'teamId']

/** What any batch answers, as the rows that failed. */
export const rowResults = z.looseObject({}).transform((body): readonly FailedRow[] => {
  const inner = body['resultSet']
  const result: Record<string, unknown> = isRecord(inner) ? inner : body
  const rows = LISTS.flatMap((name) => result[name] ?? [])
    .flat()
    .filter(isRecord)
  const failed = rows.filter(hasFailed).map((row) => ({ id: idOf(row), said: textOf(row['error']) }))
  if (failed.length > 0) return failed
  const count = Number(result['errorCount'] ?? 0)
  const said = textOf(result['error'])
  return count > 0 || said !== '' ? [{ id: '', said: said === '' ? `${count} rows failed` : said }] : []
})

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null

const hasFailed = (row: Record<string, unknown>): boolean =>
  row['success'] === undefined || row['success'] === null
    ? textOf(row['error']) !== ''
    : row['success'] === false || textOf(row['success']).toLowerCase() === 'false'

const idOf = (row: Record<string, unknown>): string => {
  const value = IDS.map((name) => row[name]).find((id) => typeof id === 'string' || typeof id === 'number')
  return value === undefined ? '' : String(value)
}

const textOf = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : value === null || value === undefined ? '' : JSON.stringify(value)
