/**
 * A load at a steady rate, whatever the server makes of it.
 * Decides when each request is due, and how late ones are counted; must not know what they mean.
 */
import { setTimeout as pause } from 'node:timers/promises'
import type { Load, LoadRequest } from '../../bench/load.ts'

export interface SteadyFigures {
  readonly requests: number
  /** Milliseconds from when a request was due, or was sent if that was later, until it was answered. */
  readonly p50: number
  readonly p99: number
  /** What was no 2xx, as words; the first few. */
  readonly failures: readonly string[]
}

const FAILURES_TOLD = 5

/** As long as a client is free, requests go out when they are due; else as soon as one is. */
export async function steadily(
  load: Load,
  next: () => LoadRequest,
  { perSecond, seconds, clients }: { readonly perSecond: number; readonly seconds: number; readonly clients: number },
): Promise<SteadyFigures> {
  const most = Math.round(perSecond * seconds)
  const times: number[] = []
  const failures: string[] = []
  const started = performance.now()
  let begun = 0
  const client = async (): Promise<void> => {
    while (begun < most) {
      const due = started + (begun++ * 1000) / perSecond
      const early = due - performance.now()
      if (early > 0) await pause(early)
      const since = early > 0 ? performance.now() : due
      const request = next()
      const answer = await load.call(request).catch((error: unknown) => ({ status: 0, body: String(error) }))
      times.push(performance.now() - since)
      if ((answer.status < 200 || answer.status >= 300) && failures.length < FAILURES_TOLD)
        failures.push(`${request.method} ${request.path}: ${answer.status} ${answer.body.toString().slice(0, 300)}`)
    }
  }
  await Promise.all(Array.from({ length: clients }, client))
  times.sort((a, b) => a - b)
  const at = (share: number): number => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 100) / 100
  return { requests: times.length, p50: at(0.5), p99: at(0.99), failures }
}
