/**
 * Answers that are put together from pieces of text.
 * Decides when an answer begins to be sent; must not know what is in it.
 */
import { Readable } from 'node:stream'
import type { FastifyReply } from 'fastify'

/** Characters that are held before an answer begins. What fails until then is still answered with an error. */
const HELD = 1_000_000

export type Pieces = string | AsyncGenerator<string, void>

/** Sends pieces as they come, or at once where they are few. */
export async function sendPieces(reply: FastifyReply, pieces: Pieces): Promise<FastifyReply> {
  if (typeof pieces === 'string') return reply.send(pieces)
  let held = ''
  for (;;) {
    const { value, done } = await pieces.next()
    if (done === true) return reply.send(held)
    held += value
    if (held.length > HELD) return reply.send(Readable.from(following(held, pieces), { objectMode: false }))
  }
}

async function* following(first: string, pieces: AsyncGenerator<string, void>): AsyncGenerator<string, void> {
  yield first
  yield* pieces
}
