/**
 * Finds the files that hold policies.
 * Decides where a file is looked for and when it is unusable; must not read what stands in it.
 */
import { readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Problem } from './problem.ts'

export interface FileReader {
  /** The file as text, with its whole path, or what is wrong with it and how to mend it. */
  read(name: string): Promise<{ readonly path: string; readonly text: string } | Pick<Problem, 'message' | 'fix'>>
}

/** As much as the admin API takes. */
const LARGEST_FILE = 256 * 1024

/** Reads files of a configuration that lives in `folder`. */
export const fileReader = (folder: string): FileReader => ({ read: (name) => readPolicyFile(resolve(folder, name)) })

async function readPolicyFile(path: string): Promise<Awaited<ReturnType<FileReader['read']>>> {
  try {
    const found = await stat(path)
    if (!found.isFile()) return { message: `${path} is not a file`, fix: 'Name the file that holds the policy.' }
    if (found.size > LARGEST_FILE) {
      const message = `the policy file ${path} is larger than ${LARGEST_FILE / 1024} KiB`
      return { message, fix: 'A policy is a few kilobytes: is this the right file?' }
    }
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path)) }
  } catch (error) {
    if (error instanceof TypeError)
      return { message: `the policy file ${path} is not UTF-8 text`, fix: 'Save it as UTF-8.' }
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    if (code === 'ENOENT' || code === 'ENOTDIR')
      return { message: `there is no policy file ${path}`, fix: 'Create it, or correct the path.' }
    return {
      message: `the policy file ${path} cannot be read (${code})`,
      fix: 'Let the user that runs `rollcall serve` read it.',
    }
  }
}
