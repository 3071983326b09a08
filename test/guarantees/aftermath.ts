/**
 * What is left when pushes and kills are over: waits until everything is delivered, and compares all of it.
 * Decides what is looked at; must not decide what is right about one person (judge.ts).
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { RawUser } from '../support/cxone.ts'
import { openAdmin, type DeliveryRow } from './admin.ts'
import { judge } from './judge.ts'
import type { Person } from './person.ts'
import type { Provider } from './provider.ts'
import type { Rig } from './rig.ts'
import { API_KEY } from './serve-process.ts'

/** Only ends what would never end. */
const SETTLING_MS = 180_000

/** Resolves with all rows when none of them waits any more; whether they were delivered is for the comparison. */
export async function settle(rig: Rig): Promise<DeliveryRow[]> {
  const admin = openAdmin(rig.address, API_KEY)
  for (const end = Date.now() + SETTLING_MS; ; await pause(100)) {
    const rows = await admin.deliveries()
    if (Date.now() > end || rows.every((row) => isLooking(row) || (row.state !== 'due' && row.state !== 'retrying')))
      return rows
  }
}

/** Has left without an account; a create that was killed on its way is looked for some time longer. */
const isLooking = ({ code }: DeliveryRow): boolean => code === 'late-create'

export interface Aftermath {
  readonly rig: Rig
  readonly provider: Provider
  readonly people: readonly Person[]
  /** CXone's users before the first push. */
  readonly seeded: readonly RawUser[]
  readonly rows: readonly DeliveryRow[]
}

/** Every broken promise, in sentences. */
export async function compare({ rig, provider, people, seeded, rows }: Aftermath): Promise<string[]> {
  const { users } = await rig.cxone.state()
  const findings = [...judgeSeeded(seeded, users), ...judgeRows(rows)]
  const old = new Set(seeded.map(({ id }) => id))
  const made = users.filter(({ id }) => !old.has(id))
  const accounts = Map.groupBy(made, (user) => String(user['emailAddress']))
  let live = 0
  for (const person of people) {
    const scim = await provider.read(person)
    if (typeof scim === 'object') live++
    const row = rows.find(({ identity }) => identity === person.id)
    const wrong = person.broken === true ? [] : judge({ person, scim }, accounts.get(person.email) ?? [])
    findings.push(...wrong.map((what) => `${about(person, what)}\n  delivery: ${JSON.stringify(row)}`))
    accounts.delete(person.email)
  }
  for (const email of accounts.keys()) findings.push(`CXone has an account of ${email}, whom nobody pushed`)
  const count = await provider.count()
  return count === live ? findings : [...findings, `SCIM counts ${count} users, and has ${live}`]
}

/** A finding about one person, with all that was pushed and heard about them. */
export const about = (person: Person, what: string): string => `${person.email}: ${what}\n${person.history.join('\n')}`

const judgeSeeded = (seeded: readonly RawUser[], users: readonly RawUser[]): string[] =>
  seeded
    .filter((user) => JSON.stringify(user) !== JSON.stringify(users.find(({ id }) => id === user.id)))
    .map(({ userName }) => `the agent ${userName} was there before and was touched`)

const judgeRows = (rows: readonly DeliveryRow[]): string[] =>
  rows
    .filter((row) => !isLooking(row) && (row.state !== 'delivered' || row.delivered !== row.wanted))
    .map((row) => `not delivered: ${JSON.stringify(row)}`)
