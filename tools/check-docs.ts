/**
 * What the docs name must exist: links, paths, npm scripts, commands of the bins.
 * Decides which words of a document are such names (tools/doc-names.ts reads them); must not judge the prose.
 */
import { existsSync, globSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { pathToFileURL } from 'node:url'
import { anchorsOf, namesIn, type Named } from './doc-names.ts'
import { filesBelow, read } from './tree.ts'
import { verdict, type Verdict } from './verdict.ts'

const DOCS = /^(?:README|CONTRIBUTING|CHANGELOG)\.md$|^docs\/.*\.md$|^(?:sim|src|examples|bench)\/(?:.*\/)?readme\.md$/i

/** The part of a commander `Command` that is asked here. */
export interface Program {
  readonly commands: readonly Program[]
  readonly options: readonly { readonly long?: string | undefined; readonly short?: string | undefined }[]
  name(): string
  aliases(): readonly string[]
}

/** What the documents are held against. */
export interface Facts {
  readonly root: string
  readonly scripts: ReadonlySet<string>
  readonly bins: ReadonlySet<string>
  /** Absent as long as there is no src/cli. */
  readonly program: Program | undefined
}

/** Walks the words after `rollcall` down the commands; the first fault in plain words, or nothing. */
export const faultOfCommand = (program: Program, words: readonly string[]): string | undefined => {
  const known = new Set(['--help', '-h', '--version', '-V'])
  const learn = ({ options }: Program): void => {
    for (const { long, short } of options) for (const it of [long, short]) if (it !== undefined) known.add(it)
  }
  learn(program)
  let command = program
  let descending = true
  for (const word of words) {
    if (word.startsWith('-')) {
      descending = false
      const option = word.replace(/=.*$/, '')
      if (!known.has(option))
        return `\`rollcall ${command === program ? '' : `${command.name()} `}\` has no option ${option}`
    } else if (descending && command.commands.length > 0) {
      const next = command.commands.find((it) => it.name() === word || it.aliases().includes(word))
      if (next === undefined) {
        if (word === 'help' || !/^[a-z][a-z-]*$/.test(word)) return undefined
        return `there is no command \`${command.name()} ${word}\`; there are: ${command.commands.map((it) => it.name()).join(', ')}`
      }
      command = next
      learn(command)
    }
  }
  return undefined
}

const isSim = (root: string, words: readonly string[]): string | undefined => {
  const [kind] = words
  if (kind === undefined || !/^[a-z]/.test(kind)) return undefined
  if (!existsSync(join(root, 'sim', kind))) return `there is no simulator sim/${kind}`
  const sources = filesBelow(root, 'sim').filter((path) => path.endsWith('.ts')).map((path) => read(root, path)).join('\n') // prettier-ignore
  const unknown = words.filter((it) => it.startsWith('--')).map((it) => it.replace(/=.*$/, ''))
  const missing = unknown.find((it) => it !== '--help' && !sources.includes(it.slice(2)))
  return missing === undefined ? undefined : `no simulator knows the option ${missing}`
}

/** `src/x`, or what the docs call by its place in src/: `store/users` for src/store/users.ts. */
const exists = (root: string, path: string): boolean => {
  const bare = path.replace(/\/$/, '')
  return [bare, `${bare}.ts`, `src/${bare}`, `src/${bare}.ts`].some((it) =>
    /[*{]/.test(it) ? globSync(it, { cwd: root }).length > 0 : existsSync(join(root, it)),
  )
}

const faultOfLink = (root: string, doc: string, target: string): string | undefined => {
  const [path = '', anchor] = target.split('#')
  const file = path === '' ? doc : normalize(join(dirname(doc), decodeURI(path)))
  if (!existsSync(join(root, file))) return `links to ${target}, which does not exist`
  if (anchor === undefined || !file.endsWith('.md')) return undefined
  return anchorsOf(read(root, file)).has(anchor) ? undefined : `links to ${target}, but ${file} has no such heading`
}

export const faultOf = (facts: Facts, doc: string, named: Named): string | undefined => {
  switch (named.kind) {
    case 'link':
      return faultOfLink(facts.root, doc, named.text)
    case 'path':
      return exists(facts.root, named.text) || existsSync(join(facts.root, dirname(doc), named.text))
        ? undefined
        : `names ${named.text}, which does not exist`
    case 'script':
      return facts.scripts.has(named.text)
        ? undefined
        : `names \`npm run ${named.text}\`, which package.json does not have`
    case 'command': {
      const [bin = '', ...words] = named.words
      if (!facts.bins.has(bin)) return `names the command ${bin}, which package.json does not have as a bin`
      if (bin === 'rollcall-sim') return isSim(facts.root, words)
      return facts.program === undefined ? undefined : faultOfCommand(facts.program, words)
    }
  }
}

/** Findings of one document, with line numbers. */
export const faultsOf = (facts: Facts, doc: string, text: string): string[] =>
  namesIn(text).flatMap((named) => {
    const fault = faultOf(facts, doc, named)
    return fault === undefined ? [] : [`${doc}:${named.line}: ${fault}`]
  })

const loadProgram = async (root: string): Promise<Program | undefined> => {
  const file = join(root, 'src/cli/program.ts')
  if (!existsSync(file)) return undefined
  const loaded = (await import(pathToFileURL(file).href)) as { buildProgram?: () => Program | Promise<Program> }
  if (loaded.buildProgram === undefined) throw new Error('src/cli/program.ts exports no buildProgram()')
  return loaded.buildProgram()
}

export const checkDocs = async (root: string): Promise<Verdict> => {
  const pack = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<
    'scripts' | 'bin',
    Record<string, string> | undefined
  >
  const facts: Facts = {
    root,
    scripts: new Set(Object.keys(pack.scripts ?? {})),
    bins: new Set(Object.keys(pack.bin ?? {})),
    program: await loadProgram(root),
  }
  const docs = filesBelow(root).filter((path) => DOCS.test(path))
  const findings = docs.flatMap((doc) => faultsOf(facts, doc, read(root, doc)))
  for (const [bin, file] of Object.entries(pack.bin ?? {})) {
    if (!existsSync(join(root, file)))
      findings.push(`package.json: the bin ${bin} points to ${file}, which does not exist`)
  }
  const hasCli = existsSync(join(root, 'src/cli')) && filesBelow(root, 'src/cli').length > 0
  if (facts.program === undefined && hasCli)
    findings.push('src/cli has files but no program.ts with buildProgram(), so commands cannot be checked')
  return verdict(
    findings,
    facts.program === undefined && !hasCli ? ['there is no src/cli yet; commands of rollcall are unchecked'] : [],
  )
}
