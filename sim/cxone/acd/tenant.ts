// Decides what the ACD tells of the tenant itself: ceilings, versions, time zones, countries (facts 5, 5.7).
import type { FastifyInstance } from 'fastify'
import { PLACES } from '../places.ts'
import type { World } from '../world.ts'
import { COUNTRIES } from './catalogue.ts'
import { one } from './page.ts'

export const OLDEST = 20
export const NEWEST = 34

export function acdTenantRoutes(app: FastifyInstance, world: World): void {
  app.get('/business-unit', { config: { needs: 'businessUnit.view' } }, () =>
    one({ ...world.store.acd.businessUnit }, { one: 'businessUnit', many: 'businessUnits' }, world),
  )
  app.get('/apiversion', () => ({
    apiInfo: ['GET /agents', 'PUT /agents', 'GET /skills', 'GET /groups', 'GET /teams'].flatMap((call) => {
      const [verb, uri] = call.split(' ')
      return versions().map((version) => ({ uri, version, verb }))
    }),
  }))
  app.get('/apiversionreleaseinfo', () => ({
    versionInfo: versions().map((version, index) => ({ version, release: `R${20 + Math.floor(index / 4)}.${1 + (index % 4)}` })), // prettier-ignore
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

const versions = (): string[] => Array.from({ length: NEWEST - OLDEST + 1 }, (_, index) => `v${OLDEST + index}.0`)
