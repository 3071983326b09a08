/**
 * The API, the employees in it, and the one that the key belongs to (facts, sections 2.6, 4.1, 4.2 and 4.8).
 * Decides whether accounts can be read and how long the key will last; must not read more than a page of anybody.
 */
import type { Finding } from '../../doctor.ts'
import { isRefusedAs } from './refused.ts'
import { cannotTell, isNot, isWell } from './findings.ts'
import { textOf, type Probe, type Probed, type Row } from './probe.ts'

/** Rows that are read for what they look like. */
export const SAMPLE = 25

const ALIVE = ['UNREGISTERED', 'PENDING', 'ACTIVE', 'BLOCKED']

export interface Employees {
  readonly findings: readonly Finding[]
  /** The API answers at all. */
  readonly reached: boolean
  /** Who are not deactivated, where it says. */
  readonly alive?: number
}

export async function employees(probe: Probe): Promise<Employees> {
  const search = (filter: object): Promise<Probed> =>
    probe('/user-management/v2/users/search', { filter, skip: 0, top: SAMPLE })
  const first = await search({ status: ALIVE })
  const filtered = first.ok || first.refusal.code !== 'value-invalid'
  const answer = filtered ? first : await search({})
  if (answer.ok) {
    const total = Number(answer.body['totalRecords'] ?? Number.NaN)
    const many = Number.isInteger(total) ? `: ${total} of them${filtered ? ' are not deactivated' : ''}` : ''
    return {
      reached: true,
      findings: [isWell('api', 'The API takes the token.'), isWell('employees-view', `Employees can be read${many}.`)],
      ...(filtered && Number.isInteger(total) ? { alive: total } : {}),
    }
  }
  if (answer.refusal.code === 'right-missing')
    return {
      reached: true,
      findings: [isWell('api', 'The API takes the token.'), isRefusedAs('employees-view', answer)],
    }
  const found = answer.trouble?.found ?? answer.refusal.detail
  const fix = answer.trouble?.fix
  return { reached: false, findings: [isNot('api', 'blocked', { found, fix })] }
}

export interface Owner {
  readonly findings: readonly Finding[]
  /** As the key's user reads; undefined where that is not known. */
  readonly user?: Row
}

/** The access key says whose it is; the subject of the token does in some tenants (section 2.5). */
export async function owner(
  probe: Probe,
  { accessKeyId, subject }: { readonly accessKeyId: string; readonly subject: string | undefined },
): Promise<Owner> {
  const key = await probe(`/access-key-management/v1/access-keys/${encodeURIComponent(accessKeyId)}`)
  const seen = key.ok ? recordIn(key.body, 'resultSet') : undefined
  const view = key.ok
    ? isWell('access-keys-view', 'Access keys can be read.')
    : withoutId(isRefusedAs('access-keys-view', key), accessKeyId)
  const id = (seen && textOf(seen, 'userId')) ?? subject
  if (id === undefined)
    return { findings: [cannotTell('key-owner', 'Neither the token nor the access key says whose it is.'), view] }
  const read = await probe(`/user-management/v3/users/${encodeURIComponent(id)}`)
  const user = read.ok ? recordIn(read.body, 'user') : undefined
  if (user === undefined) {
    const why = read.ok ? 'CXone shows no such employee' : read.refusal.detail
    return {
      findings: [
        cannotTell('key-owner', `The employee that the key belongs to (${id}) could not be read: ${why}`),
        view,
      ],
    }
  }
  return { findings: [ownerFinding(user, seen), view, charge(user)], user }
}

/** Findings are shown to more people than rollcall.yaml. */
const withoutId = (finding: Finding, id: string): Finding => ({
  ...finding,
  found: finding.found.replaceAll(encodeURIComponent(id), '{id}'),
})

const recordIn = (body: Row, name: string): Row | undefined => {
  const inner = body[name]
  return typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? (inner as Row) : undefined
}

function ownerFinding(user: Row, key: Row | undefined): Finding {
  const name = textOf(user, 'userName') ?? textOf(user, 'id') ?? 'somebody'
  const status = textOf(user, 'status')?.toUpperCase()
  if (key?.['isActive'] === false)
    return isNot('key-owner', 'blocked', {
      found: `The access key is switched off; it belongs to ${name}. What still works ends with the token.`,
      fix: 'In CXone’s Admin application, open that employee, and switch the access key on or add a new one (NICE’s help, admin/security/manageaccesskeys.htm).',
    })
  if (status === undefined || status === 'ACTIVE')
    return isWell('key-owner', `The key belongs to ${name}, who is active.`)
  const deactivated = status === 'DELETED'
  return isNot('key-owner', 'blocked', {
    found: `The key belongs to ${name}, whose status is ${status}${deactivated ? ': they are deactivated, and what still works ends with the token' : ''}.`,
    fix: deactivated ? undefined : ACTIVATE[status],
  })
}

const ACTIVATE: Readonly<Record<string, string>> = {
  UNREGISTERED: 'In CXone’s Admin application, invite that employee, and activate the account from the e-mail.',
  PENDING:
    'Activate the account from the invitation that was mailed, or have it sent again in CXone’s Admin application.',
  BLOCKED: 'In CXone’s Admin application, unlock them under Security Settings → Locked Employees.',
}

function charge(user: Row): Finding {
  if (user['billable'] === true)
    return isNot('key-owner-free', 'missing', { found: 'The employee that the key belongs to is billable.' })
  return user['billable'] === false
    ? isWell('key-owner-free', 'The employee that the key belongs to is not charged for.')
    : cannotTell('key-owner-free', 'CXone does not say whether that employee is charged for.')
}
