/** /api/v1/apps/{app}/entitlements: what accounts can hold, who names it, and reading it now. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { entitlementKind, entitlementPage } from '../../src/contract/entitlement.ts'
import { ENTRY_KINDS } from '../../src/connectors/contract.ts'
import { runStarted, runWithSteps } from '../../src/contract/run.ts'
import type { Mention } from '../../src/store/views/entitlements.ts'
import { entry, openStage, readOnce, type Stage } from '../entitlements/stage.ts'
import { ACME, GLOBEX, KEYS } from './rows.ts'
import { openAdminServer, type AdminServer } from './server.ts'

const [OURS, THEIRS] = [ACME, GLOBEX].map((tenant) => ({ tenant, app: 'cxone-na1' }))

let server: AdminServer
let stage: Stage
let mentions: Mention[] = []
beforeAll(async () => {
  server = await openAdminServer({ mentions: (tenant) => (tenant === ACME ? mentions : []) })
})
afterAll(() => server.close())
beforeEach(async () => {
  await server.db.query('truncate entitlement, entitlement_reading, entitlement_listing')
  mentions = []
  stage = openStage()
  stage.directory.roles = [entry('r1', 'Agent'), entry('r2', 'Manager')]
  stage.directory.skills = [entry('s1', 'Billing', { levels: { min: 1, max: 20 } })]
  await readOnce(server.db, stage, OURS)
})

const list = async (query = '', key = KEYS.operator) =>
  entitlementPage.parse((await server.ask(`/api/v1/apps/cxone-na1/entitlements${query}`, { key })).json())

describe('the entitlements of an app', () => {
  test('are all the kinds that connectors know', () => {
    expect(entitlementKind.options).toEqual(ENTRY_KINDS)
  })

  test('are listed with their state, their names, what the app says of them, and how each kind was read', async () => {
    stage.directory.roles = [entry('r1', 'Advisor'), entry('r2', 'Manager', { active: false })]
    stage.partial.add('skill')
    await readOnce(server.db, stage, OURS)
    const { items, listings } = await list()
    expect(items).toMatchObject([
      { kind: 'role', id: 'r1', name: 'Advisor', state: 'active', since: null, formerNames: [{ name: 'Agent' }] },
      { kind: 'role', id: 'r2', state: 'retired', since: expect.any(String), detail: { privilege: 'elevated' } },
      { kind: 'skill', id: 's1', state: 'active', detail: { levels: { min: 1, max: 20 } }, usedBy: [] },
    ])
    expect(listings.map(({ kind, verdict, why, entries }) => ({ kind, verdict, why, entries }))).toEqual([
      { kind: 'role', verdict: 'whole', why: null, entries: 2 },
      { kind: 'skill', verdict: 'partial', why: 'page 2 is missing', entries: 0 },
      { kind: 'team', verdict: 'whole', why: null, entries: 0 },
    ])
  })

  test('say who names them, by name or id', async () => {
    mentions = [
      { kind: 'role', name: 'agent', at: ['defaults.role'] },
      { kind: 'role', name: 'r1', at: ['rules[0].give.role', 'rules[3].give.role'] },
      { kind: 'skill', name: 'Agent', at: ['rules[0].give.skills[0]'] },
    ]
    expect((await list()).items.map(({ id, usedBy }) => ({ id, usedBy }))).toEqual([
      { id: 'r1', usedBy: ['defaults.role', 'rules[0].give.role', 'rules[3].give.role'] },
      { id: 'r2', usedBy: [] },
      { id: 's1', usedBy: [] },
    ])
  })

  test('are found by kind and name, page by page', async () => {
    expect((await list('?kind=skill')).items.map(({ id }) => id)).toEqual(['s1'])
    expect((await list('?search=AGE')).items.map(({ id }) => id)).toEqual(['r1', 'r2'])
    const first = await list('?limit=2')
    expect((await list(`?limit=2&cursor=${first.next}`)).items.map(({ id }) => id)).toEqual(['s1'])
  })

  test('are those of the tenant who asks', async () => {
    stage.directory.roles = [entry('r1', 'Theirs')]
    await readOnce(server.db, stage, THEIRS)
    expect((await list('?kind=role')).items.map(({ name }) => name)).toEqual(['Agent', 'Manager'])
    expect((await list('?kind=role', KEYS.other)).items.map(({ name }) => name)).toEqual(['Theirs'])
  })

  test.each([
    ['of an app that is not there', '/api/v1/apps/nothing/entitlements', 404, 'There is no app "nothing"'],
    ['of a kind that is not there', '/api/v1/apps/cxone-na1/entitlements?kind=hat', 422, 'query.kind'],
    ['with a cursor of our own making', '/api/v1/apps/cxone-na1/entitlements?cursor=abc', 422, 'query.cursor'],
  ])('are refused %s', async (...[, url, status, why]) => {
    const answer = await server.ask(url)
    expect(answer.statusCode).toBe(status)
    expect(answer.json()).toMatchObject({ detail: expect.stringContaining(why) })
  })
})

describe('reading them now', () => {
  const read = (app: string, key = KEYS.operator) =>
    server.ask(`/api/v1/apps/${app}/entitlements/read`, { method: 'POST', key })

  test('is a run that names who asked', async () => {
    const reply = await read('cxone-na1')
    expect(reply.statusCode).toBe(202)
    const { run } = runStarted.parse(reply.json())
    expect(reply.headers['location']).toBe(`/api/v1/runs/${run}`)
    expect(runWithSteps.parse((await server.ask(`/api/v1/runs/${run}`)).json())).toMatchObject({
      workflow: 'read-entitlements',
      actor: 'key:ops',
      input: { app: 'cxone-na1' },
    })
  })

  test('is for who may act, of an app that is there and attached', async () => {
    expect((await read('cxone-na1', KEYS.auditor)).statusCode).toBe(403)
    expect((await read('nothing')).statusCode).toBe(404)
    await server.db.query(`update app set detached_at = now() where tenant_id = $1`, [ACME])
    expect(await read('cxone-na1')).toMatchObject({ statusCode: 409 })
    await server.db.query(`update app set detached_at = null`)
  })
})
