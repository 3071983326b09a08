/**
 * A process that calls an address through a bucket in PostgreSQL: `node rate-caller.ts NAME URL DATABASE_URL LIMITS`.
 * Says `ready`; for each number on stdin it makes so many calls at once, and prints the statuses as one JSON line. Ends
 * with its stdin. Must pace its calls as src/app/targets.ts does.
 */
import { createInterface } from 'node:readline'
import { openHttp } from '../../src/connectors/http.ts'
import { openPace, paced } from '../../src/connectors/pace.ts'
import { openDb } from '../../src/store/db.ts'
import { slowDown, takeTokens, type RateLimits } from '../../src/store/rate.ts'

const [name = '', url = '', databaseUrl = '', limitsText = ''] = process.argv.slice(2)
const limits = JSON.parse(limitsText) as RateLimits
const key = { tenant: 'acme', bucket: 'cxone' }

const db = openDb(databaseUrl, { max: 2 })
const http = openHttp()
const pace = openPace(
  { take: (asked) => takeTokens(db, key, { ...asked, ...limits }), slowDown: (until) => slowDown(db, key, until) },
  limits,
)
const fetch = paced(http.fetch, pace, () => 0)

await db.query('select 1')
console.log('ready')
for await (const line of createInterface({ input: process.stdin })) {
  const answers = await Promise.all(
    Array.from({ length: Number(line) }, () => fetch({ method: 'GET', url, headers: { 'x-process': name } })),
  )
  console.log(JSON.stringify(answers.map(({ status }) => status)))
}
pace.close()
await http.close()
await db.close()
