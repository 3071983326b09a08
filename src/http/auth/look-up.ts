/**
 * Looks hashes up in the database, so that those who ask at once ask together.
 * Decides what is asked in one statement; must not keep an answer.
 */

/** `hurried`: now. Otherwise together with all others of the next moment, so that no flood of them costs more than a few statements. */
export type LookUp<T> = (sha256: Buffer, hurried: boolean) => Promise<T | undefined>

interface Lot<T> {
  readonly hashes: Map<string, Buffer>
  readonly found: Promise<ReadonlyMap<string, T>>
}

const GATHER_MS = 100

export function openLookUp<T extends { readonly sha256: Buffer }>(
  find: (hashes: readonly Buffer[]) => Promise<readonly T[]>,
): LookUp<T> {
  const underWay = new Map<string, Promise<T | undefined>>()
  let gathering: Lot<T> | undefined
  const hurry = (key: string, sha256: Buffer): Promise<T | undefined> => {
    const asked = underWay.get(key)
    if (asked !== undefined) return asked
    const answer = find([sha256])
      .then(([found]) => found)
      .finally(() => underWay.delete(key))
    underWay.set(key, answer)
    return answer
  }
  const gather = async (key: string, sha256: Buffer): Promise<T | undefined> => {
    gathering ??= openLot()
    gathering.hashes.set(key, sha256)
    return (await gathering.found).get(key)
  }
  const openLot = (): Lot<T> => {
    const hashes = new Map<string, Buffer>()
    const found = new Promise<void>((resolve) => {
      setTimeout(resolve, GATHER_MS)
    }).then(async () => {
      gathering = undefined
      const rows = await find([...hashes.values()])
      return new Map(rows.map((row) => [keyOf(row.sha256), row]))
    })
    return { hashes, found }
  }
  return (sha256, hurried) => (hurried ? hurry : gather)(keyOf(sha256), sha256)
}

const keyOf = (sha256: Buffer): string => sha256.toString('base64')
