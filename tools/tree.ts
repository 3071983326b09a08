/**
 * The files of the repository, as the checks see them.
 * Decides what counts as part of the tree; must not judge any file.
 */
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const SKIPPED = new Set(['node_modules', '.git', 'dist', 'coverage', '.rollcall'])

/** Paths relative to `root` with forward slashes, sorted; installed, built and runtime folders are left out. */
export const filesBelow = (root: string, folder = ''): string[] => {
  const found: string[] = []
  for (const entry of readdirSync(join(root, folder), { withFileTypes: true })) {
    if (SKIPPED.has(entry.name)) continue
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`
    if (entry.isDirectory()) found.push(...filesBelow(root, path))
    else if (entry.isFile()) found.push(path)
  }
  return found.toSorted()
}

export const read = (root: string, path: string): string => readFileSync(join(root, path), 'utf8')
