/**
 * The least that a SCIM server on this stack costs: bare Fastify, one prepared statement, one row.
 * Decides nothing of the product; started as a process of its own by bench/scim.ts. Prints its address once it listens.
 *
 * `GET /:id` reads one row by key and sends its text. `POST /` inserts one row, committed when it is answered. `POST
 * /analyze` is for when rows are there.
 */
import { randomUUID } from 'node:crypto'
import fastify from 'fastify'
import { pino } from 'pino'
import { openDb } from '../src/store/db.ts'
import { startManagedPostgres } from '../src/store/managed/start.ts'

const [dataDir] = process.argv.slice(2)
if (dataDir === undefined) throw new TypeError('usage: floor.ts DATA-DIRECTORY')

const postgres = await startManagedPostgres({ dataDir, log: pino({ level: 'error' }) })
const db = openDb(postgres.url)
await db.query('create table floor (tenant_id text, id uuid, document text not null, primary key (tenant_id, id))')
const server = fastify({ logger: false })
server.addContentTypeParser(
  'application/scim+json',
  { parseAs: 'string' },
  server.getDefaultJsonParser('error', 'error'),
)

server.post('/', async (request, reply) => {
  const id = randomUUID()
  const document = JSON.stringify(request.body)
  await db.query({
    name: 'insert',
    text: 'insert into floor (tenant_id, id, document) values ($1, $2, $3)',
    values: ['bench', id, document],
  })
  return reply.code(201).type('application/json').send(`{"id":"${id}"}`)
})

server.post('/analyze', async () => {
  await db.query('analyze floor')
  return {}
})

server.get('/:id', async (request, reply) => {
  const { id } = request.params as { id: string }
  const { rows: found } = await db.query<{ document: string }>({
    name: 'read',
    text: 'select floor.document from floor where floor.tenant_id = $1 and floor.id = $2',
    values: ['bench', id],
  })
  return reply.type('application/json').send(found[0]?.document ?? '{}')
})

process.once('SIGTERM', () => {
  void server
    .close()
    .then(() => db.close())
    .then(() => postgres.stop())
})
console.log(await server.listen({ host: '127.0.0.1', port: 0 }))
