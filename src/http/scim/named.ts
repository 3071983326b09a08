/**
 * What the answer to a write shows because the write has named it: RFC 7643 section 7, "returned".
 * Decides which attributes a body names; must not decide what they may hold.
 */
import { withoutMembers } from '../../scim/group.ts'
import { member } from '../../scim/json.ts'
import type { PatchOperation } from '../../scim/patch/operation.ts'
import { shownAfterWrite, type Projection } from '../../scim/projection.ts'
import { parseResource } from '../../scim/resource.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'

/** By the body of a POST or PUT that was accepted. */
export function namedInBody(type: ResourceType, body: unknown): Projection | undefined {
  // Nearly no tenant declares such attributes, and nobody else's body is read twice.
  if (type.onRequest.length === 0) return undefined
  const sent = parseResource(type, withoutMembers(body), { mode: 'create' })
  return shownAfterWrite(
    type,
    ({ urn, attribute }) => member(urn === undefined ? sent : sent[urn], attribute.name) !== undefined,
  )
}

export function namedInPatch(type: ResourceType, operations: readonly PatchOperation[]): Projection | undefined {
  return shownAfterWrite(type, ({ attribute }) =>
    operations.some(({ target }) => target.kind === 'attribute' && target.path.attribute === attribute),
  )
}
