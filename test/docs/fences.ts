/**
 * Reads the fenced blocks of a document, and the variables that its shell blocks set.
 * Decides what counts as such a block; must not judge what is in one.
 */

/** The blocks of one language, in the order of the document. */
export function fences(markdown: string, language: string): string[] {
  const blocks: string[] = []
  let open: string[] | undefined
  for (const line of markdown.split('\n')) {
    const mark = /^```(\S*)\s*$/.exec(line)
    if (mark === null) open?.push(line)
    else if (open === undefined) open = mark[1] === language ? [] : undefined
    else {
      blocks.push(`${open.join('\n')}\n`)
      open = undefined
    }
  }
  return blocks
}

/** The names that a reader sets by following the shell blocks: `NAME=…` at the beginning of a line or after export. */
export function variablesSet(markdown: string): Set<string> {
  const names = fences(markdown, 'sh').flatMap((block) =>
    [...block.matchAll(/(?:^|export )([A-Z][A-Z_]*)=/gm)].map(([, name = '']) => name),
  )
  return new Set(names)
}
