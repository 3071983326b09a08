/**
 * The ACD half: which versions answer, what may be read there, and how many users the business unit may have
 * (facts, sections 5, 5.1, 5.2, 5.5 and 5.7).
 * Decides what is right about it; must not change anything.
 */
import type { CxoneSettings } from '../config.ts'
import type { Finding } from '../../doctor.ts'
import type { CheckName } from './checks.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import { SAMPLE } from './people.ts'
import { rowsOf, textOf, type Probe, type Probed, type Row } from './probe.ts'
import { isRefusedAs } from './refused.ts'

export interface Acd {
  readonly findings: readonly Finding[]
  /** What reads of agents show them on. */
  readonly authenticators: readonly string[]
  /** Reads below the version that answers; undefined where none does. */
  readonly read?: (path: string) => Promise<Probed>
}

interface Asked {
  readonly acdVersion: CxoneSettings['acdVersion']
  /** Users who are not deactivated, where that is known. */
  readonly alive: number | undefined
}

/** Those that the connector was written for, the likeliest first, and an old one. */
const VERSIONS = [31, 34, 26]

export async function acd(probe: Probe, { acdVersion, alive }: Asked): Promise<Acd> {
  const { finding, version } = await findVersion(probe, acdVersion === 'auto' ? VERSIONS : [acdVersion])
  if (version === undefined) {
    const why = 'The ACD services do not answer.'
    return { findings: [finding, ...OF_ACD.map((check) => cannotTell(check, why))], authenticators: [] }
  }
  const at = (path: string): Promise<Probed> => probe(`${base(version)}${path}`)
  const unit = await at('/business-unit')
  const agents = await at(`/agents?isActive=true&skip=0&top=${SAMPLE}`)
  const skills = await at(`/skills?skip=0&top=${SAMPLE}`)
  const groups = await at(`/groups?skip=0&top=${SAMPLE}`)
  const rows = agents.ok ? rowsOf(agents.body, 'agents') : []
  return {
    findings: [
      finding,
      readable('business-unit-view', unit, 'The business unit'),
      ceiling(unit, alive),
      readable('acd-users-view', agents, 'ACD users'),
      readable('skills-view', skills, 'Skills'),
      readable('groups-view', groups, 'Groups'),
    ],
    read: at,
    authenticators: rows.flatMap(
      (row) => textOf(row, 'LoginAuthenticatorId') ?? textOf(row, 'loginAuthenticatorId') ?? [],
    ),
  }
}

const OF_ACD: readonly CheckName[] = ['business-unit-view', 'ceiling', 'acd-users-view', 'skills-view', 'groups-view']

const base = (version: number): string => `/incontactapi/services/v${version}.0`

interface Found {
  readonly finding: Finding
  /** The one that is asked from here on; undefined where none answers. */
  readonly version?: number
}

async function findVersion(probe: Probe, versions: readonly number[]): Promise<Found> {
  const missing: number[] = []
  for (const version of versions) {
    const answer = await probe(`${base(version)}/apiversion`)
    if (answer.ok) return { finding: isWell('acd', versionsIn(answer.body, version)), version }
    // A version that lets nobody ask is there all the same.
    if (answer.refusal.code === 'right-missing')
      return { finding: isWell('acd', `Version ${version} of the ACD services answers.`), version }
    if (answer.status !== 404 && answer.status !== 410) return { finding: isRefusedAs('acd', answer) }
    missing.push(version)
  }
  return {
    finding: isNot('acd', 'missing', {
      found: `None of the versions that were tried of the ACD services is there: ${missing.join(', ')}.`,
    }),
  }
}

function versionsIn(body: Row, asked: number): string {
  const numbers = rowsOf(body, 'apiInfo').map(({ version }) => Number.parseInt(String(version).replace(/^v/i, ''), 10))
  const named = [...new Set(numbers.filter((number) => !Number.isNaN(number)))].toSorted((a, b) => a - b)
  const [least, most] = [named.at(0), named.at(-1)]
  if (least === undefined || most === undefined) return `Version ${asked} of the ACD services answers.`
  const whole = most - least + 1 === named.length && named.length > 2
  return `Version ${asked} of the ACD services answers; it names ${whole ? `${least} to ${most}` : named.join(', ')}.`
}

const readable = (check: CheckName, answer: Probed, what: string): Finding =>
  answer.ok ? isWell(check, `${what} can be read.`) : isRefusedAs(check, answer)

function ceiling(unit: Probed, alive: number | undefined): Finding {
  if (!unit.ok) return cannotTell('ceiling', 'The business unit could not be read, which holds the user limit.')
  const [named] = rowsOf(unit.body, 'businessUnits', 'businessUnit')
  const inner = unit.body['businessUnit']
  const record = named ?? (typeof inner === 'object' && inner !== null ? (inner as Row) : unit.body)
  const limit = Number(record['userLimit'] ?? Number.NaN)
  if (!Number.isInteger(limit) || limit <= 0) return cannotTell('ceiling', 'The business unit shows no user limit.')
  if (alive === undefined)
    return cannotTell('ceiling', `The user limit is ${limit}; how many users there are could not be counted.`)
  const found = `${alive} users are not deactivated, and there may be ${limit}.`
  return alive < limit ? isWell('ceiling', found) : isNot('ceiling', 'blocked', { found })
}
