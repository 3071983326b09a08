/**
 * Runs a script on this very Node and gathers what it says.
 * Decides how checks call other programs; must not read their output.
 */
import { spawn } from 'node:child_process'

/** `output` is stdout and stderr as they came. Never rejects for a non-zero exit. */
export interface Ended {
  readonly code: number
  readonly stdout: string
  readonly output: string
}

export const runNode = (cwd: string, args: readonly string[]): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, NO_COLOR: '1' },
    })
    let stdout = ''
    let output = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      output += text
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text
    })
    child.on('error', reject)
    child.on('close', (code, signal) => {
      resolve({ code: code ?? 1, stdout, output: signal === null ? output : `${output}\nended by ${signal}` })
    })
  })
