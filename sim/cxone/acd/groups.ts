// Decides how groups are read, made and changed, and who is put into them and taken out (facts 5.5).
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Json, toFilledText, toFlag, toText } from '../input.ts'
import { Refusal } from '../refusal.ts'
import { fold } from '../store.ts'
import type { World } from '../world.ts'
import { listed } from './agents-write.ts'
import { joinGroup, leaveGroup } from './assign.ts'
import { agentNumbered, everybody, groupNumbered } from './find.ts'
import { catalogPage, flagOf, one, page } from './page.ts'
import type { StoredGroup } from './records.ts'
import { row, sendRows } from './rows.ts'
import { agentRow, isActive } from './show-agent.ts'

const VIEW = { config: { needs: 'groups.view' } } as const
const EDIT = { config: { needs: 'groups.edit' } } as const
const NAMES = { one: 'group', many: 'groups' } as const

export function groupRoutes(app: FastifyInstance, world: World): void {
  app.get('/groups', VIEW, (request, reply) => {
    const { isActive: active, searchString } = request.query as Record<string, unknown>
    const wanted = flagOf(active, 'isActive')
    const part = typeof searchString === 'string' ? searchString.toLowerCase() : ''
    const rows = [...world.store.acd.groups.values()].filter(
      (group) => (wanted === undefined || group.isActive === wanted) && group.groupName.toLowerCase().includes(part),
    )
    return catalogPage({ request, reply, world }, { key: 'groups', rows, show: (group) => ({ ...group }) })
  })
  app.get('/groups/:groupId', VIEW, (request) => one({ ...groupOf(request, world) }, NAMES, world))
  app.post('/groups', EDIT, (request, reply) => {
    const results = listed(request.body, 'groups').map((from) => row({}, () => createGroup(from, world)))
    return sendRows(reply, results, { key: 'results', wrapped: false, world })
  })
  app.put('/groups/:groupId', EDIT, (request) => {
    const group = groupOf(request, world)
    const { groupName, notes } = request.query as Record<string, unknown>
    const name = freeName(groupName, group, world)
    const after = { ...group, groupName: name, ...(notes === undefined ? {} : { notes: toText(notes, 'notes') }) }
    world.store.acd.groups.set(group.groupId, { ...after, lastUpdated: new Date(world.now()).toISOString() })
    return {}
  })
  memberRoutes(app, world)
}

function memberRoutes(app: FastifyInstance, world: World): void {
  app.get('/groups/:groupId/agents', VIEW, (request, reply) => {
    const { groupId } = groupOf(request, world)
    const assigned = flagOf((request.query as Record<string, unknown>)['assigned'], 'assigned') ?? true
    const rows = everybody(world).filter((agent) =>
      assigned ? agent.groups.has(groupId) : !agent.groups.has(groupId) && isActive(agent, world),
    )
    return page({ request, reply, world }, { key: 'agents', rows, show: (agent) => agentRow(agent, world) })
  })
  for (const [method, act] of [
    ['POST', joinGroup],
    ['DELETE', leaveGroup],
  ] as const)
    // prettier-ignore
    app.route({
      method,
      url: '/groups/:groupId/agents',
      ...EDIT,
      handler: (request, reply) => {
        const group = groupOf(request, world)
        const results = listed(request.body, 'agents').map((from) =>
          row({ agentId: from['agentId'] ?? null }, () => {
            act(agentNumbered(from['agentId'], world), group, world)
            return undefined
          }),
        )
        return sendRows(reply, results, { key: 'agentResults', wrapped: false, world })
      },
    })
}

function groupOf(request: FastifyRequest, world: World): StoredGroup {
  return groupNumbered((request.params as { groupId: string }).groupId, world)
}

export function createGroup(from: Json, world: World): { groupId: number } {
  const { acd } = world.store
  const group: StoredGroup = {
    groupId: acd.nextGroupId,
    groupName: freeName(from['groupName'], undefined, world),
    isActive: from['isActive'] === undefined ? true : toFlag(from['isActive'], 'isActive'),
    notes: from['notes'] === undefined || from['notes'] === null ? '' : toText(from['notes'], 'notes'),
    lastUpdated: new Date(world.now()).toISOString(),
  }
  acd.nextGroupId++
  acd.groups.set(group.groupId, group)
  return { groupId: group.groupId }
}

export function freeName(value: unknown, self: StoredGroup | undefined, world: World): string {
  const name = toFilledText(value, 'groupName')
  for (const group of world.store.acd.groups.values())
    if (group !== self && fold(group.groupName) === fold(name))
      throw new Refusal('bad', 'GROUP_NAME_EXISTS', `the group name ${name} is already taken`)
  return name
}
