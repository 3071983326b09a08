/**
 * What the readers of rollcall.yaml hand to each other.
 * Decides the shape only.
 */
import type { Path, Problem } from './problem.ts'
import type { FileReader } from './policy-file.ts'
import type { SecretReader } from './secrets.ts'
import type { CompilePolicy, Definitions } from './shape.ts'
import type { Source } from './source.ts'

/** What reading needs and gathers. */
export interface Reading {
  readonly source: Source
  readonly secrets: SecretReader
  /** Reads policies that stand in files of their own. */
  readonly files: FileReader
  readonly definitions: Definitions
  readonly compile: CompilePolicy
  readonly problems: Problem[]
  readonly warnings: Warning[]
  /** Where each token, key, client id and user name was first seen. */
  readonly credentials: Map<string, string>
}

export interface Warning {
  readonly path: Path
  readonly message: string
  readonly fix: string
}
