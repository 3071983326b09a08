/**
 * /Groups: RFC 7644 section 3, for the Group resource.
 * Decides which use-case a request means and how its result is shown; must not decide what a document may hold (scim) or
 * how it is kept (store).
 */
import { createGroup } from '../../operations/create-group.ts'
import type { Caller, OperationContext } from '../../operations/context.ts'
import { deleteGroup } from '../../operations/delete-group.ts'
import { patchGroup } from '../../operations/patch-group.ts'
import { replaceGroup } from '../../operations/replace-group.ts'
import { parseGroup, withoutMembers } from '../../scim/group.ts'
import { isId } from '../../scim/id.ts'
import type { Projection } from '../../scim/projection.ts'
import { parseGroupPatch } from '../../scim/patch/members.ts'
import { groupSource, listGroups, readGroup, type StoredGroup } from '../../store/views/groups.ts'
import { scimRefusal } from '../errors.ts'
import { UNCONDITIONAL } from './preconditions.ts'
import { settled } from './call.ts'
import type { Call, Endpoint, ResourceView } from './endpoint.ts'
import { groupText } from './group-text.ts'
import { openGroupTexts } from './group-texts.ts'
import { namedInBody } from './named.ts'

export function groupEndpoint(operations: OperationContext): Endpoint {
  const { db } = operations
  const texts = openGroupTexts()
  const viewOf = (call: Call, group: StoredGroup): ResourceView => ({
    id: group.id,
    version: group.version,
    text: (projection) => groupText({ db, world: call.caller, ...call, projection }, group),
  })
  return {
    kind: 'Group',
    // No look at a large group where nobody asks for it: facts 12.
    patchAnswers: 'nothing',

    create: async (call, body) => {
      const parsed = parseGroup(body, { mode: 'create', type: call.type, ...call.reading })
      const group = settled(await createGroup(operations, callerOf(call), { ...parsed, reading: readingOf(call) }))
      return { ...viewOf(call, group), written: namedInBody(call.type, body) }
    },

    read: async (call, id) => {
      const group = await readGroup(db, call.caller, known(id))
      if (group === undefined) throw scimRefusal({ kind: 'no-such-group', id })
      const ready = (projection: Projection | undefined) =>
        texts.whole({ db, world: call.caller, ...call, projection }, group)
      return { ...viewOf(call, group), ready }
    },

    source: ({ caller, type, baseUrl }) => groupSource(caller, { type, baseUrl }),

    list: async (call, request) => {
      const { type, baseUrl, caller } = call
      const { groups, ...page } = await listGroups(db, caller, { type, baseUrl, ...request })
      return { ...page, resources: groups.map((group) => viewOf(call, group)) }
    },

    replace: async (call, { id, body }) => {
      const { type, reading, check } = call
      // Whom it names does not depend on what is there; the rest of the document may.
      const { members } = parseGroup(body, { mode: 'replace', type, ...reading })
      const rest = withoutMembers(body)
      const next = (current: StoredGroup) => {
        check(current)
        return parseGroup(rest, { mode: 'replace', current: current.document, type, quirks: reading.quirks }).document
      }
      const change = { id: known(id), members, next, reading: readingOf(call) }
      const group = settled(await replaceGroup(operations, callerOf(call), change))
      return { ...viewOf(call, group), written: namedInBody(type, body) }
    },

    patch: async (call, { id, body }) => {
      const { type, reading, check } = call
      const patch = parseGroupPatch(body, { type, ...reading })
      const asked = check === UNCONDITIONAL ? undefined : check
      const change = { id: known(id), patch, type, reading: readingOf(call), check: asked }
      return viewOf(call, settled(await patchGroup(operations, callerOf(call), change)))
    },

    remove: async (call, id) => {
      settled(await deleteGroup(operations, callerOf(call), { id: known(id), check: call.check }))
    },
  }
}

/** Group writes never wait for an app, whatever the connection says: DESIGN 4.1. */
const callerOf = ({ caller: { tenant, connection, actor } }: Call): Caller => ({ tenant, connection, actor })

const readingOf = ({ reading: { quirks, note }, baseUrl }: Call) => ({
  unknownMembers: quirks.unknownMembers,
  note,
  baseUrl,
})

/** Any text that is no id of ours is the id of nobody. */
function known(id: string): string {
  const lower = id.toLowerCase()
  if (!isId(lower)) throw scimRefusal({ kind: 'no-such-group', id })
  return lower
}
