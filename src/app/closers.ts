/**
 * What is open, and how it is closed again.
 * Decides the order of closing; must not know what any part is.
 */
import type { FastifyBaseLogger } from 'fastify'

/** Closes in the reverse order of opening, each part once, whatever the others do. */
export class Closers {
  readonly #closers: { readonly name: string; readonly close: () => Promise<void> }[] = []
  readonly #log: FastifyBaseLogger
  #closing: Promise<void> | undefined
  constructor(log: FastifyBaseLogger) {
    this.#log = log
  }
  add(name: string, close: () => Promise<void>): void {
    this.#closers.push({ name, close })
  }
  closeAll(): Promise<void> {
    this.#closing ??= this.#closeInTurn()
    return this.#closing
  }
  async #closeInTurn(): Promise<void> {
    for (const { name, close } of this.#closers.toReversed()) {
      await close().catch((error: unknown) => this.#log.error({ err: error }, `${name} did not close cleanly`))
    }
  }
}
