/**
 * What a check of a single sign-on says.
 * Decides the shape only; must not check anything.
 */

/**
 * `ok`; `wrong`: nobody gets in, or not for long; `doubtful`: it may work, and a person should look; `unknown`: it could
 * not be told from what was given.
 */
export type FindingStatus = 'ok' | 'wrong' | 'doubtful' | 'unknown'

export interface Finding {
  /** What was looked at, such as `response.signed`: stable, for scripts. */
  readonly check: string
  readonly status: FindingStatus
  /** One plain sentence. */
  readonly words: string
  /** What to change, and where; absent where nothing is to be done. */
  readonly fix?: string
}

export const ok = (check: string, words: string): Finding => ({ check, status: 'ok', words })

const withFix =
  (status: FindingStatus) =>
  (check: string, words: string, fix?: string): Finding => ({
    check,
    status,
    words,
    ...(fix === undefined ? {} : { fix }),
  })

export const wrong = withFix('wrong')
export const doubtful = withFix('doubtful')
export const unknown = withFix('unknown')

/** Nothing is wrong; what is doubtful or unknown is left to a person. */
export const isSound = (findings: readonly Finding[]): boolean => findings.every(({ status }) => status !== 'wrong')

/** Text of strangers in a sentence of ours: one line, bounded. */
export function quoted(text: string, most = 200): string {
  const line = text.replaceAll(/[\s\p{Cc}]+/gu, ' ').trim()
  return `"${line.length > most ? `${line.slice(0, most)}…` : line}"`
}
