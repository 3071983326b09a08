/**
 * Connections that take a statement before the one before it is answered.
 * Decides how statements share them; must only be given statements that end at once, since all others on the same connection
 * wait behind each. What may wait for somebody else needs a limit of its session (`settle`).
 *
 * A look-up by key costs PostgreSQL less than waking it does. So all that come in one turn of the event loop are sent as one
 * piece, and two sessions answer them one after the other.
 */
import { Socket } from 'node:net'
import { Client, type ClientConfig, type QueryConfig, type QueryResult, type QueryResultRow } from 'pg'

export interface Shared extends QueryConfig {
  /** The row that is written: statements on the same one come one after the other, so that none waits for its lock. */
  readonly row?: string | undefined
}

export interface Pipeline {
  /** As `query` of a pool. Rejects what was under way when a connection is lost; the next statement opens another one. */
  query<Row extends QueryResultRow>(statement: Shared): Promise<QueryResult<Row>>
  close(): Promise<void>
}

export interface PipelineOptions {
  readonly config: ClientConfig
  readonly connections: number
  /** Runs first on each new session. */
  readonly settle: (client: Client) => Promise<unknown>
  readonly onError: (error: Error) => void
}

interface Session {
  opening: Promise<Client> | undefined
  client: Client | undefined
  socket: Socket
  /** What was written in this turn is held back. */
  held: boolean
}

export function openPipeline({ config, connections, settle, onError }: PipelineOptions): Pipeline {
  const sessions = Array.from({ length: connections }, (): Session => ({
    opening: undefined,
    client: undefined,
    socket: new Socket(),
    held: false,
  }))
  let next = 0
  let closed = false

  const open = async (session: Session): Promise<Client> => {
    const socket = new Socket()
    const client = new Client({ ...config, pipeline: true, stream: () => socket })
    const drop = (): void => {
      if (session.client === client) session.client = undefined
    }
    client.on('error', (error) => {
      drop()
      if (!closed) onError(error)
    })
    client.on('end', drop)
    try {
      await client.connect()
      await settle(client)
    } catch (error) {
      void client.end()
      socket.destroy()
      throw error
    }
    Object.assign(session, { client, socket, held: false })
    return client
  }

  const clientOf = (session: Session): Promise<Client> =>
    (session.opening ??= open(session).finally(() => {
      session.opening = undefined
    }))

  return {
    query: async <Row extends QueryResultRow>({ row, ...statement }: Shared) => {
      const session = sessions[(row === undefined ? next++ : sumOf(row)) % connections]
      if (session === undefined || closed) throw new Error('Connection terminated: the pipeline is closed')
      const client = session.client ?? (await clientOf(session))
      holdBack(session)
      return client.query<Row>(statement)
    },
    close: async () => {
      closed = true
      await Promise.all(
        sessions.map(async ({ opening, client }) => {
          const open = client ?? (await opening?.catch(() => undefined))
          await open?.end()
        }),
      )
    },
  }
}

/** The same for the same text. */
function sumOf(text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index += 1) sum = (sum * 31 + text.charCodeAt(index)) % 1_000_003
  return sum
}

/** Until this turn of the event loop is over. */
function holdBack(session: Session): void {
  if (session.held) return
  const { socket } = session
  session.held = true
  socket.cork()
  setImmediate(() => {
    session.held = false
    socket.uncork()
  })
}
