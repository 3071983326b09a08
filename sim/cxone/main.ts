// Decides what `rollcall-sim cxone` reads from the command line and prints. The one JSON line on stdout is a contract.
import { readFile } from 'node:fs/promises'
import { Command, InvalidArgumentError } from 'commander'
import { type Json, toObject } from './input.ts'
import { Refusal } from './refusal.ts'
import { type CxoneSimulator, startCxoneSimulator } from './server.ts'

export function cxoneCommand(): Command {
  return new Command('cxone')
    .description('a simulated CXone business unit on 127.0.0.1: issuer, area and APIs at one address')
    .option('--port <n>', 'port to listen on; 0 takes any free one', wholeUpTo(65_535), 0)
    .option('--users <n>', 'people in the business unit, the service user among them', wholeUpTo(500_000), 60)
    .option('--seed <n>', 'the same number gives the same people, ids and keys', wholeUpTo(2 ** 31), 1)
    .option('--area <name>', 'as discovery names it: letters and digits', areaName, 'na1')
    .option('--units <n>', 'business units at this issuer, each with people and a key of its own', wholeUpTo(20), 1)
    .option('--chaos <file>', 'JSON with switches, faults, limits, latency and a schedule of chaos to start with')
    .option('--tls-key <file>', 'private key in PEM; with --tls-cert the simulator speaks HTTPS')
    .option('--tls-cert <file>', 'certificate in PEM, also one that nobody should trust')
    .addHelpText('after', EXPLANATION)
    .action(async (options: CommandOptions) => {
      try {
        const simulator = await startFromCommand(options)
        stopOnSignal(simulator)
        const { issuer, accessKeyId, accessKeySecret, control, units } = simulator
        const more = units.length === 1 ? {} : { units }
        process.stdout.write(`${JSON.stringify({ issuer, accessKeyId, accessKeySecret, control, ...more })}\n`)
      } catch (cause) {
        process.stderr.write(`rollcall-sim cxone: ${cause instanceof Error ? cause.message : String(cause)}\n`)
        process.exitCode = 1
      }
    })
}

const EXPLANATION = `
Once it listens it prints one line of JSON:
  issuer                        the address for "issuer" of the app in rollcall.yaml
  accessKeyId, accessKeySecret  an access key whose owner may do everything
  control                       what no CXone has: below it the state, the calls so far, and every way to make trouble
  units                         with --units above 1: the tenantId, key and control of each

Examples:
  rollcall-sim cxone --port 4700 --users 200
  curl CONTROL/state            everybody and everything in it
  curl CONTROL/calls/count      how often it was read and written to
  curl CONTROL/switches/table   what real tenants may do differently
  curl -X PUT CONTROL/switches -H 'content-type: application/json' -d '{"nativeScim":"notFound"}'

SIGINT or SIGTERM ends it. All of it is in sim/cxone/readme.md.
`

export interface CommandOptions {
  readonly port: number
  readonly users: number
  readonly seed: number
  readonly area?: string
  readonly units?: number
  /** Path of a chaos file. */
  readonly chaos?: string
  /** Paths of PEM files; both or none. */
  readonly tlsKey?: string
  readonly tlsCert?: string
}

/** @throws Error whose message is meant for the person at the command line */
export async function startFromCommand(options: CommandOptions): Promise<CxoneSimulator> {
  const { chaos, tlsKey, tlsCert, ...rest } = options
  if ((tlsKey === undefined) !== (tlsCert === undefined))
    throw new Error('--tls-key and --tls-cert go together: a certificate and its key')
  try {
    return await startCxoneSimulator({
      ...rest,
      ...(chaos === undefined ? {} : { chaos: await readChaos(chaos) }),
      ...(tlsKey === undefined || tlsCert === undefined ? {} : { tls: await readTls(tlsKey, tlsCert) }),
    })
  } catch (cause) {
    throw new Error(reasonOf(cause, options), { cause })
  }
}

async function readTls(key: string, cert: string): Promise<{ key: string; cert: string }> {
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') }
}

function stopOnSignal(simulator: CxoneSimulator): void {
  const stop = (): void => {
    void simulator.close()
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
}

async function readChaos(file: string): Promise<Json> {
  return toObject(JSON.parse(await readFile(file, 'utf8')), 'the chaos file')
}

function reasonOf(cause: unknown, options: CommandOptions): string {
  if (!(cause instanceof Error)) return String(cause)
  const { code } = cause as NodeJS.ErrnoException
  if (code === 'EADDRINUSE') return `port ${options.port} is taken; choose another with --port, or 0 for any free one`
  if (code === 'EACCES') return `port ${options.port} may not be opened by this user; choose one above 1023`
  if (code === 'ENOENT') return noFile(cause, options)
  return cause instanceof Refusal || cause instanceof SyntaxError ? `${options.chaos}: ${cause.message}` : cause.message
}

function noFile({ path }: NodeJS.ErrnoException, { chaos }: CommandOptions): string {
  return path === chaos ? `there is no chaos file ${path}` : `there is no file ${path}`
}

function wholeUpTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text)
    if (/^\d+$/.test(text) && number <= most) return number
    throw new InvalidArgumentError(`it must be a whole number from 0 to ${most}.`)
  }
}

function areaName(text: string): string {
  if (/^[a-z][a-z0-9]{1,9}$/.test(text)) return text
  throw new InvalidArgumentError('it must be like na1 or eu1.')
}
