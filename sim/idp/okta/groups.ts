/**
 * Okta's group push (facts 1.3 #11 to #19): makes the server's group what an entry of the book wants, in the requests of
 * the application's family. Decides the order of requests; keeps nothing beyond the entry.
 */
import type { Reading } from '../answers.ts'
import { done, failed, type Book, type Outcome } from '../beliefs.ts'
import type { Exchange } from '../client.ts'
import { memberChanges, type GroupEntry } from '../groups.ts'
import type { ScimRequest } from '../scim.ts'
import { read } from './answers.ts'
import * as requests from './requests.ts'
import type { Family, Member } from './requests.ts'

export interface GroupPush {
  readonly family: Family
  readonly people: Book
  readonly send: (request: ScimRequest) => Promise<Exchange>
}

/** One push of one group. Members whom the server does not know yet are left out. */
export async function pushGroup(push: GroupPush, entry: GroupEntry): Promise<Outcome> {
  if (entry.remove !== undefined) return removeGroup(push, entry)
  const members = membersOf(push.people, entry)
  const known = entry.id !== undefined
  if (!known) {
    const linked = await link(push, entry, members)
    const whole = linked.detail === 'group created' && entry.told?.members.length === members.length
    if (!linked.ok || whole) return linked
  }
  const id = entry.id ?? ''
  const complaints: string[] = []
  for (const request of changes(push.family, entry, { id, members })) {
    const reading = read.done(await push.send(request))
    if (!reading.ok) return failed(reading.failure)
    complaints.push(...reading.complaints)
  }
  entry.told = { displayName: entry.group.displayName, members: members.map((member) => member.value) }
  return done(id, 'group pushed', complaints)
}

/** "Push now" of an OIN app (#17): the whole list replaces whatever is there. */
export async function replaceMembers(push: GroupPush, entry: GroupEntry): Promise<Outcome> {
  if (push.family === 'aiw' || entry.id === undefined) return pushGroup(push, entry)
  const members = membersOf(push.people, entry)
  const reading = read.done(await push.send(requests.replaceMembers(entry.id, members)))
  if (!reading.ok) return failed(reading.failure)
  entry.told = { displayName: entry.group.displayName, members: members.map((member) => member.value) }
  return done(entry.id, 'group pushed', reading.complaints)
}

/** Finds the group by its name, or creates it; of one that is found, Okta checks that it can be read. */
async function link(push: GroupPush, entry: GroupEntry, members: readonly Member[]): Promise<Outcome> {
  const { displayName } = entry.group
  const found = read.match(await push.send(requests.findGroup(displayName)), 'displayName', displayName)
  if (!found.ok) return failed(found.failure)
  if (found.value !== undefined) {
    const checked = read.group(await push.send(requests.readGroup(found.value.id)), found.value.id)
    return acknowledge(entry, checked, { members: [], detail: 'group linked' })
  }
  const initial = push.family === 'aiw' ? members : []
  const created = read.group(await push.send(requests.createGroup(displayName, initial)))
  return acknowledge(entry, created, { members: initial.map((member) => member.value), detail: 'group created' })
}

function acknowledge(
  entry: GroupEntry,
  reading: Reading<{ readonly id: string }>,
  { members, detail }: { members: readonly string[]; detail: string },
): Outcome {
  if (!reading.ok) return failed(reading.failure)
  entry.id = reading.value.id
  entry.told = { displayName: entry.group.displayName, members }
  return done(reading.value.id, detail, reading.complaints)
}

/** #14 goes with every push of members, not with renames alone. */
function changes(
  family: Family,
  entry: GroupEntry,
  { id, members }: { id: string; members: readonly Member[] },
): ScimRequest[] {
  const { displayName } = entry.group
  if (family === 'aiw') return [requests.putGroup(id, displayName, members)]
  const { added, removed } = memberChanges(
    entry.told?.members ?? [],
    members.map((member) => member.value),
  )
  const name = requests.patchGroupName(id, displayName)
  if (added.length + removed.length === 0) return [name]
  const newcomers = members.filter((member) => added.includes(member.value))
  return [name, requests.patchMembers(id, removed, newcomers)]
}

async function removeGroup({ send }: GroupPush, entry: GroupEntry): Promise<Outcome> {
  const { id } = entry
  if (id !== undefined && entry.remove === 'delete') {
    const reading = read.deleted(await send(requests.deleteGroup(id)))
    if (!reading.ok) return failed(reading.failure)
  }
  entry.forget()
  return done(id ?? '', entry.remove === 'delete' ? 'group deleted' : 'group unlinked')
}

function membersOf(people: Book, entry: GroupEntry): Member[] {
  return entry.members.flatMap((key) => {
    const page = people.page(key)
    return page?.linkedId === undefined ? [] : [{ value: page.linkedId, display: (page.told ?? page.person).userName }]
  })
}
