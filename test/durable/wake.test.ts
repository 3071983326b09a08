import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openWake, type Wake } from '../../src/durable/wake.ts'
import { openLossyConnection } from '../guarantees/lossy-connection.ts'
import { openTestWorld, type TestWorld } from '../store/world.ts'
import { until } from '../support/wait.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
})
afterAll(() => world.close())

describe('a wake', () => {
  const wakes: Wake[] = []
  afterAll(() => Promise.all(wakes.map((wake) => wake.close())))
  const open = (): { wake: Wake; heard: string[] } => {
    const heard: string[] = []
    const wake = openWake({ url: world.url, db: world.db, instance: randomUUID(), onError: () => {} })
    wake.onWake((key) => void heard.push(key))
    wakes.push(wake)
    return { wake, heard }
  }

  test('is heard here at once and by other processes a moment later, and not twice here', async () => {
    const [here, there] = [open(), open()]
    await until(
      async () => {
        here.wake.wake('acme/cxone')
        return there.heard.length
      },
      (count) => count > 0,
    )
    const own = here.heard.length
    here.wake.wake('acme/other app')
    expect(here.heard).toHaveLength(own + 1)
    await until(
      async () => there.heard,
      (keys) => keys.includes('acme/other app'),
    )
    expect(here.heard.filter((key) => key === 'acme/other app')).toHaveLength(1)
  })
  test('is heard again after the connection was lost', async () => {
    const [here, there] = [open(), open()]
    await world.db.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and query ilike 'listen%'`,
    )
    await until(
      async () => {
        here.wake.wake('acme/again')
        return there.heard
      },
      (keys) => keys.includes('acme/again'),
    )
    expect(there.heard).toContain('acme/again')
  })
  test('is heard once after the database was out of reach, by one session that ends with it', async () => {
    const own = await openTestWorld()
    const before = await openLossyConnection(own.url)
    await before.close()
    const errors: unknown[] = []
    const heard: string[] = []
    const wake = openWake({
      url: before.url,
      db: own.db,
      instance: randomUUID(),
      onError: (error) => void errors.push(error),
    })
    wake.onWake((key) => void heard.push(key))
    await until(
      async () => errors.length,
      (count) => count > 0,
    )
    const after = await openLossyConnection(own.url, Number(new URL(before.url).port))
    const listening = async () =>
      (await own.db.query(`select from pg_stat_activity where datname = current_database() and query ilike 'listen%'`))
        .rowCount
    await until(listening, (count) => (count ?? 0) > 0)
    await pause(300)
    expect(await listening()).toBe(1)
    await own.db.query(`select pg_notify('rollcall_wake', 'another acme/cxone')`)
    await until(
      async () => heard.length,
      (count) => count > 0,
    )
    expect(heard).toEqual(['acme/cxone'])
    await wake.close()
    expect(await until(listening, (count) => count === 0)).toBe(0)
    await after.close()
    await own.close()
  })
})
