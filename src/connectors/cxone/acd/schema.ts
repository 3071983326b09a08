/**
 * The JSON that the ACD sends, reshaped at once (facts, section 5).
 * Decides which fields are read and how leniently; nothing beyond this file knows the ACD's envelopes.
 */
import { z } from 'zod'
import type { Grant } from '../../../identity/account.ts'
import type { AcdPage } from './client.ts'

/** An agent as it came, for writing back what is not ours to change. */
export type RawAgent = Readonly<Record<string, unknown>>

export interface Agent {
  /** The agentId, as text. */
  readonly id: string
  /** Of the user it belongs to. */
  readonly userId: string | undefined
  readonly active: boolean
  /** The agentId of whom they report to. */
  readonly manager: string | undefined
  readonly raw: RawAgent
}

/** Ids are numbers here and texts there. */
const id = z.union([z.string().min(1), z.number()]).transform(String)
const text = z
  .union([z.string(), z.number()])
  .nullish()
  .transform((value) => (value == null ? '' : String(value)))
/** Who does not say so is active. */
const isActive = (value: unknown): boolean => value !== false && !/^(false|inactive)$/i.test(String(value))
const flag = z.unknown().transform(isActive)

/** Nobody is 0, empty or absent. */
const managerOf = (value: unknown): string | undefined => {
  const known = typeof value === 'number' ? String(value) : value
  return typeof known === 'string' && known !== '' && known !== '0' ? known : undefined
}

const agent = z
  .looseObject({
    agentId: z.union([z.string().min(1), z.number()]),
    userID: z.string().nullish(),
    userId: z.string().nullish(),
  })
  .transform((raw): Agent => ({
    id: String(raw.agentId),
    userId: raw.userID ?? raw.userId ?? undefined,
    active: isActive(raw['isActive']),
    manager: managerOf(raw['reportToId']),
    raw,
  }))

const total = z.coerce.number().int().nullish().catch(null)
const links = z.looseObject({ next: z.string().nullish() }).nullish().catch(null)

/** A page whose rows are under one of several names; some lists come without an envelope. */
function page<T>(names: readonly string[], row: z.ZodType<T>): z.ZodType<AcdPage<T>> {
  return z
    .union([z.array(z.unknown()).transform((rows) => ({ [names[0] ?? '']: rows })), z.looseObject({})])
    .transform((raw: Record<string, unknown>, context): AcdPage<T> => {
      const body = isRecord(raw['resultSet']) ? { ...raw, ...raw['resultSet'] } : raw
      const rows = z.array(row).safeParse(names.map((name) => body[name]).find(Array.isArray) ?? [])
      if (!rows.success) {
        context.addIssue({ code: 'custom', message: z.prettifyError(rows.error).split('\n')[0] ?? '' })
        return z.NEVER
      }
      const said = total.parse(body['totalRecords'])
      const next = links.parse(body['_links'])
      return {
        records: rows.data,
        ...(said == null ? {} : { total: said }),
        // Links that name no next page say that this is the last; no links say nothing.
        ...(next == null || said != null ? {} : { more: Boolean(next.next) }),
      }
    })
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

export const agentPage = page(['agents'], agent)

/** GET agents/{id}: an array even for one. */
export const oneAgent = agentPage.transform(({ records }) => records[0])

export interface Assignment {
  readonly agentId: string
  readonly grant: Grant
  /** False for what was taken away and is still listed. */
  readonly held: boolean
}

const assignment = z
  .looseObject({ agentId: text, skillId: id, agentProficiencyValue: text, isActive: flag })
  .transform(({ agentId, skillId, agentProficiencyValue: level, isActive }): Assignment => ({
    agentId,
    grant: { id: skillId, ...(level === '' || Number.isNaN(Number(level)) ? {} : { level: Number(level) }) },
    held: isActive,
  }))

/** GET agents/skills and agents/{id}/skills. */
export const assignmentPage = page(['agentSkillAssignments', 'agentSkills', 'skills'], assignment)

const membership = z.looseObject({ groupId: id }).transform((row) => row.groupId)

/** GET agents/{id}/groups. */
export const agentGroups = page(['agentGroups', 'groups'], membership)

/** GET groups/{id}/agents: the agentIds. */
export const groupAgents = page(
  ['agents', 'groupAgents'],
  z.looseObject({ agentId: id }).transform((row) => row.agentId),
)

export interface AcdEntry {
  readonly id: string
  readonly name: string
  readonly active: boolean
  /** Of a security profile. */
  readonly role?: string
}

const entry = (idName: string, nameName: string) =>
  z.looseObject({ [idName]: id, [nameName]: text }).transform((row): AcdEntry => {
    const [key, name] = [String(row[idName]), String(row[nameName])]
    return { id: key, name: name || key, active: isActive(row['isActive']) }
  })

export const skillPage = page(['skills'], entry('skillId', 'skillName'))
export const groupPage = page(['groups'], entry('groupId', 'groupName'))

export const profilePage = page(
  ['profiles', 'securityProfiles'],
  z
    .looseObject({
      securityProfileId: id,
      securityProfileName: text,
      securityProfileStatusName: text,
      roleId: z.string().nullish(),
    })
    .transform((row): AcdEntry => ({
      id: row.securityProfileId,
      name: row.securityProfileName || row.securityProfileId,
      active: row.securityProfileStatusName === '' || /^active$/i.test(row.securityProfileStatusName),
      ...(row.roleId ? { role: row.roleId } : {}),
    })),
)

export interface TeamCharges {
  readonly key: string
  /** The UUID that UserHub knows it by. */
  readonly team: string
  readonly charges: readonly string[]
}

/** GET teams: the flags of features that each member is charged for (sections 4.7 and 5.3). */
export const teamPage = page(
  ['teams'],
  z.looseObject({ teamId: id, teamUuid: text, teamUuId: text }).transform((row): TeamCharges => ({
    key: row.teamId,
    team: row.teamUuid || row.teamUuId,
    charges: Object.keys(row)
      .filter((name) => name.endsWith('Enabled') && row[name] === true)
      .toSorted(),
  })),
)

/** GET business-unit: bare, inside its name, or as a list of one; nothing where it names no limit. */
export const userLimit = z.unknown().transform((body): number | undefined => {
  const inner = (value: unknown): readonly unknown[] =>
    isRecord(value) || Array.isArray(value) ? Object.values(value) : []
  const found = [body, ...inner(body), ...inner(body).flatMap(inner)].filter(isRecord).find((one) => 'userLimit' in one)
  const limit = Number(found?.['userLimit'])
  return Number.isFinite(limit) && limit > 0 ? limit : undefined
})
