import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { lockConfiguration } from '../../src/store/configuration.ts'
import { readOrMakeKey, secretBox } from '../../src/store/secrets.ts'
import { findScimCredential } from '../../src/store/views/scim-credentials.ts'
import { caller, openTestWorld, tenant, tokenHash, type TestWorld } from './world.ts'
import { until } from '../support/wait.ts'

let world: TestWorld
beforeAll(async () => {
  world = await openTestWorld()
})
afterAll(() => world.close())

const events = async (): Promise<unknown[]> =>
  (await world.db.query('select tenant_id, data from event where kind = $1 order by seq', ['configuration.applied']))
    .rows
const token = () => findScimCredential(world.db, tokenHash('acme-okta-token'))

describe('applying the configuration', () => {
  test('opens connections, and applying it again changes nothing', async () => {
    expect(await world.declare([tenant('acme', ['cxone'])])).toMatchObject({ changed: true })
    expect(await token()).toMatchObject({ tenant: 'acme', connection: 'okta', profile: 'generic' })
    const before = [
      await events(),
      (await world.db.query('select * from app')).rows.map((row: { id: string }) => row.id),
    ]
    expect(await world.declare([tenant('acme', ['cxone'])])).toMatchObject({ changed: false })
    expect([
      await events(),
      (await world.db.query('select * from app')).rows.map((row: { id: string }) => row.id),
    ]).toEqual(before)
  })
  test('keeps no secret in the clear, and seals it to its place', async () => {
    const { rows } = await world.db.query<{ settings: unknown; sealed: string }>('select settings, sealed from app')
    const sealed = rows[0]?.sealed ?? ''
    expect(JSON.stringify(rows)).not.toContain('secret of the app')
    const place = { table: 'app', row: 'acme/cxone', column: 'sealed' }
    expect(world.secrets.decrypt(sealed, place)).toContain('secret of the app')
    expect(() => world.secrets.decrypt(sealed, { ...place, row: 'bravo/cxone' })).toThrow('altered or moved')
    expect(() => secretBox(randomBytes(32)).decrypt(sealed, place)).toThrow('another key')
    expect(() => world.secrets.decrypt(`${sealed.slice(0, -2)}AA`, place)).toThrow('altered or moved')
  })
  test('gives an app that comes later the people who were there before', async () => {
    await world.declare([tenant('acme')])
    await createUser(world.operations, caller(), { userName: 'mia@acme.test', active: true })
    expect((await world.db.query('select from delivery')).rows).toHaveLength(0)
    expect(await world.declare([tenant('acme', ['cxone'])])).toMatchObject({ deliveries: 1 })
    expect(await world.declare([tenant('acme', ['cxone'])])).toMatchObject({ deliveries: 0 })
  })
  test('leaves the mode of an app alone where the file does not say it; a new one is observed', async () => {
    const declared = (app: string, mode: string | undefined) => {
      const { apps, ...rest } = tenant('acme', [app])
      return world.declare([{ ...rest, apps: apps.map((one) => ({ ...one, mode })) }])
    }
    const modeOf = async (app: string) =>
      (await world.db.query('select mode, mode_pinned as pinned from app where id = $1', [app])).rows[0]
    await declared('new-one', undefined)
    expect(await modeOf('new-one')).toEqual({ mode: 'observe', pinned: false })
    await declared('new-one', 'enforce')
    expect(await modeOf('new-one')).toEqual({ mode: 'enforce', pinned: true })
    await declared('new-one', undefined)
    expect(await modeOf('new-one')).toEqual({ mode: 'enforce', pinned: false })
    await world.declare([tenant('acme', ['cxone'])])
  })
  test('by two starts at once is logged once', async () => {
    const before = await events()
    const starts = await world.db.transaction(async (tx) => {
      await lockConfiguration(tx)
      const both = [1, 2].map(() => world.declare([tenant('acme', ['cxone', 'second app'])]))
      await until(
        async () =>
          (
            await world.db.query(
              `select from pg_locks where locktype = 'advisory' and not granted
                 and database = (select oid from pg_database where datname = current_database())`,
            )
          ).rowCount,
        (waiting) => waiting === 2,
      )
      return both
    })
    const changed = (await Promise.all(starts)).map((applied) => applied.changed)
    expect(changed.filter(Boolean)).toHaveLength(1)
    expect(await events()).toHaveLength(before.length + 1)
    await world.declare([tenant('acme', ['cxone'])])
  })
  test('leaving a connection out closes it and keeps its people; naming it again opens it', async () => {
    await world.declare([tenant('acme', ['cxone'], ['entra'])])
    expect(await token()).toBeUndefined()
    expect((await world.db.query('select from identity')).rows).toHaveLength(1)
    await world.declare([tenant('acme', ['cxone'])])
    expect(await token()).toBeDefined()
    expect(await events()).toContainEqual({
      tenant_id: 'acme',
      data: { added: expect.any(Array), removed: expect.arrayContaining(['app cxone of okta']) },
    })
  })
  test('never brings a revoked token back', async () => {
    await world.db.query('update credential set revoked_at = now() where sha256 = $1', [tokenHash('acme-okta-token')])
    await world.declare([tenant('acme', ['cxone'])])
    expect(await token()).toBeUndefined()
  })
  test('that fails half-way leaves the old one in force', async () => {
    const broken = { ...tenant('acme', ['never-declared']), apps: [] }
    await expect(world.declare([broken])).rejects.toThrow('foreign key')
    expect((await world.db.query('select from connection_app')).rows).toHaveLength(1)
  })
})

describe('the key file', () => {
  test('is made once, for its owner only, and a damaged one is refused', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-key-'))
    const keys = await Promise.all(Array.from({ length: 20 }, () => readOrMakeKey(folder)))
    const first = keys[0] ?? Buffer.alloc(0)
    for (const key of keys) expect(key).toEqual(first)
    expect(await readdir(folder)).toEqual(['rollcall.key'])
    expect((await stat(join(folder, 'rollcall.key'))).mode & 0o777).toBe(0o600)
    expect((await readFile(join(folder, 'rollcall.key'), 'utf8')).trim()).toBe(first.toString('base64'))
    await writeFile(join(folder, 'rollcall.key'), 'short')
    await expect(readOrMakeKey(folder)).rejects.toThrow('32 bytes')
    await rm(folder, { recursive: true })
  })
})
