/**
 * Holds what the database finds against what evaluate finds in memory.
 * Must not filter anything itself.
 */
import fc from 'fast-check'
import { expect } from 'vitest'
import { createUser } from '../../src/operations/create-user.ts'
import { encodeResource } from '../../src/scim/encode.ts'
import { evaluate } from '../../src/scim/filter/evaluate.ts'
import { parseFilter } from '../../src/scim/filter/parse.ts'
import { printFilter } from '../../src/scim/filter/print.ts'
import type { JsonObject } from '../../src/scim/json.ts'
import { parseResource, type UserDocument } from '../../src/scim/resource.ts'
import { listUsers } from '../../src/store/views/users.ts'
import { anyFilter, person, RICH_USER } from './filter-agreement.ts'
import { caller, openTestWorld, tenant, type TestWorld } from './world.ts'

export const BASE_URL = 'https://rollcall.test/scim/v2'

export interface Crowd {
  readonly world: TestWorld
  /** As they go over the wire, in order of creation. */
  readonly resources: readonly JsonObject[]
}

export async function openCrowd(size: number, seed: number): Promise<Crowd> {
  const world = await openTestWorld()
  await world.declare([tenant('acme', [], ['okta', 'other'])])
  const resources: JsonObject[] = []
  for (const [n, body] of fc.sample(person, { numRuns: size, seed }).entries()) {
    const document = parseResource(RICH_USER, JSON.parse(JSON.stringify({ ...body, userName: `u${n}` })), {
      mode: 'create',
    }) as UserDocument
    const made = await createUser(world.operations, caller(), document)
    if (!made.ok) throw new Error(made.refusal.kind)
    resources.push(encodeResource(RICH_USER, { ...made.value, baseUrl: BASE_URL }))
  }
  // Of another connection: nobody may meet them.
  await createUser(world.operations, caller('acme', 'other'), { userName: 'u0', active: true })
  await world.db.query('analyze')
  return { world, resources }
}

/** `runs` filters, each through text and back, answered by both. */
export async function expectAgreement(
  { world, resources }: Crowd,
  options: { runs: number; seed: number },
): Promise<void> {
  const ids = resources.map((resource) => resource['id'] as string)
  await fc.assert(
    fc.asyncProperty(anyFilter(ids).map(printFilter), async (written) => {
      fc.pre(written.length < 16_000)
      const filter = parseFilter(written, RICH_USER)
      const page = await listUsers(world.db, caller(), {
        type: RICH_USER,
        baseUrl: BASE_URL,
        filter,
        from: { offset: 0 },
        limit: resources.length + 1,
      })
      const found = page.users.map(({ id }) => id)
      const wanted = resources.filter((resource) => evaluate(filter, resource)).map((resource) => resource['id'])
      expect(found, written).toEqual(wanted)
    }),
    { numRuns: options.runs, seed: options.seed },
  )
}
