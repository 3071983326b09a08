/**
 * Reads the policy of an app: in its entry, or in a file that the entry names.
 * Decides where it is read from and how its problems are told; must not know what may be written in it.
 */
import type { Compiled } from '../policy/compile.ts'
import { problemAt } from './issues.ts'
import { placed, readPolicyText, type ReadPolicy } from './policy-text.ts'
import { renderPath, type Path, type Problem } from './problem.ts'
import type { Reading } from './reading.ts'
import type { PolicyConfig } from './shape.ts'
import type { Json } from './source.ts'

interface PolicyEntry {
  /** The entry of the app. */
  readonly value: Readonly<Record<string, Json>>
  readonly path: Path
  readonly compile: (document: Json) => Compiled
}

/** The policy; nothing where none is declared, or a problem was reported. */
export async function readPolicy(reading: Reading, entry: PolicyEntry): Promise<PolicyConfig | undefined> {
  const { value, path, compile } = entry
  const [inline, file] = [value['policy'], value['policyFile']]
  if (inline !== undefined && file !== undefined) {
    const fix = 'Keep one of the two.'
    const words = { part: 'key', message: 'the policy is declared in the entry as well', fix } as const
    reading.problems.push(problemAt(reading.source, [...path, 'policyFile'], words))
    return undefined
  }
  if (typeof file === 'string') return readFileOf(reading, { file, path: [...path, 'policyFile'], compile })
  // Anything else has been reported.
  if (typeof inline !== 'object' || inline === null || Array.isArray(inline)) return undefined
  const base = [...path, 'policy']
  const read = placed(reading.source, base, compile(inline))
  return told(reading, read, { place: (path) => ({ path: renderPath([...base, ...path]) }) })
}

interface NamedFile {
  readonly file: string
  /** Where it is named. */
  readonly path: Path
  readonly compile: (document: Json) => Compiled
}

async function readFileOf(reading: Reading, { file, path, compile }: NamedFile): Promise<PolicyConfig | undefined> {
  const read = await reading.files.read(file)
  if ('message' in read) {
    reading.problems.push(problemAt(reading.source, path, read))
    return undefined
  }
  const policy = told(reading, readPolicyText(read.text, compile), {
    place: (at) => ({ path: renderPath(at), file: read.path }),
  })
  return policy && { ...policy, text: read.text }
}

interface Placing {
  readonly place: (path: Path) => Pick<Problem, 'path' | 'file'>
}

function told(reading: Reading, read: ReadPolicy, { place }: Placing): PolicyConfig | undefined {
  if (read.policy !== undefined) {
    const { policy, locate } = read
    return { policy, place: (path) => ({ ...locate(path), ...place(path) }) }
  }
  for (const { line, column, path, at, character, message, fix } of read.problems) {
    const where = character === undefined ? message : `character ${character}: ${message}`
    const found = place(path)
    reading.problems.push({
      line,
      column,
      ...found,
      path: found.file === undefined ? found.path : at,
      message: where,
      fix,
    })
  }
  return undefined
}
