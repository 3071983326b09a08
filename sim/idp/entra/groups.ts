/**
 * What one cycle does about one group (facts 2.4 #14 to #22): match, create, rename, add and remove members, delete.
 * Decides the order of requests; keeps nothing beyond the entry.
 */
import { done, failed, type Book, type Outcome } from '../beliefs.ts'
import { memberChanges, type GroupEntry } from '../groups.ts'
import type { ScimRequest } from '../scim.ts'
import { read } from './answers.ts'
import type { Provisioning } from './provision.ts'
import * as requests from './requests.ts'

/** Ids of the members that the server knows; the others follow once they are created. */
export function memberIds(people: Book, entry: GroupEntry): string[] {
  return entry.members.flatMap((key) => people.page(key)?.linkedId ?? [])
}

/** Whether the server was told what the directory wants of this group. */
export function isTold(people: Book, entry: GroupEntry): boolean {
  const { group, remove, id, told } = entry
  if (remove !== undefined) return id === undefined
  const { added, removed } = memberChanges(told?.members ?? [], memberIds(people, entry))
  return told?.displayName === group.displayName && added.length + removed.length === 0
}

export async function provisionGroup(how: Provisioning, people: Book, entry: GroupEntry): Promise<Outcome> {
  if (entry.remove !== undefined) return remove(how, entry)
  const there = entry.id === undefined ? await find(how, entry) : await readAgain(how, entry, entry.id)
  if (!there.ok) return there
  const { id } = there
  const { displayName } = entry.group
  const complaints = [...there.complaints]
  const step = async (request: ScimRequest): Promise<Outcome> => {
    const reading = read.done(await how.send(request))
    return reading.ok ? done(id, '', reading.complaints) : failed(reading.failure)
  }
  if (entry.told?.displayName !== displayName) {
    const renamed = await step(requests.renameGroup(id, displayName, how.dialect))
    if (!renamed.ok) return renamed
    entry.told = { displayName, members: entry.told?.members ?? [] }
  }
  const ids = memberIds(people, entry)
  const changes = memberChanges(entry.told?.members ?? [], ids)
  if (changes.added.length + changes.removed.length > 0) {
    const changed = await step(requests.changeMembers(id, changes, how.dialect))
    if (!changed.ok) return changed
    entry.told = { displayName, members: ids }
  }
  return done(id, there.detail, complaints)
}

async function find(how: Provisioning, entry: GroupEntry): Promise<Outcome> {
  const { displayName, key } = entry.group
  const found = read.match(await how.send(requests.matchGroup(displayName)), 'displayName', displayName)
  if (!found.ok) return failed(found.failure)
  if (found.value !== undefined) {
    entry.id = found.value.id
    entry.told = { displayName: String(found.value.resource['displayName']), members: [] }
    return done(found.value.id, 'group linked', 'members' in found.value.resource ? [SHOWN] : [])
  }
  const created = read.group(await how.send(requests.createGroup(displayName, key)))
  if (!created.ok) return failed(created.failure)
  entry.id = created.value.id
  entry.told = { displayName, members: [] }
  return done(created.value.id, 'group created', created.complaints)
}

const SHOWN = 'members are shown although they were excluded'

async function readAgain(how: Provisioning, entry: GroupEntry, id: string): Promise<Outcome> {
  const reading = read.group(await how.send(requests.readGroup(id)), id)
  if (reading.ok) return done(id, 'group updated', 'members' in reading.value.resource ? [SHOWN] : [])
  // The next cycle looks for the group anew.
  if (reading.failure.kind === 'gone') entry.forget()
  return failed(reading.failure)
}

async function remove(how: Provisioning, entry: GroupEntry): Promise<Outcome> {
  const { id } = entry
  if (id !== undefined && entry.remove === 'delete') {
    const reading = read.deleted(await how.send(requests.deleteGroup(id)))
    if (!reading.ok) return failed(reading.failure)
  }
  entry.forget()
  return done(id ?? '', 'group deleted')
}
