/**
 * Tells whether a process still lives, also when its number has been given to another since.
 * Must not send signals.
 */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/**
 * Something that stays the same while the process lives and differs for the next one of that number; or nothing.
 *
 * @param {number | undefined} pid
 * @returns {string | undefined}
 */
export function startOf(pid) {
  try {
    if (process.platform === 'linux') {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
      // proc(5): after the command's closing bracket, the state is the first field and the start time the twentieth.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
      return fields[0] === 'Z' ? undefined : fields[19]
    }
    return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim() || undefined
  } catch {
    return undefined
  }
}

/** @param {{ pid?: number | undefined, start?: string | undefined }} identity */
export function isAlive({ pid, start }) {
  return start !== undefined && startOf(pid) === start
}
