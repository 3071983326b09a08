/**
 * Where the attributes of a Group are found.
 * Decides which of them have a column of their own, and how members are searched; must not know any operator.
 */
import { GROUP, type ResourceType } from '../../scim/schema/resource-type.ts'
import type { Attribute } from '../../scim/schema/attribute.ts'
import { isId } from '../../scim/id.ts'
import type { Bind, ElementRows, Operand, ResourceColumns } from '../filter/columns.ts'
import { memberJoins, MEMBER_IS_THERE, MEMBER_NAME } from '../memberships.ts'
import type { World } from '../users.ts'
import { idColumn, metaColumns } from './user-filter.ts'

export interface GroupSource {
  readonly world: World
  /** With the tenant's extensions; without it, those of RFC 7643. */
  readonly type?: ResourceType | undefined
  /** What `meta.location` and `$ref` begin with. */
  readonly baseUrl?: string | undefined
}

export function groupColumns({ world, type = GROUP, baseUrl = '' }: GroupSource): ResourceColumns {
  return {
    type,
    document: 'scim_group.document',
    seq: 'scim_group.seq',
    columns: {
      ...metaColumns('scim_group', `${baseUrl}${type.endpoint}/`),
      'meta.resourceType': (bind) => ({ text: `${bind(type.name)}::text` }),
      id: idColumn('scim_group.id'),
      displayName: () => ({ text: 'scim_group.display_name', folded: 'scim_group.display_name_key' }),
      externalId: () => ({ text: 'scim_group.external_id' }),
    },
    elements: { members: () => memberRows(world, baseUrl) },
  }
}

/** The members who are there, one a row. A search for one goes by the index on members, never through a group. */
function memberRows(world: World, baseUrl: string): ElementRows {
  return {
    from: `membership element ${memberJoins('element')}`,
    where: `element.tenant_id = scim_group.tenant_id and element.connection_id = scim_group.connection_id
      and element.group_id = scim_group.id and ${MEMBER_IS_THERE}`,
    part: (sub, bind) => memberPart(sub, { baseUrl, bind }),
    first: 'element.member_id',
    holds: (sub, value, bind) => (sub.name === 'value' ? hasMember(world, value, bind) : undefined),
  }
}

function memberPart(sub: Attribute | undefined, { baseUrl, bind }: { baseUrl: string; bind: Bind }): Operand {
  switch (sub?.name) {
    case 'type':
      return { text: `(case when element.nested then 'Group' else 'User' end)` }
    case 'display':
      return { text: MEMBER_NAME }
    case '$ref':
      return {
        text: `(${bind(baseUrl)}::text || case when element.nested then '/Groups/' else '/Users/' end || element.member_id)`,
      }
    default:
      return { text: 'element.member_id::text' }
  }
}

/** What is no UUID is the id of nobody. */
function hasMember(world: World, value: string, bind: Bind): string {
  if (!isId(value.toLowerCase())) return 'false'
  return `scim_group.id in (
    select element.group_id from membership element ${memberJoins('element')}
    where element.tenant_id = ${bind(world.tenant)} and element.connection_id = ${bind(world.connection)}
      and element.member_id = ${bind(value.toLowerCase())}::uuid and ${MEMBER_IS_THERE})`
}
