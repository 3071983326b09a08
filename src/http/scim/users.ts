/**
 * /Users: RFC 7644 section 3, for the User resource.
 * Decides which use-case a request means and how its result is shown; must not decide what a document may hold (scim) or
 * how it is kept (store).
 */
import { createUser } from '../../operations/create-user.ts'
import type { OperationContext } from '../../operations/context.ts'
import { deleteUser } from '../../operations/delete-user.ts'
import { patchUser } from '../../operations/patch-user.ts'
import { replaceUser } from '../../operations/replace-user.ts'
import { keptText } from '../../scim/as-kept.ts'
import { encodeResource, versionTag } from '../../scim/encode.ts'
import { isId } from '../../scim/id.ts'
import { parsePatch } from '../../scim/patch/parse.ts'
import type { Projection } from '../../scim/projection.ts'
import { parseUser, type UserDocument } from '../../scim/resource.ts'
import { listUsers, readUser, userSource, type KeptUser } from '../../store/views/users.ts'
import { scimRefusal } from '../errors.ts'
import { settled } from './call.ts'
import type { Call, Endpoint, ResourceView } from './endpoint.ts'
import { namedInBody, namedInPatch } from './named.ts'
import { NO_GROUPS, readUserGroups, type UserGroups } from './user-groups.ts'

export const userEndpoint = (operations: OperationContext): Endpoint => {
  const { db } = operations
  /** Its groups are read, once, when it is known which attributes are shown. */
  const viewOf = (call: Call, user: KeptUser): ResourceView => {
    const { id, version } = user
    if (user.grouped === false) return { id, version, text: ungrouped(call, user) }
    let reading: Promise<UserGroups> | undefined
    const groupsFor = (projection: Projection | undefined): Promise<UserGroups> =>
      (reading ??= readUserGroups(db, call, { ids: [id], projection }))
    return {
      id,
      version,
      tag: async (projection) => versionTag(version, (await groupsFor(projection)).get(id)),
      text: async function* (projection) {
        yield resourceText(call, user, { groups: await groupsFor(projection), projection })
      },
    }
  }
  return {
    kind: 'User',
    patchAnswers: 'resource',

    create: async (call, body) => {
      const { type, reading, caller } = call
      const document = parseUser(body, { mode: 'create', type, ...reading })
      const user = settled(await createUser(operations, caller, document))
      return { ...viewOf(call, kept(user)), written: namedInBody(type, body) }
    },

    read: async (call, id) => {
      const user = await readUser(db, call.caller, known(id))
      if (user === undefined) throw scimRefusal({ kind: 'no-such-user', id })
      return viewOf(call, user)
    },

    source: ({ caller, type, baseUrl }) => userSource(caller, { type, baseUrl }),

    list: async (call, request) => {
      const { type, baseUrl, caller } = call
      const { users, ...page } = await listUsers(db, caller, { type, baseUrl, ...request })
      const { projection } = request
      const ids = users.filter(({ grouped }) => grouped !== false).map(({ id }) => id)
      const groups = await readUserGroups(db, call, { ids, projection })
      const resources = users.map((user) => ({
        id: user.id,
        version: user.version,
        text: () => resourceText(call, user, { groups, projection }),
      }))
      return { ...page, resources }
    },

    replace: async (call, { id, body }) => {
      const { type, reading, caller, check } = call
      const replacement = (current: UserDocument) => parseUser(body, { mode: 'replace', current, type, ...reading })
      const user = settled(await replaceUser(operations, caller, { id: known(id), replacement, check }))
      return { ...viewOf(call, kept(user)), written: namedInBody(type, body) }
    },

    patch: async (call, { id, body }) => {
      const { type, reading, caller, check } = call
      const asked = parsePatch(body, type, reading)
      const patch = { id: known(id), operations: asked, type, note: reading.note, check }
      const user = settled(await patchUser(operations, caller, patch))
      return { ...viewOf(call, kept(user)), written: namedInPatch(type, asked) }
    },

    remove: async ({ caller, check }, id) => {
      settled(await deleteUser(operations, caller, { id: known(id), check }))
    },
  }
}

/** Any text that is no id of ours is the id of nobody. */
function known(id: string): string {
  const lower = id.toLowerCase()
  if (!isId(lower)) throw scimRefusal({ kind: 'no-such-user', id })
  return lower
}

/** What a use-case has written, as if it had been read. */
const kept = ({ document, ...user }: Written): KeptUser => ({ ...user, text: user.text ?? JSON.stringify(document) })

type Written = Omit<KeptUser, 'text'> & { readonly document: UserDocument; readonly text?: string }

/** Nearly always all of it is shown: then the text of the document goes through as it is. */
function resourceText({ type, baseUrl, asKept }: Call, user: KeptUser, { groups, projection }: Shown): string {
  const derived = groups.get(user.id)
  if (asKept && projection === undefined) return keptText(type, user, { baseUrl, derived })
  const document = JSON.parse(user.text) as UserDocument
  return JSON.stringify(encodeResource(type, { ...user, document, baseUrl, derived }, projection))
}

const ungrouped =
  (call: Call, user: KeptUser) =>
  (projection: Projection | undefined): string =>
    resourceText(call, user, { groups: NO_GROUPS, projection })

interface Shown {
  readonly groups: UserGroups
  readonly projection: Projection | undefined
}
