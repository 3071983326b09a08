/**
 * Starts parents of managed servers as processes of their own, and asks their servers questions.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { Client } from 'pg'
import { testServer } from './database.ts'

const PARENT = fileURLToPath(new URL('./managed-parent.ts', import.meta.url))

export interface Parent {
  readonly process: ChildProcess
  readonly url: string
  /** Of the postmaster. */
  readonly pid: number
}

interface Identity {
  readonly uid: number
  readonly gid: number
}

/** Resolves when its server takes connections; rejects with its message when it could not start one. */
export async function startParent(dataDir: string, as?: Identity): Promise<Parent> {
  const { binaries } = await testServer()
  const child = spawn(process.execPath, [PARENT, dataDir, ...(binaries === undefined ? [] : [binaries])], {
    stdio: ['ignore', 'pipe', 'inherit'],
    cwd: '/',
    ...as,
  })
  for await (const line of createInterface({ input: child.stdout })) {
    const said = JSON.parse(line) as { url: string; pid: number } | { error: string }
    if ('error' in said) throw new Error(said.error)
    return { process: child, ...said }
  }
  throw new Error(`the parent ended without a word: ${child.exitCode ?? child.signalCode}`)
}

export async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const ended = once(child, 'exit')
  child.kill(signal)
  await ended
}

export async function ask(url: string, statement: string): Promise<unknown[]> {
  const client = new Client(url)
  client.on('error', () => undefined)
  await client.connect()
  try {
    return (await client.query(statement)).rows
  } finally {
    await client.end()
  }
}
