/**
 * A connection to PostgreSQL that breaks at the worst moment: after the commit, before its answer; or falls silent.
 * Must not change what is sent; it only forwards, or cuts.
 */
import { once } from 'node:events'
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { join } from 'node:path'

export interface LossyConnection {
  /** As the database's address, through here. */
  readonly url: string
  /** Cuts the next connection that sends these words, when the database has answered and before anybody hears it. */
  loseAnswerTo(words: string): void
  /** Gives nothing back any more on the next connection that sends these words, and leaves it open. */
  fallSilentAt(words: string): void
  /** How many answers were lost. */
  lost(): number
  close(): Promise<void>
}

/** On `askedPort`, or a free one. */
export async function openLossyConnection(databaseUrl: string, askedPort = 0): Promise<LossyConnection> {
  const target = new URL(databaseUrl)
  let words: string | undefined
  let lastWords: string | undefined
  let lost = 0
  const sockets = new Set<Socket>()
  const server = createServer((client) => {
    const database = connectTo(target)
    let losing = false
    let silent = false
    for (const socket of [client, database]) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => {
        sockets.delete(socket)
        client.destroy()
        database.destroy()
      })
    }
    client.on('data', (chunk) => {
      if (words !== undefined && chunk.includes(words)) {
        losing = true
        words = undefined
      }
      if (lastWords !== undefined && chunk.includes(lastWords)) {
        silent = true
        lastWords = undefined
      }
      database.write(chunk)
    })
    database.on('data', (chunk) => {
      if (silent) return
      if (!losing) return void client.write(chunk)
      lost++
      client.destroy()
    })
  })
  server.listen(askedPort, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    url: `postgresql://${target.username}:${target.password}@127.0.0.1:${port}${target.pathname}`,
    loseAnswerTo: (next) => {
      words = next
    },
    fallSilentAt: (next) => {
      lastWords = next
    },
    lost: () => lost,
    close: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

/** A host that is a directory means the socket inside it. */
function connectTo(target: URL): Socket {
  const port = Number(target.port === '' ? 5432 : target.port)
  const host = target.searchParams.get('host') ?? target.hostname
  return host.startsWith('/') ? connect(join(host, `.s.PGSQL.${port}`)) : connect(port, host)
}
