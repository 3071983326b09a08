// Decides what `rollcall-sim cxone` reads from the command line and prints. The one JSON line on stdout is a contract.
import { readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { type Json, toObject } from './input.ts'
import { type CxoneSimulator, startCxoneSimulator } from './server.ts'

export function cxoneCommand(): Command {
  return new Command('cxone')
    .description('a simulated CXone business unit on 127.0.0.1: issuer, area and APIs at one address')
    .option('--port <n>', 'port to listen on; 0 takes any free one', wholeUpTo(65_535), 0)
    .option('--users <n>', 'people in the business unit, the service user among them', wholeUpTo(500_000), 60)
    .option('--seed <n>', 'the same number gives the same people, ids and keys', wholeUpTo(2 ** 31), 1)
    .option('--chaos <file>', 'JSON with switches, faults, limits and latency to start with')
    .action(async (options: { port: number; users: number; seed: number; chaos?: string }) => {
      const { chaos, ...rest } = options
      try {
        await run({ ...rest, ...(chaos === undefined ? {} : { chaos: await readChaos(chaos) }) }, chaos)
      } catch (cause) {
        process.stderr.write(`rollcall-sim cxone: ${reasonOf(cause, options)}\n`)
        process.exitCode = 1
      }
    })
}

async function run(
  options: { port: number; users: number; seed: number; chaos?: Json },
  file: string | undefined,
): Promise<void> {
  const simulator = await startCxoneSimulator(options).catch((cause: unknown) => {
    if (file !== undefined && cause instanceof Error && cause.name === 'Refusal')
      throw new Error(`${file}: ${cause.message}`, { cause })
    throw cause
  })
  stopOnSignal(simulator)
  const { issuer, accessKeyId, accessKeySecret, control } = simulator
  process.stdout.write(`${JSON.stringify({ issuer, accessKeyId, accessKeySecret, control })}\n`)
}

function stopOnSignal(simulator: CxoneSimulator): void {
  const stop = (): void => {
    void simulator.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function readChaos(file: string): Promise<Json> {
  const text = await readFile(file, 'utf8')
  try {
    return toObject(JSON.parse(text), 'the chaos file')
  } catch (cause) {
    throw new Error(`${file}: ${cause instanceof Error ? cause.message : 'not readable'}`, { cause })
  }
}

function reasonOf(cause: unknown, options: { port: number; chaos?: string }): string {
  if (!(cause instanceof Error)) return String(cause)
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `port ${options.port} is taken; choose another with --port, or 0 for any free one`
  if (code === 'EACCES') return `port ${options.port} may not be opened by this user; choose one above 1023`
  if (code === 'ENOENT') return `there is no chaos file ${options.chaos}`
  return cause.message
}

function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number <= most) return number
    throw new InvalidArgumentError(`it must be a whole number from 0 to ${most}.`)
  }
}
