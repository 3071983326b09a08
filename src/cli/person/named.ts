/** How a command names somebody of one connection: `okta/ann@example.com`. Must not look anybody up. */
import { argument } from '../command.ts'
import { CommandError } from '../errors.ts'

export interface Named {
  readonly connection: string
  readonly userName: string
}

/** Reads the words of an argument. Ids of connections hold no slash. */
export function named(args: readonly string[], at: number): Named {
  const word = argument(args, at, 'person')
  const slash = word.indexOf('/')
  if (slash > 0 && slash < word.length - 1) return { connection: word.slice(0, slash), userName: word.slice(slash + 1) }
  throw new CommandError('usage', `Name a person as CONNECTION/USERNAME, such as okta/ann@example.com, not "${word}".`)
}

export const nameOf = ({ connection, userName }: Named): string => `${userName} of ${connection}`
