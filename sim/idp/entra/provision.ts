/**
 * What one cycle does about one person: match, create, read, update of what differs, disable, delete (facts 2.4). Decides
 * the order of requests and what Entra believes afterwards; who is looked at, and when, is the cycle's.
 */
import type { Answered, Reading } from '../answers.ts'
import { done, failed, type Entry, type Outcome } from '../beliefs.ts'
import type { Exchange } from '../client.ts'
import type { Person } from '../people.ts'
import { differences, type ScimRequest, type Sent } from '../scim.ts'
import { read } from './answers.ts'
import { inScope, purgeDue, wantedActive, type Standing } from './directory.ts'
import { changesTo, mapping, matchingPair, type Matching } from './mapping.ts'
import * as requests from './requests.ts'
import type { Dialect } from './requests.ts'

export interface Provisioning {
  readonly dialect: Dialect
  readonly matching: Matching
  readonly send: (request: ScimRequest) => Promise<Exchange>
}

/** Details of outcomes that changed nothing at the server. */
export const NOTHING_TO_DO = 'nothing to do'
export const UNCHANGED = 'unchanged'

export async function provision(
  how: Provisioning,
  { entry, standing }: { entry: Entry; standing: Standing },
  now: Date,
): Promise<Outcome> {
  const id = entry.linkedId
  if (purgeDue(standing, now)) return id === undefined ? done('', NOTHING_TO_DO) : remove(how, entry, id)
  if (id !== undefined) return update(how, { entry, standing }, id)
  if (!wantedActive(standing)) return done('', NOTHING_TO_DO)
  const [path, value] = matchingPair(entry.person, how.matching)
  const found = read.match(await how.send(requests.matchUser(path, value)), path, value)
  if (!found.ok) return failed(found.failure)
  if (found.value === undefined) return create(how, entry)
  entry.link(found.value.id)
  const updated = await change(how, { entry, standing }, found.value)
  return updated.ok ? { ...updated, detail: 'linked' } : updated
}

async function create(how: Provisioning, entry: Entry): Promise<Outcome> {
  const { person } = entry
  const created = read.user(await how.send(requests.createUser(person, true)), { active: true })
  return acknowledge(entry, created, { person, sent: mapping(person), active: true, detail: 'created' })
}

async function update(how: Provisioning, who: { entry: Entry; standing: Standing }, id: string): Promise<Outcome> {
  const before = read.user(await how.send(requests.readUser(id)), { id })
  if (before.ok) return change(how, who, before.value)
  // The next cycle looks for the user anew.
  if (before.failure.kind === 'gone') who.entry.id = undefined
  return failed(before.failure)
}

/** PATCHes what differs from the user as it was found; sends nothing if nothing does. */
async function change(
  how: Provisioning,
  { entry, standing }: { entry: Entry; standing: Standing },
  { id, resource }: Answered,
): Promise<Outcome> {
  const active = wantedActive(standing)
  // Of somebody who is out of scope, only that they are inactive is sent.
  const person = inScope(standing) ? entry.person : undefined
  const sent: Sent = [...(person === undefined ? [] : mapping(person)), ['active', active]]
  const changes = changesTo(resource, sent)
  const detail = entry.active === active ? 'updated' : active ? 'enabled' : 'disabled'
  if (changes.length === 0) {
    return acknowledge(
      entry,
      { ok: true, value: { id, resource }, complaints: [] },
      { person, sent, active, detail: UNCHANGED },
    )
  }
  const patched = read.patched(await how.send(requests.patchUser(id, changes, how.dialect)), { id, active })
  return acknowledge(entry, patched, { person, sent, active, detail })
}

async function remove(how: Provisioning, entry: Entry, id: string): Promise<Outcome> {
  const deleted = read.deleted(await how.send(requests.deleteUser(id)))
  if (!deleted.ok) return failed(deleted.failure)
  entry.removed = true
  entry.active = false
  return done(id, 'deleted')
}

/** Believes what the server acknowledged, and complains where the answer departs from what was sent. */
function acknowledge(
  entry: Entry,
  reading: Reading<Answered | undefined>,
  { person, sent, active, detail }: { person: Person | undefined; sent: Sent; active: boolean; detail: string },
): Outcome {
  if (!reading.ok) return failed(reading.failure)
  const id = reading.value?.id ?? entry.id ?? ''
  entry.link(id)
  entry.active = active
  if (person !== undefined) entry.told = person
  const resource = reading.value?.resource
  const departures = resource === undefined ? [] : differences('Entra', sent, resource)
  return done(id, detail, [...reading.complaints, ...departures])
}
