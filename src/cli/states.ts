/**
 * Which states are good, passing or bad, as colours.
 * Decides the colour of a word everywhere it is printed; must not decide its meaning.
 */
import type { Colours } from './io.ts'

const GOOD = ['working', 'delivered', 'linked', 'active', 'done']
const PASSING = ['paused', 'due', 'retrying', 'waiting', 'running', 'pending', 'unregistered', 'observed', 'unlinked']
const BAD = ['refused', 'disputed', 'failed', 'locked', 'deleted', 'orphan']

/** The colour of a state; undefined for one that is neither good nor bad. */
export function stateColour(state: string, colours: Colours): ((text: string) => string) | undefined {
  if (GOOD.includes(state)) return colours.green
  if (PASSING.includes(state)) return colours.yellow
  return BAD.includes(state) ? colours.red : undefined
}

/** An HTTP status: what went well, what the caller got wrong, what we did. */
export const statusColour = (status: number, colours: Colours): ((text: string) => string) =>
  status < 400 ? colours.green : status < 500 ? colours.yellow : colours.red
