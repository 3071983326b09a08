/**
 * A way to tell people or machines something.
 * Decides shapes only.
 */

/** What is told, for eyes and for programs. */
export interface Message {
  /** The same at each repetition, by which a receiver knows one. A UUID. */
  readonly id: string
  /** For programs: what happened, such as `open-item.opened`. */
  readonly type: string
  /** When it happened. */
  readonly at: Date
  /** Whose it is. */
  readonly tenant: string
  /** One line. */
  readonly subject: string
  /** Plain text, lines that a person likes to read. */
  readonly text: string
  /** What programs read. */
  readonly data: Readonly<Record<string, unknown>>
}

/** `detail` is one sentence: what the receiver said, or why there was none. Never holds a secret, nor an address's path. */
export interface Sent {
  readonly ok: boolean
  readonly detail: string
}

export interface Channel {
  /** Sends once, bounded in time; whether to try again is the caller's. Never rejects. */
  send(message: Message): Promise<Sent>
}
