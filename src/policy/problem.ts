/**
 * What is wrong with a policy, said to the person who wrote it.
 * Decides the shape of a problem; must not look for any.
 */

export type PolicyPath = readonly (string | number)[]

export interface PolicyProblem {
  /** Where in the document, for the caller to find the line: `['rules', 2, 'when']`. Empty for the document itself. */
  readonly path: PolicyPath
  /** The same for people: `rules[2].when`. */
  readonly at: string
  /** It is about the last key of `path` itself, not about what stands under it. */
  readonly part?: 'key'
  /** Inside an expression: from which of its characters on, counted from 1. */
  readonly character?: number
  /** What is wrong, in plain words, without a full stop. */
  readonly message: string
  /** What would be right, as a whole sentence. */
  readonly fix: string
}

export const renderPolicyPath = (path: PolicyPath): string =>
  path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('')

/** The other way round. */
export const readPolicyPath = (at: string): PolicyPath =>
  [...at.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([part, index]) => (index === undefined ? part : Number(index)))

/** One line: `rules[2].when, character 14: there is no function "lowr". Did you mean "lower"?` */
export function renderPolicyProblem({ at, character, message, fix }: PolicyProblem): string {
  const place = [at, ...(character === undefined ? [] : [`character ${character}`])]
    .filter((it) => it !== '')
    .join(', ')
  return `${place === '' ? '' : `${place}: `}${message}. ${fix}`
}
