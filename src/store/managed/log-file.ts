/**
 * The server's log: one file that the server appends to, and one older one. Decides how large they grow.
 * Must not be read for anything but telling a person what happened.
 */
import { closeSync, constants, copyFileSync, fstatSync, openSync, readSync, statSync, truncateSync } from 'node:fs'

const LARGEST = 8 * 1024 * 1024
const EVERY_MS = 60_000
/** Enough for what a server says between its start and its end. */
const TAIL = 64 * 1024

/** Opens the log for appending, which is what lets us empty it while the server writes. The caller closes it. */
export function openLog(path: string): number {
  return openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW, 0o600)
}

function turnOver(path: string): void {
  try {
    if (statSync(path).size < LARGEST) return
    // Lines written between these two calls are lost, which a log can bear.
    copyFileSync(path, `${path}.1`)
    truncateSync(path)
  } catch {
    // The file is gone together with the data directory, or the disk is full; the server has its own words for that.
  }
}

/** Turns the log over now and whenever it has grown too large; returns how to stop that. */
export function keepLogBounded(path: string): () => void {
  turnOver(path)
  const timer = setInterval(() => turnOver(path), EVERY_MS).unref()
  return () => clearInterval(timer)
}

/** The lines after byte `from` that say what stopped a server, or else the last ones; oldest first, in one line. */
export function lastWords(path: string, from: number): string {
  const file = openSync(path, 'r')
  try {
    const end = fstatSync(file).size
    const begin = Math.max(from <= end ? from : 0, end - TAIL)
    const buffer = Buffer.alloc(end - begin)
    readSync(file, buffer, 0, buffer.length, begin)
    const lines = buffer
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
    const telling = lines.filter((line) => /FATAL|PANIC|ERROR|HINT|error while loading/.test(line))
    return (telling.length > 0 ? telling : lines).slice(-4).join(' / ')
  } finally {
    closeSync(file)
  }
}
