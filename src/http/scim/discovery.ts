/**
 * /ServiceProviderConfig, /ResourceTypes and /Schemas: RFC 7644 section 4.
 * Decides that they are read only and made once; must not know what is in them (scim/discovery.ts).
 */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { BULK_LIMITS } from '../../scim/bulk.ts'
import { discoveryDocuments, type ServiceLimits } from '../../scim/discovery.ts'
import { ScimError } from '../../scim/errors.ts'
import { shown } from '../../scim/json.ts'
import { DEFAULT_COUNT, MAX_COUNT } from '../../scim/list-query.ts'
import type { ResourceType } from '../../scim/schema/resource-type.ts'
import { typesOf } from './call.ts'
import { CURSOR_SECONDS } from './cursor.ts'
import type { ScimOptions } from './request.ts'
import { refuseOtherMethods } from './resource-routes.ts'

const LIMITS: ServiceLimits = {
  maxOperations: BULK_LIMITS.operations,
  maxPayloadSize: BULK_LIMITS.bytes,
  maxResults: MAX_COUNT,
  defaultPageSize: DEFAULT_COUNT,
  cursorTimeout: CURSOR_SECONDS,
}

/** Where no public address is set, the base comes from the request; more than so many at once are nobody's real ones. */
const MOST_BASES = 16

type Prebuilt = ReadonlyMap<string, Buffer>

export function discoveryRoutes(scim: FastifyInstance, options: ScimOptions): void {
  const built = new WeakMap<readonly ResourceType[], Map<string, Prebuilt>>()
  const documents = (request: FastifyRequest): Prebuilt => {
    const types = typesOf(options, request)
    const baseUrl = options.baseUrl(request)
    const ofTypes = built.get(types) ?? new Map<string, Prebuilt>()
    const known = ofTypes.get(baseUrl)
    if (known !== undefined) return known
    if (ofTypes.size >= MOST_BASES) ofTypes.clear()
    const made = prebuilt(types, baseUrl)
    built.set(types, ofTypes.set(baseUrl, made))
    return made
  }
  for (const path of ['/ServiceProviderConfig', '/ResourceTypes', '/Schemas']) {
    const answer = async (request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> => {
      refuseFilter(request)
      const { id } = request.params as { readonly id?: string }
      const buffer = documents(request).get((id === undefined ? path : `${path}/${id}`).toLowerCase())
      if (buffer === undefined) throw new ScimError(404, `There is no ${shown(id)} here; ${path} has all there are.`)
      return reply.send(buffer)
    }
    for (const url of path === '/ServiceProviderConfig' ? [path] : [path, `${path}/:id`]) {
      scim.get(url, answer)
      refuseOtherMethods(scim, url, 'GET')
    }
  }
}

function prebuilt(types: readonly ResourceType[], baseUrl: string): Prebuilt {
  const documents = [...discoveryDocuments({ types, baseUrl, limits: LIMITS })]
  return new Map(documents.map(([path, document]) => [path, Buffer.from(JSON.stringify(document))]))
}

/** RFC 7644 section 4: so that nobody concludes from a filtered list what the service does not have. Other parameters do not count. */
function refuseFilter(request: FastifyRequest): void {
  const names = Object.keys(request.query as Readonly<Record<string, unknown>>)
  if (names.some((name) => name.toLowerCase() === 'filter'))
    throw new ScimError(403, 'What the service offers cannot be filtered; read the whole list.')
}
