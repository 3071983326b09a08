/**
 * The acts of two regions: what is done in them.
 * Decides the order of pushes and calls; must not judge what comes of it (check-regions.ts does).
 */
import { readFile } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'
import { difference as differenceSchema, differenceStarted, type Difference } from '../../src/contract/difference.ts'
import { policyTest } from '../../src/contract/policy.ts'
import { runWithSteps } from '../../src/contract/run.ts'
import { APP, EU_APP, policyPath } from './parts.ts'
import { GROUP_IDS, GROUPS, membersOf } from './regions.ts'
import type { Seen, World } from './world.ts'

/** The first business unit gets its policy; then six people come, and after them the groups that they are in. */
export async function pushRegions({ cast, window, providers, push, hear, settle }: World): Promise<undefined> {
  await window.admin('PUT', `/apps/${APP}/policy`, { text: await readFile(policyPath(APP), 'utf8') })
  await push({ okta: cast.regions.people.map(({ person }) => person) }, (okta, person) => okta.assign(person))
  for (const id of GROUP_IDS) {
    const group = GROUPS[id]
    await hear('okta', `the group ${group.displayName}`, () =>
      providers.okta.pushGroup(group, membersOf(cast.regions, id)),
    )
  }
  await settle()
  return undefined
}

/** What is to be done is looked at, and then the app is enforced by its hash, as `rollcall app enforce` does. */
export async function enforceEu1(world: World): Promise<Seen> {
  const { cast, window, settle, command } = world
  const difference = await lookAhead(world)
  await window.admin('POST', `/apps/${EU_APP}/enforce`, { difference: difference.id, hash: difference.hash })
  await settle()
  const { userName } = cast.regions.mover.from.person
  const tested = policyTest.parse(await window.admin('POST', `/apps/${EU_APP}/policy/test`, { userName }))
  const words = ['policy', 'test', userName, '--app', EU_APP]
  const lines = (await command(...words)).trimEnd().split('\n')
  return { difference, tested, printed: { command: ['rollcall', ...words].join(' '), lines: rulesIn(lines) } }
}

/** Who they are, what it comes to, and the rules: all before the second heading after that. */
function rulesIn(lines: readonly string[]): readonly string[] {
  const end = lines.indexOf('The account by this policy')
  return lines.slice(0, end === -1 ? lines.length : end - 1)
}

const LOOK_EVERY_MS = 200

async function lookAhead({ window, tell, signal }: World): Promise<Difference> {
  tell('Rollcall compares everybody with the business unit in eu1')
  const { run } = differenceStarted.parse(await window.admin('POST', `/apps/${EU_APP}/differences`, {}))
  for (;;) {
    const { state, why } = runWithSteps.parse(await window.admin('GET', `/runs/${run}`))
    if (state === 'done') return differenceSchema.parse(await window.admin('GET', `/differences/${run}`))
    if (state === 'failed') throw new Error(`the difference could not be found: ${why ?? 'nobody knows why'}`)
    await sleep(LOOK_EVERY_MS, undefined, { signal })
  }
}

/** Another country in the directory of the provider is all there is to a move. */
export async function moveRegion({ cast, push, settle }: World): Promise<undefined> {
  const { mover } = cast.regions
  await push({ okta: [mover.from.person] }, (okta, person) => okta.push(person, { country: mover.country }))
  await settle()
  return undefined
}
