/**
 * Stops a server and waits until it is gone.
 * Decides how long it asks nicely; must not be used on a server that is not our child.
 */
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as pause } from 'node:timers/promises'

/** Fast shutdown (sessions are cut, everything is written), then immediate, then by force. Each with its patience. */
const STEPS = [
  ['SIGINT', 30_000],
  ['SIGQUIT', 5_000],
  ['SIGKILL', 10_000],
] as const

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Resolves when the process has ended; harmless when it has ended before. */
export async function stopServer(child: ChildProcess): Promise<void> {
  for (const [name, patience] of STEPS) {
    if (hasEnded(child)) return
    const ended = once(child, 'exit')
    child.ref()
    child.kill(name)
    const givenUp = new AbortController()
    await Promise.race([ended, pause(patience, undefined, { signal: givenUp.signal }).catch(() => undefined)])
    givenUp.abort()
  }
}
