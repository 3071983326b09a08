/**
 * OneLogin's groups, which come from roles (facts 3.3 #2, #10 to #12): makes the server's group what an entry of the book
 * wants. Decides the order of requests; keeps nothing beyond the entry.
 */
import { done, failed, type Book, type Outcome } from '../beliefs.ts'
import type { Exchange } from '../client.ts'
import { memberChanges, type GroupEntry } from '../groups.ts'
import { importAll } from '../import.ts'
import type { ScimRequest } from '../scim.ts'
import { read } from './answers.ts'
import * as requests from './requests.ts'

export interface GroupPush {
  readonly people: Book
  readonly send: (request: ScimRequest) => Promise<Exchange>
}

/** One push of one group. Members whom the server does not know yet are left out. */
export async function pushGroup(push: GroupPush, entry: GroupEntry): Promise<Outcome> {
  if (entry.remove !== undefined) return removeGroup(push, entry)
  const linked = entry.id === undefined ? await link(push, entry) : done(entry.id, 'group pushed')
  if (!linked.ok) return linked
  const { id } = linked
  const { displayName } = entry.group
  if (entry.told?.displayName !== displayName) {
    const renamed = read.done(await push.send(requests.renameGroup(id, displayName)))
    if (!renamed.ok) return failed(renamed.failure)
    entry.told = { displayName, members: entry.told?.members ?? [] }
  }
  const members = entry.members.flatMap((key) => push.people.page(key)?.linkedId ?? [])
  const changes = memberChanges(entry.told.members, members)
  if (changes.added.length + changes.removed.length > 0) {
    const changed = read.done(await push.send(requests.changeMembers(id, changes)))
    if (!changed.ok) return failed(changed.failure)
    entry.told = { displayName, members }
  }
  return linked
}

/** Looks for the name among all groups, or creates it. */
async function link({ send }: GroupPush, entry: GroupEntry): Promise<Outcome> {
  const { displayName } = entry.group
  const all = await importAll({ page: requests.listGroups, send, read })
  if (all.failure !== undefined) return failed(all.failure)
  const wanted = displayName.toLowerCase()
  const found = all.users.find(({ resource }) => String(resource['displayName']).toLowerCase() === wanted)
  if (found !== undefined) {
    entry.id = found.id
    entry.told = { displayName: String(found.resource['displayName']), members: [] }
    return done(found.id, 'group linked')
  }
  const created = read.group(await send(requests.createGroup(displayName)))
  if (!created.ok) return failed(created.failure)
  entry.id = created.value.id
  entry.told = { displayName, members: [] }
  return done(created.value.id, 'group created', created.complaints)
}

async function removeGroup({ send }: GroupPush, entry: GroupEntry): Promise<Outcome> {
  const { id } = entry
  if (id !== undefined) {
    const reading = read.deleted(await send(requests.deleteGroup(id)))
    if (!reading.ok) return failed(reading.failure)
  }
  entry.forget()
  return done(id ?? '', 'group deleted')
}
