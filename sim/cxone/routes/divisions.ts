// Decides how divisions are searched and read (facts 4.6). None is made or changed.
import type { FastifyInstance } from 'fastify'
import type { StoredDivision } from '../records.ts'
import { Refusal } from '../refusal.ts'
import { type Readers, readQuery, select } from '../search.ts'
import type { World } from '../world.ts'

const VIEW = { config: { needs: 'divisions.view' } } as const
const BASE = '/division-management/v1/division'
const DEFAULT_TOP = 100

const READERS: Readers<StoredDivision> = {
  divisionId: (division) => division.divisionId,
  name: (division) => division.name,
  isDefault: (division) => division.isDefault,
}

export function divisionRoutes(app: FastifyInstance, world: World): void {
  app.post(`${BASE}/search`, VIEW, (request) => {
    const { switches, store } = world
    const query = readQuery(request.body, {
      operations: ['LIKE', 'BETWEEN', 'NOT', 'IN', 'EQ'],
      known: Object.keys(READERS),
      unknown: switches.searchUnknownFilter,
      scalars: switches.filterScalar,
    })
    const found = select(store.divisions, query, { readers: READERS, plain: 'exact' })
    const top = Math.min(query.top ?? DEFAULT_TOP, switches.searchMaxTop)
    const division = found.slice(query.skip, query.skip + top).map(shown)
    return { totalRecords: found.length, skip: query.skip, top, division }
  })
  app.get(`${BASE}/:divisionId`, VIEW, (request) => {
    const { divisionId } = request.params as { divisionId: string }
    const division = world.store.divisions.find((one) => String(one.divisionId) === divisionId)
    if (division === undefined) throw new Refusal('unknown', 'DIVISION_NOT_FOUND', `there is no division ${divisionId}`)
    return { division: shown(division) }
  })
}

function shown({ divisionId, name, isDefault }: StoredDivision): Record<string, unknown> {
  return { divisionId, name, isDefault, status: 'ACTIVE', description: '', parentDivisionId: isDefault ? null : 1 }
}
