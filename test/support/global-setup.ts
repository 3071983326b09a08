/**
 * Runs once for a whole test run, in vitest's main process: offers one PostgreSQL to all test files and starts it when
 * the first of them asks, so that a run of pure tests does not pay for it. Must not hold anything that tests share but
 * the server.
 */
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { makeRunDirectory } from './run-directory.ts'
import { startTestServer, type RunningTestServer } from './test-server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The run's temporary directory; ask at the socket `ask` in it for the server. */
    runDirectory: string
  }
}

/** Answers every connection with one JSON document: the server, or `{ error }`. */
function answerWith(server: () => Promise<RunningTestServer>): Server {
  return createServer((socket) => {
    socket.on('error', () => socket.destroy())
    server().then(
      ({ url, template, prefix, binaries }) => socket.end(JSON.stringify({ url, template, prefix, binaries })),
      (error: unknown) => socket.end(JSON.stringify({ error: error instanceof Error ? error.message : String(error) })),
    )
  })
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const directory = await makeRunDirectory()
  let starting: Promise<RunningTestServer> | undefined
  const asked = answerWith(() => (starting ??= startTestServer(directory.path)))
  await new Promise<void>((resolve) => {
    asked.listen(join(directory.path, 'ask'), resolve)
  })
  project.provide('runDirectory', directory.path)
  return async () => {
    asked.close()
    const server = await starting?.catch(() => undefined)
    await server?.stop()
    directory.remove()
  }
}
