/**
 * Reads YAML text into plain data and remembers where everything stood.
 * Decides what is well-formed and bounded; must not know what any key means.
 */
import {
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
  type Document,
  type Node,
  type Pair,
  type YAMLError,
} from 'yaml'
import { offsetOfCharacter, type WrittenText } from './character.ts'
import { renderPath, type Path, type Problem } from './problem.ts'

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface Source {
  readonly data: Json
  readonly problems: readonly Problem[]
  /** Where a value stands, or its key; for what is not in the file, the nearest thing around it. */
  locate(path: Path, part?: 'key' | 'value'): { line: number; column: number }
  /** Where a character of a text stands, counted from 1; undefined where the way it is written does not show that. */
  locateCharacter(path: Path, character: number): { line: number; column: number } | undefined
}

/** Far above any real configuration; below what expanding aliases of aliases would need. */
const MOST_VALUES = 50_000
const DEEPEST = 32

/** Parses one YAML 1.2 document. Never throws: what is wrong is in `problems`. */
export function parseSource(text: string): Source {
  const lines = new LineCounter()
  const document = parseBounded(text, lines)
  if ('message' in document) {
    return {
      data: null,
      problems: [{ line: 1, column: 1, path: '', ...document }],
      locate: () => ({ line: 1, column: 1 }),
      locateCharacter: () => undefined,
    }
  }
  const at = (offset: number): { line: number; column: number } => {
    const { line, col } = lines.linePos(offset)
    return { line: Math.max(1, line), column: Math.max(1, col) }
  }
  const reader = new Reader(document, at)
  const problems = document.errors.map((error) => syntaxProblem(document, error, at))
  const data = problems.length > 0 ? null : reader.read(document.contents, [], 0)
  return {
    data,
    problems: [...problems, ...reader.problems],
    locate: (path, part = 'value') => at(reader.offset(path, part)),
    locateCharacter: (path, character) => {
      const written = reader.text(path)
      const offset = written === undefined ? undefined : offsetOfCharacter(text, written, character)
      return offset === undefined ? undefined : at(offset)
    },
  }
}

function parseBounded(text: string, lineCounter: LineCounter): Document.Parsed | Pick<Problem, 'message' | 'fix'> {
  try {
    // Duplicate keys are found by the reader: the package compares every key with every other.
    return parseDocument(text, { version: '1.2', lineCounter, prettyErrors: false, uniqueKeys: false })
  } catch {
    // The package recurses into nested collections; a stack that is used up is the only thing it throws for text.
    return { message: 'the file is nested too deeply to be read', fix: `Nest at most ${DEEPEST} levels.` }
  }
}

function syntaxProblem(
  document: Document.Parsed,
  error: YAMLError,
  at: (offset: number) => { line: number; column: number },
): Problem {
  const [offset] = error.pos
  if (error.code === 'MULTIPLE_DOCS') {
    const fix = 'Keep everything in one document: remove the line with ---.'
    return { ...at(offset), path: '', message: 'a second document begins here', fix }
  }
  const opened =
    error.code === 'MISSING_CHAR' && error.message.includes('quote') ? quoteBefore(document, offset) : undefined
  if (opened !== undefined)
    return { ...at(opened), path: '', message: 'a quote is opened here and never closed', fix: 'Close it.' }
  const plain = error.message.replace(/\s+/g, ' ').replace(/[.:]\s*$/, '')
  const fix = 'Check the indentation, quotes and brackets on this line and the one before.'
  return { ...at(offset), path: '', message: `this is not valid YAML (${plain})`, fix }
}

/** Where the text begins that runs on to `offset`: the package reports a missing quote where the file ends. */
function quoteBefore(document: Document.Parsed, offset: number): number | undefined {
  let found: number | undefined
  visit(document, {
    Scalar: (_key, { range }) => {
      if (range != null && range[0] < offset && offset <= range[2]) found = range[0]
    },
  })
  return found
}

class Reader {
  readonly problems: Problem[] = []
  readonly #document: Document.Parsed
  readonly #at: (offset: number) => { line: number; column: number }
  readonly #offsets = new Map<string, { key: number; value: number }>()
  readonly #texts = new Map<string, WrittenText>()
  #values = 0

  constructor(document: Document.Parsed, at: (offset: number) => { line: number; column: number }) {
    this.#document = document
    this.#at = at
  }

  offset(path: Path, part: 'key' | 'value'): number {
    for (let length = path.length; length >= 0; length--) {
      const found = this.#offsets.get(renderPath(path.slice(0, length)))
      if (found !== undefined) return length === path.length ? found[part] : found.key
    }
    return 0
  }

  text(path: Path): WrittenText | undefined {
    return this.#texts.get(renderPath(path))
  }

  read(node: Node | null, path: Path, keyOffset: number): Json {
    const valueOffset = offsetOf(node) ?? keyOffset
    this.#offsets.set(renderPath(path), { key: keyOffset, value: valueOffset })
    if (node === null || this.#isTooMuch(path, valueOffset)) return null
    if (isAlias(node)) return this.read(node.resolve(this.#document) ?? null, path, keyOffset)
    if (isMap<Node, Node | null>(node)) return this.#readMap(node.items, path)
    if (isSeq<Node>(node))
      return node.items.map((item, index) => this.read(item, [...path, index], item.range?.[0] ?? valueOffset))
    if (!isScalar(node)) return null
    if (typeof node.value === 'string') this.#texts.set(renderPath(path), node)
    return scalar(node.value)
  }

  #readMap(pairs: readonly Pair<Node, Node | null>[], path: Path): Json {
    const first = new Map<string, number>()
    const entries: [string, Json][] = []
    for (const pair of pairs) {
      const offset = pair.key.range?.[0] ?? 0
      const key = isScalar(pair.key) ? String(pair.key.value) : undefined
      if (key === undefined || key === '__proto__') {
        this.#report(offset, path, {
          message: 'this key is not a plain word',
          fix: 'Write the name of a setting here.',
        })
        continue
      }
      const before = first.get(key)
      if (before !== undefined) {
        this.#report(offset, [...path, key], {
          message: `the key "${key}" is here twice`,
          fix: `It is already in line ${this.#at(before).line}: keep one of them.`,
        })
        continue
      }
      first.set(key, offset)
      entries.push([key, this.read(pair.value, [...path, key], offset)])
    }
    return Object.fromEntries(entries)
  }

  /** Also what stops an alias that contains itself, and aliases of aliases that would fill the memory. */
  #isTooMuch(path: Path, offset: number): boolean {
    this.#values++
    if (this.#values === MOST_VALUES + 1) {
      this.#report(offset, [], {
        message: `the file holds more than ${MOST_VALUES} values once its aliases are expanded`,
        fix: 'Use fewer aliases (*name).',
      })
    }
    if (this.#values > MOST_VALUES) return true
    if (path.length <= DEEPEST) return false
    this.#report(offset, path.slice(0, 6), {
      message: `this is nested more than ${DEEPEST} levels deep`,
      fix: 'An alias (*name) may not contain itself.',
    })
    this.#values = MOST_VALUES + 2
    return true
  }

  #report(offset: number, path: Path, words: Pick<Problem, 'message' | 'fix'>): void {
    this.problems.push({ ...this.#at(offset), path: renderPath(path), ...words })
  }
}

/** Where a node begins; undefined for one that takes no room, such as the value of `apps:` with nothing behind it. */
const offsetOf = (node: Node | null): number | undefined =>
  node?.range != null && node.range[0] < node.range[1] ? node.range[0] : undefined

const scalar = (value: unknown): Json =>
  typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' || value === null ? value : null
