/**
 * What the oracle judges, read from the control API of a simulated CXone.
 * Must not ask any other address, nor change anything.
 */
import type { Held, MadeCall, StoredPerson, Truth } from './cxone-oracle.ts'

/** Calls the control API with GET and insists on success. */
export type Look = <T>(path: string) => Promise<T>

interface State {
  readonly users: readonly StoredPerson[]
  readonly teams: readonly { readonly id: string; readonly name: string }[]
  readonly authenticators: readonly { readonly id: string; readonly name: string }[]
  readonly mails: Truth['mails']
}

export async function readTruth(look: Look): Promise<Truth> {
  const state = await look<State>('/state')
  return {
    people: state.users,
    names: { teams: namesById(state.teams), authenticators: namesById(state.authenticators) },
    held: heldBy(),
    mails: state.mails,
    calls: await everyCall(look),
  }
}

const namesById = (list: readonly { readonly id: string; readonly name: string }[]): ReadonlyMap<string, string> =>
  new Map(list.map(({ id, name }) => [id, name]))

const heldBy = (): ReadonlyMap<string, Held> => new Map()

async function everyCall(look: Look): Promise<readonly MadeCall[]> {
  const calls: MadeCall[] = []
  for (;;) {
    const more = await look<readonly MadeCall[]>(`/calls?since=${calls.at(-1)?.seq ?? 0}&limit=1000`)
    if (more.length === 0) return calls
    calls.push(...more)
  }
}
