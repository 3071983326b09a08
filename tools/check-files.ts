/**
 * Sizes, names and first lines of files, and reasons of suppressions.
 * Decides what the house rules say of a file as a whole; must not read its code (that is lint's part).
 */
import { createRequire } from 'node:module'
import { read, filesBelow } from './tree.ts'
import { verdict, type Verdict } from './verdict.ts'

const { table } = createRequire(import.meta.url)('./import-table.cjs') as { table: Record<string, unknown> }

const MOST_LINES = 500
const CODE = /\.(?:[cm]?[jt]s|tsx|sql)$/
const TEST = /\.test\.ts$/
const OURS = /^(?:src|sim|tools|bench|bin)\//
/** Names that say nothing, and so gather everything. */
const EMPTY_NAMES = new Set(['util', 'utils', 'common', 'shared', 'lib', 'libs', 'helper', 'helpers', 'core', 'misc'])
/** Lower case, words joined by hyphens; a dot separates kinds (`users.test.ts`). */
const KEBAB = /^[a-z0-9]+(?:-[a-z0-9]+)*(?:\.[a-z0-9]+(?:-[a-z0-9]+)*)*$/
/** `0001_spine.sql`: migrations run in the order of their numbers. */
const MIGRATION = /^\d{4}_[a-z0-9]+(?:_[a-z0-9]+)*\.sql$/
const SUPPRESSION = /(?:oxlint|eslint)-disable(?:-next-line|-line)?\b(.*)/

const namesOf = (path: string): string[] => {
  const said: string[] = []
  for (const part of path.split('/')) {
    const stem = part.replace(/\..*$/, '')
    if (EMPTY_NAMES.has(stem)) said.push(`${path}: "${stem}" says nothing; name it for what it decides`)
    if (!KEBAB.test(part) && !MIGRATION.test(part)) said.push(`${path}: "${part}" should be in kebab-case`)
  }
  return said
}

const firstLineOf = (path: string, text: string): string[] => {
  const lines = text.split('\n')
  const first = (lines[0]?.startsWith('#!') === true ? lines[1] : lines[0]) ?? ''
  const opens = path.endsWith('.sql') ? first.startsWith('--') : first.startsWith('/**') || first.startsWith('//')
  return opens ? [] : [`${path}:1: begin with a comment: what the file decides, and what it must not do`]
}

const suppressionsOf = (path: string, text: string): string[] =>
  text.split('\n').flatMap((line, at) => {
    const found = SUPPRESSION.exec(line)
    return found === null || /--\s*\S{2,}.*\s\S/.test(found[1] ?? '')
      ? []
      : [`${path}:${at + 1}: a suppression names its reason: // oxlint-disable-next-line RULE -- because …`]
  })

/** A folder of src/ that no row names would be bound by nothing. */
const foldersWithoutRow = (paths: readonly string[]): string[] => {
  const folders = new Set(paths.filter((path) => /^src\/[^/]+\//.test(path)).map((path) => path.split('/')[1] ?? ''))
  const known = Object.keys(table)
  return [...folders]
    .filter((folder) => !known.some((key) => key.startsWith(`${folder}/`)))
    .map((folder) => `src/${folder}: has no row in tools/import-table.cjs, so nothing says what it may import`)
}

export const checkFiles = (root: string): Verdict => {
  const paths = filesBelow(root)
  const findings = foldersWithoutRow(paths)
  for (const path of paths.filter((it) => CODE.test(it))) {
    if (!OURS.test(path)) {
      if (/^(?:test|console)\//.test(path)) findings.push(...suppressionsOf(path, read(root, path)))
      continue
    }
    const text = read(root, path)
    const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
    if (lines > MOST_LINES) findings.push(`${path}: ${lines} lines; at most ${MOST_LINES}, and mostly under 200`)
    findings.push(...namesOf(path), ...suppressionsOf(path, text))
    if (!TEST.test(path)) findings.push(...firstLineOf(path, text))
  }
  return verdict(findings)
}
