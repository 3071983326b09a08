/**
 * From names in a wish to ids: of catalogue entries, of other accounts, and the licence attributes of a template.
 * Decides what cannot be had and what is said of it; must not write.
 */
import type { AccountAttributes, Grant, GrantKind, GrantWish, GrantWishes } from '../../identity/account.ts'
import { ConnectorError, type ConnectorCode, type Resolved } from '../contract.ts'
import type { Ask } from './client.ts'
import { licenceFields, licenceOf } from './licence.ts'
import type { Parts } from './parts.ts'
import type { Entry, User } from './schema.ts'

export type Resolve = (ask: Ask, want: AccountAttributes, grants: GrantWishes) => Promise<Resolved>

/** The same manager and the same template are wanted of many, one after the other. */
const KEPT_MS = 5 * 60_000

type Remember = (key: string, find: () => Promise<string>) => Promise<string>

export function openResolver(parts: Parts): Resolve {
  const kept = new Map<string, { readonly value: string; readonly until: number }>()
  const remember: Remember = async (key, find) => {
    const known = kept.get(key)
    if (known !== undefined && parts.io.now().getTime() < known.until) return known.value
    const value = await find()
    if (kept.size >= 10_000) kept.clear()
    kept.set(key, { value, until: parts.io.now().getTime() + KEPT_MS })
    return value
  }
  return async (ask, want, grants) => {
    const entry = await authenticatorFor(parts, ask, want)
    const ids: AccountAttributes = {
      ...(want.role == null ? {} : { role: (await parts.catalogue.resolve(ask, 'role', want.role)).id }),
      ...(want.team == null ? {} : { team: (await parts.catalogue.resolve(ask, 'team', want.team)).id }),
      ...(entry === undefined ? {} : { loginAuthenticator: entry.id }),
      ...(await accountsIn(parts, ask, { want, remember })),
    }
    return {
      ok: true,
      want: { ...want, ...ids },
      grants: await resolveGrants(parts, ask, grants),
      ...(entry?.system === undefined ? {} : { invites: entry.system }),
    }
  }
}

const authenticatorFor = async ({ catalogue }: Parts, ask: Ask, want: AccountAttributes): Promise<Entry | undefined> =>
  want.loginAuthenticator == null ? undefined : catalogue.resolve(ask, 'authenticator', want.loginAuthenticator)

interface Wanting {
  readonly want: AccountAttributes
  readonly remember: Remember
}

/** What is named by another account: whom they report to, and whose licence attributes they are to have. */
async function accountsIn(parts: Parts, ask: Ask, { want, remember }: Wanting): Promise<AccountAttributes> {
  const { reportsTo, licence } = want
  const manager = async (name: string) => {
    const user = await find(parts, ask, name)
    if (user !== undefined) return user.id
    throw nobody(name, {
      code: 'unknown-manager',
      retry: 'soon',
      as: 'Whom somebody reports to has no account in CXone',
    })
  }
  const known = licence == null || licenceFields(licence) !== undefined
  return {
    ...(reportsTo == null ? {} : { reportsTo: await remember(`manager ${reportsTo}`, () => manager(reportsTo)) }),
    ...(known ? {} : { licence: await remember(`licence ${licence}`, () => licenceLike(parts, ask, licence)) }),
  }
}

/** Ids hold no @, and user names do (section 7). */
async function find({ directory }: Parts, ask: Ask, wanted: string): Promise<User | undefined> {
  const byName = () => directory.byName(ask, wanted)
  const byId = () => directory.byId(ask, wanted)
  return wanted.includes('@') ? byName() : ((await byId()) ?? byName())
}

async function licenceLike(parts: Parts, ask: Ask, name: string): Promise<string> {
  const user = await find(parts, ask, name)
  if (user === undefined) {
    throw nobody(name, {
      code: 'unknown-licence',
      retry: 'later',
      as: 'The account whose licence attributes are wanted is not there',
    })
  }
  const agent = await parts.agents.mirrored(ask, user.id)
  if (!('billable' in user.raw) && !('applicationAttributes' in user.raw)) {
    parts.io.log.warn(
      { template: name },
      'CXone shows neither billable nor applicationAttributes of the template, so only the flags of the ACD are mirrored',
    )
  }
  return licenceOf(user.raw, agent.raw)
}

interface Nobody {
  readonly code: Extract<ConnectorCode, 'unknown-manager' | 'unknown-licence'>
  readonly retry: 'soon' | 'later'
  readonly as: string
}

const nobody = (about: string, { code, retry, as }: Nobody): ConnectorError =>
  new ConnectorError({ code, retry, about, detail: `${as}: nobody there is called "${about}" or has that id.` })

async function resolveGrants(parts: Parts, ask: Ask, grants: GrantWishes): Promise<GrantWishes> {
  const resolved: Partial<Record<GrantKind, GrantWish>> = {}
  for (const kind of ['role', 'skill', 'group'] as const) {
    const wish = grants[kind]
    if (wish === undefined) continue
    const { want, takes } = wish
    const held = new Map<string, Grant>()
    for (const grant of want) {
      const { id, levels } = leveled(await parts.catalogue.resolve(ask, kind, grant.id), grant)
      held.set(id, levels === undefined || grant.level === undefined ? { id } : { id, level: grant.level })
    }
    resolved[kind] = {
      want: [...held.values()],
      takes: typeof takes === 'string' ? takes : await parts.catalogue.known(ask, kind, takes),
    }
  }
  return resolved
}

/** The entry, once it is known that the wanted level is one of its levels. */
function leveled(entry: Entry, { id, level }: Grant): Entry {
  const { levels, name } = entry
  if (level === undefined || levels === undefined) return entry
  if (Number.isInteger(level) && level >= levels.min && level <= levels.max) return entry
  throw new ConnectorError({
    code: 'policy-invalid',
    retry: 'later',
    about: id,
    detail: `The skill ${name} is held at whole numbers from ${levels.min} to ${levels.max}, and ${level} is wanted (settings proficiencyMin and proficiencyMax).`,
  })
}
