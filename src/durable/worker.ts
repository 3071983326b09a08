/**
 * Works off leased items, so many at once for each key.
 * Decides when to ask for more; must not know what an item is, nor keep one that its lease does not cover.
 */

export interface WorkSource<T> {
  /** Takes up to `limit` items of a key that are due. */
  lease(key: string, limit: number): Promise<readonly T[]>
  /** Deals with one item, failures included; a rejection is a fault, and the item is given back. */
  work(item: T): Promise<void>
  /** Ends the leases of items that nobody works on any more. Called again if it rejects. */
  giveBack(items: readonly T[]): Promise<unknown>
  /** Keeps the leases of items under way. */
  renew(items: readonly T[]): Promise<unknown>
  /** Most items of a key at once; 0 for a key that is not (or no longer) worked here. */
  concurrency(key: string): number
  onError(error: unknown): void
}

export interface Worker {
  /** There may be something to do. Cheap, and may be called at any time. */
  wake(key: string): void
  /** Takes nothing new and waits for what is under way. */
  close(): Promise<void>
}

interface Lane {
  running: number
  asking: Promise<void> | undefined
  /** Woken while asking or full: ask again afterwards. */
  again: boolean
}

/** `renewSeconds` must be well below the time a lease lasts. */
export function openWorker<T>(source: WorkSource<T>, renewSeconds: number): Worker {
  const lanes = new Map<string, Lane>()
  const underWay = new Map<T, Promise<void>>()
  const failed = new Set<T>()
  let closed = false

  const giveBackFailed = async (): Promise<void> => {
    const items = [...failed]
    if (items.length === 0) return
    failed.clear()
    await source.giveBack(items).catch((error: unknown) => {
      for (const item of items) failed.add(item)
      source.onError(error)
    })
  }

  const renewal = setInterval(() => {
    if (underWay.size > 0) source.renew([...underWay.keys()]).catch(source.onError)
    void giveBackFailed()
  }, renewSeconds * 1000)
  renewal.unref()

  const start = (key: string, lane: Lane, item: T): void => {
    lane.running++
    const work = source
      .work(item)
      .catch((error: unknown) => {
        source.onError(error)
        failed.add(item)
        return giveBackFailed()
      })
      .finally(() => {
        lane.running--
        underWay.delete(item)
        if (lane.again) ask(key, lane)
      })
    underWay.set(item, work)
  }

  const ask = (key: string, lane: Lane): void => {
    const free = source.concurrency(key) - lane.running
    if (closed || lane.asking !== undefined || free <= 0) return
    lane.again = false
    lane.asking = source
      .lease(key, free)
      .then((items) => {
        // A full answer means there may be more; the next free place asks.
        if (items.length === free) lane.again = true
        for (const item of items) start(key, lane, item)
      })
      .catch(source.onError)
      .finally(() => {
        lane.asking = undefined
        if (lane.again) ask(key, lane)
      })
  }

  return {
    wake: (key) => {
      const lane = lanes.get(key) ?? { running: 0, asking: undefined, again: false }
      lanes.set(key, lane)
      lane.again = true
      ask(key, lane)
    },
    close: async () => {
      closed = true
      for (const lane of lanes.values()) await lane.asking
      await Promise.all(underWay.values())
      clearInterval(renewal)
    },
  }
}
