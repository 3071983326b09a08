/**
 * Reads Markdown for names of things that ought to exist.
 * Decides what is a link, a path, an npm script or a command; must not know whether it exists.
 */

export type Named = { readonly line: number } & (
  | { readonly kind: 'link' | 'path' | 'script'; readonly text: string }
  | { readonly kind: 'command'; readonly words: readonly string[] }
)

/** The top folders of the repository, and those of src/ that the docs name without their parent. */
const FOLDERS =
  /^(?:src|sim|test|bench|docs|tools|bin|examples|console|\.ci|scim|identity|policy|reconcile|audit|licence|connectors|store|durable|notify|operations|workflows|contract|http|cli)\//
const ROOT_FILES =
  /^(?:package(?:-lock)?\.json|tsconfig[a-z.]*\.json|LICENSE|NOTICE|[A-Z]+\.md|\.oxlintrc\.json|\.oxfmtrc\.json|\.dependency-cruiser\.cjs|vitest\.config\.ts)$/
/** Words that stand for something else: `<noun>`, `FILE`, `…`, `$DIR`, `{id}`. */
const PLACEHOLDER = /[<>…$]|\.\.\.|\{[a-z]+\}|(?:^|\/)[A-Z][A-Z_]*(?:$|\/)/
const PATH = /^[\w.@*{},/-]+$/

const pathIn = (word: string): string | undefined => {
  const bare = word.replace(/[.,:;)]+$/, '').replace(/:\d+$/, '').replace(/^\.\//, '') // prettier-ignore
  if (PLACEHOLDER.test(bare) && !ROOT_FILES.test(bare)) return undefined
  return (FOLDERS.test(bare) && PATH.test(bare)) || ROOT_FILES.test(bare) ? bare : undefined
}

/** One shell line, without prompt, comment, environment and pipes. */
const simpleCommands = (line: string): string[][] =>
  line
    .replace(/^\s*\$\s+/, '')
    .replace(/\s#.*$/, '')
    .split(/&&|\|\|?|;/)
    .map((it) =>
      it
        .trim()
        .split(/\s+/)
        .filter((word) => word !== ''),
    )
    .map((words) => words.slice(words.findIndex((word) => !/^[A-Z_]+=/.test(word))))

/** npm scripts and bins in a line of shell or in `code`. */
const commandsIn = (text: string, line: number): Named[] =>
  simpleCommands(text).flatMap((words): Named[] => {
    const [first, second] = words
    if (first === 'npm' && (second === 'run' || second === 'run-script')) {
      const script = words.slice(2).find((it) => !it.startsWith('-'))
      return script === undefined || PLACEHOLDER.test(script) ? [] : [{ line, kind: 'script', text: script }]
    }
    if (first === 'npm' && (second === 'test' || second === 'start')) return [{ line, kind: 'script', text: second }]
    const runs =
      first === 'npm' && second === 'exec'
        ? words.slice(words[2] === '--' ? 3 : 2)
        : first === 'npx'
          ? words.slice(1)
          : words
    return runs[0] !== undefined && /^rollcall(?:-[a-z]+)*$/.test(runs[0])
      ? [{ line, kind: 'command', words: runs }]
      : []
  })

const pathsIn = (text: string, line: number): Named[] =>
  text.split(/\s+/).flatMap((word): Named[] => {
    const path = pathIn(word.replace(/^["'(]+|["')]+$/g, ''))
    return path === undefined ? [] : [{ line, kind: 'path', text: path }]
  })

const linksIn = (text: string, line: number): Named[] =>
  [...text.matchAll(/\]\(([^)\s]+)(?:\s+"[^"]*")?\)/g)].flatMap((found): Named[] => {
    const target = found[1] ?? ''
    return /^[a-z][a-z+.-]*:/i.test(target) ? [] : [{ line, kind: 'link', text: target }]
  })

/** Shells and untagged fences hold commands; other fences (yaml, json, ts, diagrams) hold neither commands nor paths. */
const SHELL = /^(?:sh|bash|shell|console)?$/

/** Everything that a document names, in its order. A command that goes on after a backslash is one command. */
export const namesIn = (text: string): Named[] => {
  const found: Named[] = []
  let fence: string | undefined
  let pending = ''
  for (const [at, line] of text.split('\n').entries()) {
    const mark = /^\s*(?:```|~~~)\s*([\w-]*)/.exec(line)
    if (mark !== null) {
      fence = fence === undefined ? (mark[1] ?? '') : undefined
      continue
    }
    if (fence === undefined) {
      const prose = line.replace(/`[^`]*`/g, '')
      found.push(...linksIn(prose, at + 1))
      for (const [, code = ''] of line.matchAll(/`([^`]+)`/g))
        found.push(...commandsIn(code, at + 1), ...pathsIn(code, at + 1))
    } else if (SHELL.test(fence)) {
      pending += line.replace(/\\\s*$/, ' ')
      if (/\\\s*$/.test(line)) continue
      found.push(...commandsIn(pending, at + 1), ...pathsIn(pending.replace(/\s#.*$/, ''), at + 1))
      pending = ''
    }
  }
  return found
}

/** The anchors that headings get on the usual Git hosts. */
export const anchorsOf = (text: string): Set<string> => {
  const anchors = new Set<string>()
  let fenced = false
  for (const line of text.split('\n')) {
    if (/^\s*(?:```|~~~)/.test(line)) fenced = !fenced
    const heading = fenced ? undefined : /^#{1,6}\s+(.*?)\s*#*$/.exec(line)?.[1]
    if (heading === undefined) continue
    const slug = heading.toLowerCase().replace(/[^\p{L}\p{N}\s_-]/gu, '').replaceAll(' ', '-') // prettier-ignore
    let free = slug
    for (let again = 1; anchors.has(free); again += 1) free = `${slug}-${again}`
    anchors.add(free)
  }
  return anchors
}
