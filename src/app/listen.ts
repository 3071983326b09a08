/**
 * Where the server listens.
 * Decides how it is told that it cannot; must not know what is served.
 */
import type { FastifyInstance } from 'fastify'
import type { Settings } from '../config.ts'
import { StartError } from './starting.ts'

/** Resolves with the address. Throws {@link StartError} with what to do about a port that cannot be had. */
export async function listen(server: FastifyInstance, { host, port, tls }: Settings): Promise<string> {
  // Fastify takes a server that it has not made for one that speaks http.
  const named = (address: string): string => (tls === undefined ? address : address.replace(/^http:/, 'https:'))
  try {
    return named(
      await server.listen({ host, port, listenTextResolver: (address) => `Server listening at ${named(address)}` }),
    )
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new StartError(
        `Port ${port} on ${host} is taken by another process. Stop that one, or choose another port with --port (0 takes a free one).`,
      )
    if (code === 'EACCES')
      throw new StartError(`Port ${port} may not be opened by this user. Choose one from 1024 up with --port.`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new StartError(`This machine has no address ${host}. Use 127.0.0.1, or 0.0.0.0 for every interface.`)
    throw error
  }
}
