/**
 * From what was considered to what an app is asked for.
 * Decides what follows the person, what they only start with, and what is left alone; must not decide who gets what.
 */
import type { AccountAttributes, AttributeName, GrantKind, GrantWish, GrantWishes, Wish } from '../identity/account.ts'
import type { Gifts } from './consider.ts'
import type { Facts } from './facts.ts'
import type { Parts } from './parts.ts'
import { SEVERAL, type Given, type Mapped, type Several } from './schema.ts'

interface Draft {
  readonly attributes: { [name in AttributeName]?: string | null }
  readonly onCreate: { [name in AttributeName]?: string | null }
}

export interface Wished {
  readonly wish: Wish
  readonly grantsOnCreate: GrantWishes
}

/** The wish for somebody active. */
export function wishFor(parts: Parts, facts: Facts, { who, gets }: { who: AccountAttributes; gets: Gifts }): Wished {
  const draft: Draft = { attributes: {}, onCreate: { ...facts.app.defaults } }
  enterWho(draft, who, parts)
  for (const [key, { value, from }] of gets.single)
    enterSingle(draft, { key, value, starts: from.kind !== 'rule' }, parts)
  const { following, starting } = grantsOf(parts, gets)
  return {
    wish: {
      active: true,
      attributes: draft.attributes as AccountAttributes,
      onCreate: draft.onCreate as AccountAttributes,
      ...(Object.keys(following).length === 0 ? {} : { grants: following }),
      ...(parts.invite ? { invite: true } : {}),
    },
    grantsOnCreate: starting,
  }
}

/** The wish for somebody who is to have no account that works: who they are, and nothing of what they would get. */
export function wishToBeGone(parts: Parts, facts: Facts, who: AccountAttributes): Wish {
  const draft: Draft = { attributes: {}, onCreate: { ...facts.app.defaults } }
  enterWho(draft, who, parts)
  return {
    active: false,
    attributes: draft.attributes as AccountAttributes,
    onCreate: draft.onCreate as AccountAttributes,
  }
}

function enterWho({ attributes, onCreate }: Draft, who: AccountAttributes, { owns }: Parts): void {
  for (const [name, value] of Object.entries(who) as [Mapped, string | null][]) {
    if (owns[name] === 'always') attributes[name] = value
    else if (owns[name] === 'onCreate' && value !== null) onCreate[name] = value
  }
}

/** Only a rule that matches changes what an account has already: what `otherwise` says is what somebody starts with. */
function enterSingle(
  { attributes, onCreate }: Draft,
  { key, value, starts }: { readonly key: Given; readonly value: string | null; readonly starts: boolean },
  { owns }: Parts,
): void {
  if (owns[key] === 'never') return
  if (owns[key] === 'always' && !starts) {
    attributes[key] = value
    // Or the app's default would stand where a rule wants nothing.
    if (value === null) Reflect.deleteProperty(onCreate, key)
  } else onCreate[key] = value
}

function grantsOf({ owns, takes }: Parts, gets: Gifts): { following: GrantWishes; starting: GrantWishes } {
  const following: { [kind in GrantKind]?: GrantWish } = {}
  const starting: { [kind in GrantKind]?: GrantWish } = {}
  for (const [key, { following: takesNow, returning }] of takes) {
    if (owns[key] === 'never') continue
    const want = (gets.several.get(key) ?? []).map(({ id, level }) => ({
      id,
      ...(level === undefined ? {} : { level }),
    }))
    starting[kindOf(key)] = { want, takes: returning }
    if (owns[key] === 'always') following[kindOf(key)] = { want, takes: takesNow }
  }
  return { following, starting }
}

const kindOf = (key: Several): GrantKind => SEVERAL[key]
