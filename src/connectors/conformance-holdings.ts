/**
 * What conformance cases about grants share: who holds what, and what can be given to them.
 * Decides what "exactly these" means; must not know any target.
 */
import assert from 'node:assert/strict'
import type { Grant, GrantKind, Grants } from '../identity/account.ts'
import { apply, catalogue, newcomer, rawOf, resolved, wholeOf } from './conformance-people.ts'
import type { Case, RawRecord, Seed, World } from './conformance-world.ts'
import type { CatalogueEntry } from './contract.ts'

/** A case that does nothing where it does not apply. */
export const onlyIf = (applies: (world: World) => boolean, { name, run }: Case): Case => ({
  name,
  applies,
  run: async (world) => {
    if (applies(world)) await run(world)
  },
})

export const grantsSomething = ({ connector }: World): boolean => connector.capabilities.grants.length > 0

export type Three = readonly [CatalogueEntry, CatalogueEntry, CatalogueEntry]

/** Three that can be given to somebody seeded or created by the suite. A further role is never the one they have anyway. */
export async function three({ connector }: World, of: GrantKind): Promise<Three> {
  const active = (await catalogue(connector, of)).filter((entry) => entry.active)
  const [first, second, third] = of === 'role' ? active.slice(1) : active
  assert.ok(first && second && third, `the target has fewer than three active entries to give of the kind ${of}`)
  return [first, second, third]
}

/** Held at the lowest or the highest level, where it has any. */
export const at = (end: 'min' | 'max', { id, levels }: CatalogueEntry): Grant =>
  levels === undefined ? { id } : { id, level: levels[end] }

/** Somebody whom the administrator has made, with these grants. */
export async function holder(
  world: World,
  grants: Grants,
  { state = 'active', attributes = {} }: Partial<Seed> = {},
): Promise<string> {
  const want = await resolved(world, await newcomer(world))
  return world.seed({ state, attributes: { ...want, ...attributes }, grants })
}

/** Somebody who holds two of each kind there is, and whose every field is filled in as far as the world can. */
export async function fullHolder(world: World, more: Partial<Seed> = {}): Promise<string> {
  const grants: Partial<Record<GrantKind, readonly Grant[]>> = {}
  for (const of of world.connector.capabilities.grants) {
    const [first, second] = await three(world, of)
    grants[of] = [at('min', first), at('max', second)]
  }
  return holder(world, grants, more)
}

/** The connector and the target's own books agree that these are held, and no others. */
export async function assertHolds(
  world: World,
  { account, of }: { account: string; of: GrantKind },
  expected: readonly Grant[],
): Promise<void> {
  const { grants } = await wholeOf(world, account)
  assert.deepEqual(inOrder(grants?.[of]), inOrder(expected), `a whole read of what is held of the kind ${of}`)
  assert.deepEqual(inOrder(await heldOf(world, account, of)), inOrder(expected), `the books of the target, ${of}`)
}

export async function heldOf(world: World, account: string, of: GrantKind): Promise<readonly Grant[]> {
  assert.ok(world.held, 'the connector has grants, and the world cannot say what is held')
  return world.held(account, of)
}

export const inOrder = (grants: readonly Grant[] | undefined): readonly Grant[] =>
  (grants ?? assert.fail('what is held was not read')).toSorted((a, b) => (a.id < b.id ? -1 : 1))

export const fieldsOfGrants = ({ fieldsOfGrants: fields, stamps }: World, of: GrantKind): readonly string[] => {
  assert.ok(fields, 'the connector has grants, and the world cannot say which fields hold them')
  return [...fields(of), ...stamps]
}

/** Before, and after the act. */
export async function around(
  world: World,
  id: string,
  act: () => Promise<unknown>,
): Promise<readonly [RawRecord, RawRecord]> {
  const before = await rawOf(world, id)
  await act()
  return [before, await rawOf(world, id)]
}

export const give =
  (world: World, account: string, of: GrantKind) =>
  (...grants: readonly Grant[]) =>
    apply(world, { kind: 'grant', account, of, grants })

export const take =
  (world: World, account: string, of: GrantKind) =>
  (...ids: readonly string[]) =>
    apply(world, { kind: 'revoke', account, of, ids })
