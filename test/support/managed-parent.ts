/**
 * A process that runs a managed PostgreSQL, for tests that kill it: `node managed-parent.ts DATA_DIR [BINARIES]`.
 * Prints one JSON line, `{ url, pid }` or `{ error }`, then waits to be killed; SIGTERM stops the server first.
 */
import { startManagedPostgres } from '../../src/store/managed/start.ts'

const [dataDir = '', binaries] = process.argv.slice(2)
const log = { info: () => undefined, warn: (_: object, message: string) => console.error(message) }

try {
  const server = await startManagedPostgres({ dataDir, log, ...(binaries === undefined ? {} : { binaries }) })
  process.once('SIGTERM', () => {
    void server.stop().then(() => process.exit(0))
  })
  process.once('SIGINT', () => process.exit(0))
  console.log(JSON.stringify({ url: server.url, pid: server.pid }))
  setInterval(() => undefined, 60_000)
} catch (error) {
  console.log(JSON.stringify({ error: error instanceof Error ? error.message : String(error) }))
}
