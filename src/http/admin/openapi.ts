/**
 * /api/openapi.json: the admin API described by the schemas it runs on.
 * Decides the frame of the document; must not describe a route by hand.
 */
import swagger from '@fastify/swagger'
import type { FastifyInstance } from 'fastify'
import { createJsonSchemaTransform, createJsonSchemaTransformObject } from 'fastify-type-provider-zod'

/** Call before the routes are registered: it listens for them. */
export async function describeRoutes(scope: FastifyInstance, version: string): Promise<void> {
  await scope.register(swagger, {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Rollcall admin API',
        version,
        description:
          'Everything the command line and the console do. Errors are problem details (RFC 9457). Lists are read page by page with `cursor`.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          apiKey: {
            type: 'http',
            scheme: 'bearer',
            description: 'An API key that rollcall.yaml declares under apiKeys.',
          },
        },
      },
      security: [{ apiKey: [] }],
    },
    transform: createJsonSchemaTransform({ zodToJsonConfig }),
    transformObject: (document) => withoutUnused(describeSchemas(document)),
  })
}

/** What zod adds for validators and readers do not need: the pattern behind a format, the bounds of every integer. */
const zodToJsonConfig = {
  override: ({
    jsonSchema,
  }: {
    jsonSchema: { format?: string; pattern?: string; minimum?: number; maximum?: number }
  }) => {
    if (jsonSchema.format !== undefined) delete jsonSchema.pattern
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
  },
}

const describeSchemas = createJsonSchemaTransformObject({ zodToJsonConfig })

type Document = ReturnType<typeof describeSchemas>

/** The provider writes each named schema twice, as it is sent and as it is received. Only those that a route refers to stay. */
function withoutUnused(document: Document): Document {
  if (!('components' in document)) return document
  const all: Readonly<Record<string, unknown>> = document.components?.schemas ?? {}
  const used = new Set<string>()
  const visit = (value: unknown): void => {
    for (const [, name = ''] of JSON.stringify(value).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
      if (used.has(name)) continue
      used.add(name)
      visit(all[name] ?? null)
    }
  }
  visit(document.paths ?? {})
  const schemas = Object.fromEntries(Object.entries(all).filter(([name]) => used.has(name)))
  return { ...document, components: { ...document.components, schemas } } as Document
}
