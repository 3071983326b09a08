/**
 * What accounts of the memory directory hold several of.
 * Decides what is given and taken, row by row; must not decide who may.
 */
import type { Grant, GrantKind } from '../../identity/account.ts'
import { ConnectorError, type Refusal } from '../contract.ts'
import { findMirrored, type Books } from './books.ts'
import { assertLevel, entriesOf, entryOf } from './entries.ts'
import { stubborn } from './faults.ts'

/** What one row of a batch came to. */
export interface MemoryRow {
  readonly id: string
  readonly error?: Omit<Refusal, 'ok'>
}

/** To whom, and of what. */
export interface Holder {
  readonly account: string
  readonly of: GrantKind
}

/** Each that it holds already gets the level that is given now. Without one it keeps its own; a new one is held at the lowest. */
export function give(books: Books, caller: number, { account, of, grants }: Holder & { grants: readonly Grant[] }) {
  findMirrored(books, caller, account)
  return grants.map(({ id, level }) =>
    row(books, { of, id }, () => {
      const entry = entryOf(of, id, entriesOf(books.seed, of))
      assertLevel(entry, level, id)
      const before = books.records.get(account)?.grants?.[of]?.find((one) => one.id === id)
      const held = level ?? before?.level ?? entry.levels?.min
      hold(books, { account, of, id }, [held === undefined ? { id } : { id, level: held }])
    }),
  )
}

export function take(books: Books, caller: number, { account, of, ids }: Holder & { ids: readonly string[] }) {
  findMirrored(books, caller, account)
  return ids.map((id) => row(books, { of, id }, () => hold(books, { account, of, id }, [])))
}

/** That it is refused holds up no other row. */
function row({ fault }: Books, { of, id }: { of: GrantKind; id: string }, change: () => void): MemoryRow {
  if (fault?.kind === 'row' && fault.of === of && fault.id === id) return { id, error: stubborn(id) }
  try {
    change()
    return { id }
  } catch (error) {
    if (error instanceof ConnectorError) return { id, error: error.refusal }
    throw error
  }
}

/** In place of what the account has of this entry. */
function hold({ records }: Books, { account, of, id }: Holder & { id: string }, instead: readonly Grant[]): void {
  const record = records.get(account)
  if (record === undefined) return
  const others = (record.grants?.[of] ?? []).filter((one) => one.id !== id)
  records.set(account, { ...record, grants: { ...record.grants, [of]: [...others, ...instead] } })
}
