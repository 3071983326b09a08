/** That the table of answers, and nothing beside it, decides whether a request waits: cell by cell, and with the cell turned round. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { Caller, OperationContext } from '../../src/operations/context.ts'
import { createGroup } from '../../src/operations/create-group.ts'
import { createUser } from '../../src/operations/create-user.ts'
import { deleteUser } from '../../src/operations/delete-user.ts'
import { replaceUser } from '../../src/operations/replace-user.ts'
import {
  answerTo,
  FORESEEN_CAUSES,
  type AnswerCause,
  type AnswerState,
  type AnswerTo,
  type ForeseenCause,
  type Method,
} from '../../src/reconcile/answer.ts'
import { pauseApp } from '../../src/store/apps.ts'
import { acceptAllOfApp } from '../../src/store/confirmations.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

const APP = { tenant: 'acme', app: 'cxone' }

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
  await world.declare([tenant('acme', ['cxone'])])
})
afterAll(() => world.close())
beforeEach(() => world.db.query(`update app set mode = 'enforce', failures = 0, paused_until = null`))

/** Who sees a cause before the change is committed, and how it comes about. */
interface Sight {
  readonly cause: ForeseenCause
  readonly by: 'foresight' | 'places' | 'statement'
  readonly happens?: () => Promise<unknown>
}

const SIGHTS: readonly Sight[] = [
  ...FORESEEN_CAUSES.map((cause) => ({ cause, by: 'foresight' }) as const),
  { cause: 'backlog', by: 'places' },
  { cause: 'breaker-open', by: 'statement', happens: () => pauseApp(world.db, APP, { why: 'down', longest: 60 }) },
  { cause: 'nothing-to-write', by: 'statement', happens: () => world.db.query(`update app set mode = 'observe'`) },
]

const turned = (cause: AnswerCause, method: Method, state: AnswerState): AnswerTo => {
  const other = answerTo(cause, method, state) === 'wait' ? 'accept' : 'wait'
  return (...cell) => (cell[0] === cause && cell[1] === method && cell[2] === state ? other : answerTo(...cell))
}

let count = 0
const reading = { unknownMembers: 'refuse', note: () => undefined, baseUrl: '' } as const

/** How often the request has waited; whoever waits is answered by the app at once. */
async function waitsOf(method: Method, asked: { sight?: Sight; table: AnswerTo; seconds?: number }): Promise<number> {
  const { sight, table, seconds = 60 } = asked
  let waits = 0
  const context: OperationContext = {
    ...world.operations,
    answers: {
      enter: () => sight?.by !== 'places',
      leave: () => undefined,
      foresee: () => (sight?.by === 'foresight' ? sight.cause : 'no-outcome-yet'),
      wait: async () => {
        waits++
        await acceptAllOfApp(world.db, APP)
      },
      answerTo: table,
    },
  }
  const who: Caller = { ...caller(), confirm: { seconds } }
  const user = { userName: `waits${++count}@acme.test`, active: true }
  const made = method === 'create' ? undefined : await createUser(world.operations, caller(), user)
  await sight?.happens?.()
  const id = made?.ok === true ? made.value.id : ''
  const replaced = (document: object) =>
    replaceUser(context, who, { id, replacement: () => ({ ...user, ...document }) })
  const result = await {
    create: () => createUser(context, who, user),
    change: () => replaced({ title: 'Agent' }),
    deactivate: () => replaced({ active: false }),
    delete: () => deleteUser(context, who, id),
    group: () => createGroup(context, who, { document: { displayName: user.userName }, members: undefined, reading }),
  }[method]()
  expect(result.ok).toBe(true)
  return waits
}

const METHODS = ['create', 'change', 'deactivate', 'delete'] as const
const cellsOf = (methods: readonly Method[]) =>
  SIGHTS.flatMap((sight) => methods.map((method) => ({ ...sight, method })))

// A group's statement has no request to wait with, so no cell can be turned round there.
test.each(cellsOf(['group']))(
  '$cause, known by $by, and a group does as the table says',
  async ({ method, ...sight }) => {
    const said = answerTo(sight.cause, method, 'asked')
    expect(await waitsOf(method, { sight, table: answerTo })).toBe(said === 'wait' ? 1 : 0)
  },
)

describe.each(cellsOf(METHODS))('$cause, known by $by, and a $method', ({ method, ...sight }) => {
  test('waits if the table says so', async () => {
    const said = answerTo(sight.cause, method, 'asked')
    expect(await waitsOf(method, { sight, table: answerTo })).toBe(said === 'wait' ? 1 : 0)
  })
  test('does otherwise once the table says otherwise', async () => {
    const table = turned(sight.cause, method, 'asked')
    const opposite = table(sight.cause, method, 'asked') === 'wait' ? 1 : 0
    // Where it is the statement that sees something, or all places are taken, nothing else may speak against waiting.
    expect(await waitsOf(method, { sight, table: sightedOnly(table, sight.cause, method) })).toBe(opposite)
  })
})

/** The table for one cause: as far as any other is concerned, the method waits, and until there is an outcome. */
const sightedOnly =
  (table: AnswerTo, only: AnswerCause, of: Method): AnswerTo =>
  (cause, method, state) => {
    if (method !== of) return table(cause, method, state)
    if (state === 'asked' && cause !== only) return 'wait'
    return state === 'waiting' && cause === 'no-outcome-yet' ? 'wait' : table(cause, method, state)
  }

describe.each(['create', 'change'] as const)('a %s that waits', (method) => {
  test('is answered when its time is over, if the table says so', async () => {
    expect(await waitsOf(method, { table: answerTo, seconds: 0 })).toBe(0)
    expect(await waitsOf(method, { table: turned('time-over', method, 'waiting'), seconds: 0 })).toBe(1)
  })
  test('is answered before, if the table says that no outcome is needed', async () => {
    expect(await waitsOf(method, { table: answerTo })).toBe(1)
    expect(await waitsOf(method, { table: turned('no-outcome-yet', method, 'waiting') })).toBe(0)
  })
})
