/**
 * The command `rollcall`, run as somebody would in another terminal.
 * Decides what it gets in its environment and how a failure is told; must not read what it prints.
 */
import { execFile } from 'node:child_process'
import { env } from 'node:process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { RollcallPart } from './parts.ts'
import { DemoProblem } from './problem.ts'

const BIN = fileURLToPath(new URL('../../bin/rollcall.js', import.meta.url))
const run = promisify(execFile)

/** What it prints. Throws {@link DemoProblem} with its own words where it fails. */
export async function runRollcall(
  words: readonly string[],
  { address, apiKey }: Pick<RollcallPart, 'address' | 'apiKey'>,
  signal: AbortSignal,
): Promise<string> {
  const options = {
    env: { ...env, ROLLCALL_URL: address, ROLLCALL_API_KEY: apiKey, NO_COLOR: '1' },
    signal,
  }
  try {
    const { stdout } = await run(process.execPath, [BIN, ...words], options)
    return stdout
  } catch (error) {
    if (signal.aborted) throw signal.reason
    throw DemoProblem.of({
      what: `\`rollcall ${words.join(' ')}\` failed`,
      why: error instanceof Error ? error.message.trim() : String(error),
      wayOut: 'look into the logs of the run, and start the demo again',
    })
  }
}
