/**
 * What is collected on the way through a document that is being compiled: problems, and expressions that can be used.
 * Decides how an expression's mistakes become problems of the document; must not know a policy's keys.
 */
import { compileExpression, type Language } from './expression/expression.ts'
import { LIMITS } from './limits.ts'
import type { Located } from './parts.ts'
import { renderPolicyPath, type PolicyPath, type PolicyProblem } from './problem.ts'
import { trial, type Wanted } from './trial.ts'

export interface Compilation {
  readonly problems: PolicyProblem[]
  readonly located: Located[]
  readonly language: Language
  /** Compiles and tries an expression; `undefined` where it cannot be used, which is then among the problems. */
  compile(text: string, path: PolicyPath, wanted: Wanted): Located | undefined
  refuse(path: PolicyPath, message: string, fix: string): void
}

export function compilation(language: Language): Compilation {
  const problems: PolicyProblem[] = []
  const located: Located[] = []
  let characters = 0
  const refuse: Compilation['refuse'] = (path, message, fix) => {
    problems.push({ path, at: renderPolicyPath(path), message, fix })
  }
  return {
    problems,
    located,
    language,
    refuse,
    compile(text, path, wanted) {
      characters += text.length
      if (characters > LIMITS.expressions) {
        if (characters - text.length <= LIMITS.expressions)
          refuse(
            path,
            `all expressions together are longer than ${LIMITS.expressions} characters`,
            'Write fewer or shorter rules.',
          )
        return undefined
      }
      const at = renderPolicyPath(path)
      const { expression, spots } = compileExpression(text, language)
      const found = expression === undefined ? spots : trial(expression, wanted)
      for (const { offset, message, fix } of found)
        problems.push({ path, at, ...(offset === undefined ? {} : { character: offset + 1 }), message, fix })
      if (expression === undefined || found.length > 0) return undefined
      const one = { at, expression }
      located.push(one)
      return one
    },
  }
}
