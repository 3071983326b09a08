import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { openJobs, type Jobs } from '../../src/durable/jobs.ts'
import { createRun, executeRun, lostRuns, type Workflow } from '../../src/durable/runs.ts'
import { openTestWorld, tenant, type TestWorld } from '../store/world.ts'
import { until } from '../support/wait.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme')])
})
afterAll(() => world.close())

const raise = (error: unknown): never => {
  throw error
}
const newRun = () => createRun(world.db, { tenant: 'acme', workflow: 'count', actor: 'key:ops', input: { to: 3 } })
const readRun = async (id: string) =>
  (
    await world.db.query<{ state: string; result: unknown; why: string | null }>(
      'select state, result, why from run where id = $1',
      [id],
    )
  ).rows[0]

describe('a run', () => {
  test('goes on after a crash with the steps it has done', async () => {
    const done: string[] = []
    const count =
      (dies: boolean): Workflow =>
      async (run) => {
        for (const step of ['one', 'two', 'three']) {
          await run.step(step, async () => {
            if (dies && step === 'two') throw new Error('the process is gone')
            done.push(step)
            return step
          })
        }
        return { counted: done.length }
      }
    const id = await newRun()
    await executeRun(world.db, id, { count: count(true) })
    expect(await readRun(id)).toMatchObject({ state: 'failed', why: 'the process is gone' })
    await world.db.query(`update run set state = 'running' where id = $1`, [id])
    await executeRun(world.db, id, { count: count(false) })
    expect(done).toEqual(['one', 'two', 'three'])
    expect(await readRun(id)).toMatchObject({ state: 'done', result: { counted: 3 } })
  })
  test('that is done is not done again', async () => {
    let times = 0
    const count: Workflow = async () => ({ times: ++times })
    const id = await newRun()
    await executeRun(world.db, id, { count })
    await executeRun(world.db, id, { count })
    expect(times).toBe(1)
  })
  test('of a workflow this version does not have says so', async () => {
    const id = await newRun()
    await executeRun(world.db, id, {})
    expect(await readRun(id)).toMatchObject({ state: 'failed', why: expect.stringContaining('count') })
  })
  test('whose job was lost is found', async () => {
    const id = await newRun()
    expect(await lostRuns(world.db)).not.toContain(id)
    await world.db.query(`update run set created_at = now() - interval '1 minute' where id = $1`, [id])
    expect(await lostRuns(world.db)).toContain(id)
  })
})

describe('a run whose executor', () => {
  /** A run that somebody executes, until `finish` is called. */
  async function underWay() {
    const id = await newRun()
    let started = 0
    let finish = (): void => undefined
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    const count: Workflow = async () => {
      started++
      await held
      return { by: 'the first' }
    }
    const ended = executeRun(world.db, id, { count })
    await until(
      async () => started,
      (times) => times === 1,
    )
    return { id, count, finish, ended, started: () => started }
  }
  const expire = (id: string) =>
    world.db.query(`update run set lease_until = now() - interval '1 second' where id = $1`, [id])

  test('lives is not lost, and executed by nobody else', async () => {
    const run = await underWay()
    expect(await lostRuns(world.db)).not.toContain(run.id)
    await executeRun(world.db, run.id, { count: run.count })
    expect(run.started()).toBe(1)
    run.finish()
    await run.ended
    expect(await readRun(run.id)).toMatchObject({ state: 'done' })
  })
  test('is gone is found and ended by another; the first has no say any more', async () => {
    const run = await underWay()
    await expire(run.id)
    expect(await lostRuns(world.db)).toContain(run.id)
    await executeRun(world.db, run.id, { count: async () => ({ by: 'the second' }) })
    run.finish()
    await run.ended
    expect(await readRun(run.id)).toMatchObject({ state: 'done', result: { by: 'the second' } })
    expect(await lostRuns(world.db)).not.toContain(run.id)
  })
  test('takes long keeps it', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const run = await underWay()
    await expire(run.id)
    vi.advanceTimersByTime(60_000)
    vi.useRealTimers()
    await until(
      () => lostRuns(world.db),
      (ids) => !ids.includes(run.id),
    )
    run.finish()
    await run.ended
    expect(await readRun(run.id)).toMatchObject({ state: 'done' })
  })
  test('loses the database stays to be done', async () => {
    const id = await newRun()
    const lost = Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' })
    await expect(executeRun(world.db, id, { count: () => Promise.reject(lost) })).rejects.toBe(lost)
    await expire(id)
    expect(await lostRuns(world.db)).toContain(id)
    await executeRun(world.db, id, { count: async () => ({ by: 'the second' }) })
    expect(await readRun(id)).toMatchObject({ state: 'done' })
  })
})

describe('jobs', () => {
  let jobs: Jobs
  const woken: string[] = []
  const executed: string[] = []
  beforeAll(async () => {
    jobs = await openJobs({
      url: world.url,
      handlers: {
        wake: (key) => void woken.push(key),
        run: async (id) => void executed.push(id),
        sweep: async () => {},
      },
      onError: raise,
    })
  })
  afterAll(() => jobs.close())

  test('wake a key at an instant, once for many askers', async () => {
    const at = new Date(Date.now() + 300)
    for (let n = 0; n < 5; n++) await jobs.wakeAt('acme/cxone', at)
    await until(
      async () => woken.length,
      (count) => count > 0,
    )
    expect(woken).toEqual(['acme/cxone'])
  })
  test('hand a run to a worker', async () => {
    const id = randomUUID()
    await jobs.startRun(id)
    expect(
      await until(
        async () => executed,
        (ids) => ids.includes(id),
      ),
    ).toContain(id)
  })
})

describe('a run that waits for its turn', () => {
  let own: TestWorld
  beforeAll(async () => {
    own = await openTestWorld()
  })
  afterAll(() => own.close())

  test('is queued once, however often it is asked for', async () => {
    const executed: string[] = []
    let finish = (): void => undefined
    const held = new Promise<void>((resolve) => {
      finish = resolve
    })
    const jobs = await openJobs({
      url: own.url,
      handlers: {
        wake: () => undefined,
        run: async (id) => {
          executed.push(id)
          await held
        },
        sweep: async () => undefined,
      },
      onError: raise,
    })
    const [first, second, third] = [randomUUID(), randomUUID(), randomUUID()]
    await jobs.startRun(first)
    await until(
      async () => executed,
      (ids) => ids.includes(first),
    )
    for (let n = 0; n < 5; n++) await jobs.startRun(second)
    await jobs.startRun(third)
    finish()
    await until(
      async () => executed,
      (ids) => ids.includes(third),
    )
    expect(executed).toEqual([first, second, third])
    await jobs.close()
  })
})

describe('jobs that cannot start', () => {
  let own: TestWorld
  beforeAll(async () => {
    own = await openTestWorld()
  })
  afterAll(() => own.close())
  const open = () =>
    openJobs({
      url: own.url,
      handlers: { wake: () => undefined, run: async () => undefined, sweep: async () => undefined },
      onError: () => undefined,
    })

  test('leave nothing behind', async () => {
    await (await open()).close()
    await own.db.query(
      `create function no_queue() returns trigger language plpgsql as $$ begin raise 'no queue today'; end $$;
       create trigger no_queue before insert on pgboss.queue for each row execute function no_queue()`,
    )
    await expect(open()).rejects.toThrow('no queue today')
    const sessions = async () =>
      (
        await own.db.query(
          `select from pg_stat_activity where datname = current_database() and application_name = 'rollcall-jobs'`,
        )
      ).rowCount
    expect(await until(sessions, (count) => count === 0)).toBe(0)
  })
})
