import { afterEach, describe, expect, test } from 'vitest'
import { openWorker, type Worker } from '../../src/durable/worker.ts'
import { until } from '../support/wait.ts'

interface Item {
  readonly token: string
}

let worker: Worker | undefined
afterEach(() => worker?.close())

/** A queue in memory with the manners of a leased table. */
function queueOf(count: number) {
  const waiting = Array.from({ length: count }, (_, n): Item => ({ token: `t${n}` }))
  const state = {
    done: [] as string[],
    running: 0,
    most: 0,
    renewed: new Set<string>(),
    back: [] as string[],
    errors: [] as string[],
    refuseBack: 0,
  }
  const gates: (() => void)[] = []
  return {
    state,
    add: (item: Item) => waiting.push(item),
    /** Lets items end that wait for it. */
    open: () => gates.splice(0).forEach((gate) => gate()),
    source: (options: { concurrency?: number; gated?: boolean; fails?: string } = {}) => ({
      lease: async (_key: string, limit: number) => waiting.splice(0, limit),
      work: async (item: Item) => {
        state.running++
        state.most = Math.max(state.most, state.running)
        await new Promise<void>((resolve) => {
          if (options.gated === true) gates.push(resolve)
          else setImmediate(resolve)
        })
        state.running--
        if (item.token === options.fails) throw new Error(`${item.token} failed`)
        state.done.push(item.token)
      },
      renew: async (items: readonly Item[]) => items.forEach(({ token }) => state.renewed.add(token)),
      giveBack: async (items: readonly Item[]) => {
        if (state.refuseBack > 0) {
          state.refuseBack--
          throw new Error('not now')
        }
        state.back.push(...items.map(({ token }) => token))
      },
      concurrency: () => options.concurrency ?? 3,
      onError: (error: Error) => state.errors.push(error.message),
    }),
  }
}

describe('a worker', () => {
  test('works everything off after one wake, never more at once than allowed', async () => {
    const queue = queueOf(40)
    worker = openWorker(queue.source(), 5)
    worker.wake('acme/cxone')
    await until(
      async () => queue.state.done.length,
      (done) => done === 40,
    )
    expect(queue.state.most).toBe(3)
  })
  test('goes on after an item that fails', async () => {
    const queue = queueOf(5)
    worker = openWorker(queue.source({ concurrency: 1, fails: 't1' }), 5)
    worker.wake('acme/cxone')
    await until(
      async () => queue.state.done.length,
      (done) => done === 4,
    )
    expect(queue.state.errors).toEqual(['t1 failed'])
    expect(queue.state.back).toEqual(['t1'])
  })
  test('gives an item that failed back later, if that cannot be done at once', async () => {
    const queue = queueOf(1)
    queue.state.refuseBack = 2
    worker = openWorker(queue.source({ fails: 't0' }), 0.05)
    worker.wake('acme/cxone')
    const back = await until(
      async () => queue.state.back,
      ({ length }) => length > 0,
    )
    expect(back).toEqual(['t0'])
    expect(queue.state.errors).toEqual(['t0 failed', 'not now', 'not now'])
  })
  test('hears a wake that comes while it is full', async () => {
    const queue = queueOf(1)
    worker = openWorker(queue.source({ concurrency: 1, gated: true }), 5)
    worker.wake('acme/cxone')
    await until(
      async () => queue.state.running,
      (running) => running === 1,
    )
    queue.add({ token: 'late' })
    worker.wake('acme/cxone')
    queue.open()
    await until(async () => queue.state.running === 1 && queue.state.done.length === 1, Boolean)
    queue.open()
    await until(
      async () => queue.state.done,
      (done) => done.includes('late'),
    )
    expect(queue.state.most).toBe(1)
  })
  test('keeps the leases of what is under way', async () => {
    const queue = queueOf(2)
    worker = openWorker(queue.source({ gated: true }), 0.05)
    worker.wake('acme/cxone')
    await until(
      async () => queue.state.renewed.size,
      (size) => size === 2,
    )
    queue.open()
    expect(
      await until(
        async () => queue.state.done.length,
        (done) => done === 2,
      ),
    ).toBe(2)
  })
  test('takes nothing new when it closes, and waits for what it has', async () => {
    const queue = queueOf(10)
    worker = openWorker(queue.source({ concurrency: 2, gated: true }), 5)
    worker.wake('acme/cxone')
    await until(
      async () => queue.state.running,
      (running) => running === 2,
    )
    const closing = worker.close()
    queue.open()
    await closing
    expect(queue.state.done).toHaveLength(2)
    worker.wake('acme/cxone')
    expect(queue.state.running).toBe(0)
  })
  test('works nothing of a key that is not its business', async () => {
    const queue = queueOf(1)
    worker = openWorker(queue.source({ concurrency: 0 }), 5)
    worker.wake('acme/other')
    await worker.close()
    expect(queue.state.done).toEqual([])
  })
})
