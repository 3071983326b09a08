// Decides what role search answers (facts 4.5). Roles can be read only; no API changes them.
import type { FastifyInstance } from 'fastify'
import { toObject, toWhole } from '../input.ts'
import type { StoredRole } from '../records.ts'
import { type Readers, readQuery, select } from '../search.ts'
import type { World } from '../world.ts'

const READERS: Readers<StoredRole> = {
  roleId: (role) => role.roleId,
  roleName: (role) => role.roleName,
  displayName: (role) => role.displayName,
  status: (role) => role.status,
}

export function roleRoutes(app: FastifyInstance, world: World): void {
  app.post('/authorization/v1/roles/search', { config: { needs: 'roles.view' } }, (request) => {
    const { switches, store } = world
    const query = readQuery(request.body, {
      operations: ['LIKE', 'BETWEEN', 'NOT'],
      known: Object.keys(READERS),
      unknown: switches.searchUnknownFilter,
      scalars: switches.filterScalar,
    })
    const found = select(store.roles.values(), query, { readers: READERS, plain: 'exact' })
    const { from, size } = pageOf(request.body, world)
    return { roles: found.slice(from, from + size).map((role) => shown(role, world)) }
  })
}

function pageOf(body: unknown, world: World): { from: number; size: number } {
  const { rolesFirstPage, rolesPageSize } = world.switches
  const page = toObject(toObject(body ?? {}, 'the body')['page'] ?? {}, 'page')
  const size = page['pageSize'] === undefined ? rolesPageSize : toWhole(page['pageSize'], 'page.pageSize')
  const number = page['pageNo'] === undefined ? rolesFirstPage : toWhole(page['pageNo'], 'page.pageNo')
  return { from: Math.max(0, number - rolesFirstPage) * size, size }
}

function shown(role: StoredRole, { switches }: World): Record<string, unknown> {
  const listed = switches.rolePermissions === 'listed' ? role.permissions : []
  return { ...role, permissions: listed.map((permission) => ({ permission })), applications: [] }
}
