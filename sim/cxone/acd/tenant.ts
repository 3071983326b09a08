// Decides what the ACD tells of the tenant itself: ceilings, versions, time zones, countries (facts 5, 5.7).
import type { FastifyInstance } from 'fastify'
import { PLACES } from '../places.ts'
import type { World } from '../world.ts'
import { COUNTRIES } from './catalogue.ts'
import { one } from './page.ts'

export function acdTenantRoutes(app: FastifyInstance, world: World): void {
  app.get('/business-unit', { config: { needs: 'businessUnit.view' } }, () =>
    one({ ...world.store.acd.businessUnit }, { one: 'businessUnit', many: 'businessUnits' }, world),
  )
  app.get('/apiversion', () => ({
    apiInfo: ['GET /agents', 'PUT /agents', 'GET /skills', 'GET /groups', 'GET /teams'].flatMap((call) => {
      const [verb, uri] = call.split(' ')
      return versions(world).map((version) => ({ uri, version, verb }))
    }),
  }))
  app.get('/apiversionreleaseinfo', () => ({
    versionInfo: versions(world).map((version, index) => ({ version, release: `R${20 + Math.floor(index / 4)}.${1 + (index % 4)}` })), // prettier-ignore
  }))
  app.get('/timezones', () => ({
    timeZones: [...new Set(['UTC', ...PLACES.map(({ timeZone }) => timeZone)])].map((timeZoneId) => ({
      timeZoneId,
      timeZoneName: timeZoneId,
    })),
  }))
  app.get('/countries', () => ({
    countries: COUNTRIES.map(([countryCode, countryName], index) => ({
      countryId: index + 1,
      countryCode,
      countryName,
    })),
  }))
}

/** As in the paths, oldest first. */
export function versions({ switches }: World): string[] {
  const [oldest = 0, newest = 0] = switches.acdVersions.split('-').map(Number)
  return Array.from({ length: newest - oldest + 1 }, (_, index) => `v${oldest + index}.0`)
}
