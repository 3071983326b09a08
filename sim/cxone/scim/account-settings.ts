// Decides what Account Settings forbid SCIM (facts 3.3), and how the control API changes them, as an administrator would
// in the console. No API of CXone does.
import { type Json, onlyKeys, toFlag, toObject, toText } from '../input.ts'
import { Refusal } from '../refusal.ts'
import type { World } from '../world.ts'
import { type AccountSettings, OPTIONAL } from './account.ts'

const ACTS = ['create', 'update', 'deactivate'] as const

/** @throws Refusal `forbidden` */
export function refuseForbidden(act: (typeof ACTS)[number], { account }: World): void {
  if (!account[act]) throw new Refusal('forbidden', 'NOT_ALLOWED', `Account Settings do not allow SCIM to ${act} users`)
}

/** Changes all or nothing of what `body` names. */
export function changeAccountSettings(body: Json, world: World): AccountSettings {
  onlyKeys(body, [...ACTS, 'attributes', 'defaultRole'], 'the body')
  const acts = Object.fromEntries(
    ACTS.filter((name) => body[name] !== undefined).map((name) => [name, toFlag(body[name], name)]),
  )
  const named = toObject(body['attributes'] ?? {}, 'attributes')
  onlyKeys(named, OPTIONAL, 'attributes')
  const flags = Object.entries(named).map(([name, value]) => [name, toFlag(value, `attributes.${name}`)] as const)
  const attributes = { ...world.account.attributes, ...Object.fromEntries(flags) }
  const defaultRole = body['defaultRole'] === undefined ? world.account.defaultRole : roleIn(body['defaultRole'], world)
  world.account = { ...world.account, ...acts, attributes, defaultRole }
  return world.account
}

function roleIn(value: unknown, world: World): string | null {
  if (value === null) return null
  const name = toText(value, 'defaultRole')
  const role = world.store.roleNamed(name)
  if (role === undefined) throw new Refusal('bad', 'UNKNOWN_ROLE', `no role is called "${name}"`)
  return role.roleName
}
