/**
 * Accepts a PUT of a group.
 * Decides that the members are compared in the database; must not read the request (scim/group).
 */
import type { GroupDocument } from '../scim/group.ts'
import { wholeChange } from '../scim/patch/members.ts'
import type { StoredGroup } from '../store/groups.ts'
import { changeGroup } from './change-group.ts'
import type { Caller, OperationContext, Result } from './context.ts'
import type { MemberReading } from './group-members.ts'

export interface GroupReplacement {
  readonly id: string
  /** Undefined keeps the members as they are. */
  readonly members: ReadonlySet<string> | undefined
  /** Makes the next document from the current one. What it throws leaves all as it was. */
  readonly next: (current: StoredGroup) => GroupDocument
  readonly reading: MemberReading
}

export function replaceGroup(
  context: OperationContext,
  caller: Caller,
  { id, members, next, reading }: GroupReplacement,
): Promise<Result<StoredGroup>> {
  return changeGroup(context, caller, {
    id,
    kind: 'group.replaced',
    members: members === undefined ? [] : [wholeChange(members)],
    next,
    reading,
  })
}
