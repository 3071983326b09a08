import { afterAll, beforeAll, expect, test } from 'vitest'
import { connect } from '../../src/connectors/memory/index.ts'
import { openTarget } from '../../src/connectors/memory/target.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { pauseApp } from '../../src/store/apps.ts'
import type { Queryable } from '../../src/store/db.ts'
import { foresee, openOutlooks } from '../../src/workflows/outlook.ts'
import { until } from '../support/wait.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'])])
})
afterAll(() => world.close())

function opened() {
  const clock = { ms: 0, looks: 0 }
  const query = ((statement: never) => {
    clock.looks++
    return world.db.query(statement)
  }) as Queryable['query']
  const connector = connect(openTarget({ roles: [], teams: [] }, () => new Date()))
  const outlooks = openOutlooks({
    db: { query },
    clock: () => clock.ms,
    targets: new Map([['acme/cxone', { connector }]]),
    onError: () => undefined,
  })
  return { outlooks, clock, atOnce: connector.capabilities.concurrency }
}

test('an app that nothing is known of is worth waiting for, and is looked at behind the request', async () => {
  const { outlooks, clock } = opened()
  expect(foresee([outlooks.look(APP)], 8)).toBe('no-outcome-yet')
  for (let n = 0; n < 100; n++) outlooks.look(APP)
  expect(clock.looks).toBe(1)
})

test('it is looked at once a second at most, and an open breaker is worth no wait', async () => {
  const { outlooks, clock } = opened()
  outlooks.look(APP)
  await pauseApp(world.db, APP, { why: 'down', longest: 10 })
  clock.ms = 1_500
  await until(
    async () => outlooks.look(APP).open,
    (open) => {
      clock.ms += 1_500
      return open
    },
  )
  const { looks } = clock
  outlooks.look(APP)
  outlooks.look(APP)
  expect(clock.looks).toBeLessThanOrEqual(looks + 1)
  expect(foresee([outlooks.look(APP)], 8)).toBe('breaker-open')
  await world.db.query('update app set failures = 0, paused_until = null')
})

test('a backlog is measured by the pace of the last deliveries', async () => {
  for (let n = 0; n < 9; n++)
    await createUser(world.operations, caller(), { userName: `u${n}@acme.test`, active: true })
  await world.db.query('update delivery set urgency = 1')
  const { outlooks, atOnce } = opened()
  outlooks.look(APP)
  await until(
    async () => outlooks.look(APP).backlog,
    (backlog) => backlog === 9,
  )
  expect(foresee([outlooks.look(APP)], 1)).toBe('no-outcome-yet')
  outlooks.note('acme/cxone', atOnce)
  expect(outlooks.look(APP).perSecond).toBe(1)
  expect(foresee([outlooks.look(APP)], 8)).toBe('backlog')
  expect(foresee([outlooks.look(APP)], 9)).toBe('no-outcome-yet')
  for (let n = 0; n < 40; n++) outlooks.note('acme/cxone', atOnce / 100)
  expect(foresee([outlooks.look(APP)], 8)).toBe('no-outcome-yet')
})
