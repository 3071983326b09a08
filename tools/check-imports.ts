/**
 * Import rules: who may import whom (tools/import-table.cjs through dependency-cruiser).
 * Decides how violations are told; must not hold a rule of its own.
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { getAvailableTranspilers } from 'dependency-cruiser'
import { runNode } from './child.ts'
import { filesBelow } from './tree.ts'
import { verdict, type Verdict } from './verdict.ts'

const home = fileURLToPath(new URL('..', import.meta.url))
const FOLDERS = ['src', 'sim', 'bin', 'test', 'tools', 'bench', 'console', 'examples']

/** The part of dependency-cruiser's report that is read here. */
interface Cruised {
  readonly modules: readonly { readonly source: string }[]
  readonly summary: {
    readonly ruleSetUsed: { readonly forbidden: readonly { readonly name: string; readonly comment?: string }[] }
    readonly violations: readonly {
      readonly from: string
      readonly to: string
      readonly rule: { readonly name: string; readonly severity: 'error' | 'warn' | 'info' | 'ignore' }
      readonly cycle?: readonly { readonly name: string }[]
    }[]
  }
}

type Violation = Cruised['summary']['violations'][number]

const tell = ({ from, to, rule, cycle }: Violation, why: string): string => {
  const way = cycle === undefined ? `${from} -> ${to}` : [from, ...cycle.map(({ name }) => name)].join(' -> ')
  return `${way}\n    ${rule.name}: ${why}`
}

/** What dependency-cruiser says that it can read. */
export interface Reader {
  readonly name: string
  readonly version: string
  readonly available: boolean
}

/**
 * Without a TypeScript that it can use dependency-cruiser passes everything: it reads no TypeScript at all, and at most
 * warns. So ask what it can read, and compare what it has seen with what is there.
 */
export const blindness = (
  present: readonly string[],
  seen: readonly string[],
  readers: readonly Reader[],
): string[] => {
  const typescript = readers.find(({ name }) => name === 'typescript')
  if (typescript?.available !== true) {
    return [
      `dependency-cruiser cannot read TypeScript: it wants typescript ${typescript?.version ?? ''} among the devDependencies`,
    ]
  }
  const sources = new Set(seen)
  return present
    .filter((path) => /\.[cm]?ts$/.test(path) && !sources.has(path))
    .map((path) => `${path}: dependency-cruiser did not read it, so its imports are unchecked`)
}

/** `root` may be any tree with a src/ folder; the rules are always those of this repository. */
export const checkImports = async (root: string): Promise<Verdict> => {
  const folders = FOLDERS.filter((folder) => existsSync(join(root, folder)))
  const cruiser = join(home, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs')
  const config = join(home, '.dependency-cruiser.cjs')
  // With this output type the exit code says nothing of violations; they are in the report.
  const { stdout, output } = await runNode(root, [cruiser, '--config', config, '--output-type', 'json', ...folders])
  let cruised: Cruised
  try {
    cruised = JSON.parse(stdout) as Cruised
  } catch {
    return verdict([`dependency-cruiser gave no report: ${output.trim()}`])
  }
  const warnings = /warn/i.test(output.slice(0, output.indexOf('{')))
    ? [output.slice(0, output.indexOf('{')).trim()]
    : []
  const seen = cruised.modules.map(({ source }) => source)
  const blind = blindness(filesBelow(root, 'src'), seen, getAvailableTranspilers())
  const { violations, ruleSetUsed } = cruised.summary
  const why = new Map(ruleSetUsed.forbidden.map(({ name, comment }) => [name, comment ?? '']))
  const serious = violations.filter(({ rule }) => rule.severity === 'error')
  const orphans = violations.filter(({ rule }) => rule.name === 'orphan').map(({ to }) => to)
  return verdict(
    [...warnings, ...blind, ...serious.map((it) => tell(it, why.get(it.rule.name) ?? ''))],
    orphans.length === 0 ? [] : [`no program leads to these files; are they still used? ${orphans.join(' ')}`],
  )
}
