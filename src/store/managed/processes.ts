/**
 * What the operating system says about processes: alive or not, since when, what they run.
 * Decides nothing about them; must not send signals.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { hostname } from 'node:os'

const ZOMBIE = 'Z'
/** In /proc/PID/stat, counted from the field after the command's closing bracket (proc(5): state is 3, starttime 22). */
const STATE = 0
const START_TICKS = 19

/** A process, told apart from a later one with the same number by `start`. */
export interface ProcessIdentity {
  readonly pid: number
  /** Opaque; equal for as long as the process lives, different for any other process that gets its number. */
  readonly start: string
}

const hasProc = process.platform === 'linux'

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

function statFields(pid: number): string[] | undefined {
  const stat = readText(`/proc/${pid}/stat`)
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')
}

/** Names this boot of this machine and its numbering of processes; a number from elsewhere means nothing here. */
export function processWorld(): string {
  if (!hasProc) return hostname()
  const boot = readText('/proc/sys/kernel/random/boot_id')?.trim() ?? hostname()
  let namespace = ''
  try {
    namespace = readlinkSync('/proc/self/ns/pid')
  } catch {
    // Without it, containers that share a boot look like one world; the number's start time still tells them apart.
  }
  return `${boot} ${namespace}`.trim()
}

/** When the process began, or nothing if there is none (a zombie counts as none). */
export function processStart(pid: number): string | undefined {
  if (hasProc) {
    const fields = statFields(pid)
    return fields === undefined || fields[STATE] === ZOMBIE ? undefined : fields[START_TICKS]
  }
  try {
    const [state, ...start] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/)
    return state === undefined || state.startsWith(ZOMBIE) ? undefined : start.join(' ')
  } catch {
    return undefined
  }
}

export function isAlive(identity: ProcessIdentity): boolean {
  return processStart(identity.pid) === identity.start
}

/** What `ps` would show of a process. Paths are missing where the system does not let us look. */
export interface RunningProcess extends ProcessIdentity {
  readonly command: string
  readonly uid: number | undefined
  readonly executable: string | undefined
  readonly cwd: string | undefined
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path)
  } catch {
    return undefined
  }
}

function describe(pid: number): RunningProcess | undefined {
  const start = processStart(pid)
  if (start === undefined) return undefined
  if (!hasProc) return describeWithPs(pid, start)
  const uid = /^Uid:\s+(\d+)/m.exec(readText(`/proc/${pid}/status`) ?? '')?.[1]
  return {
    pid,
    start,
    command: (readText(`/proc/${pid}/cmdline`) ?? '').replaceAll('\0', ' ').trim(),
    uid: uid === undefined ? undefined : Number(uid),
    executable: linkOf(`/proc/${pid}/exe`),
    cwd: linkOf(`/proc/${pid}/cwd`),
  }
}

function describeWithPs(pid: number, start: string): RunningProcess | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'uid=,command=', '-p', String(pid)], { encoding: 'utf8' }).trim()
    const [uid, ...command] = line.split(/\s+/)
    return { pid, start, command: command.join(' '), uid: Number(uid), executable: undefined, cwd: undefined }
  } catch {
    return undefined
  }
}

function allPids(): number[] {
  if (hasProc)
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number)
  return execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' })
    .split('\n')
    .map(Number)
    .filter((pid) => pid > 0)
}

/** Every process whose command line or name looks like one of PostgreSQL's, in no order. Zombies are left out. */
export function postgresProcesses(): RunningProcess[] {
  return allPids()
    .filter((pid) => !hasProc || readText(`/proc/${pid}/comm`)?.startsWith('postgres') === true)
    .map(describe)
    .filter((found) => found !== undefined)
    .filter((found) => hasProc || /(^|\/)postgres(:| )/.test(found.command))
}
