/**
 * From names to ids of the server.
 * Decides what a wanted name means there, and which refusal says that it means nothing; must not change anything.
 */
import type { AccountAttributes, Grant, GrantWish, GrantWishes } from '../../identity/account.ts'
import { ConnectorError, notAble, type CatalogueEntry, type Resolved } from '../contract.ts'
import type { Ask } from '../scim-wire/client.ts'
import { out, unknownGroup } from './complaints.ts'
import type { Directory } from './directory.ts'
import type { Groups } from './groups.ts'
import { idOf } from './map.ts'

export type Resolve = (ask: Ask, want: AccountAttributes, grants: GrantWishes) => Promise<Resolved>

interface Means {
  readonly directory: Directory
  readonly groups: Groups
  readonly now: () => Date
}

/** How long names of groups are kept; one that is not among them is looked for afresh. */
const KEPT_MS = 60_000

export function openResolver({ directory, groups, now }: Means): Resolve {
  let kept: { readonly entries: readonly CatalogueEntry[]; readonly until: number } | undefined

  const readGroups = async (ask: Ask): Promise<readonly CatalogueEntry[]> => {
    const { entries, why } = await groups.entries(ask)
    if (why !== undefined) throw out(`The list of groups is not whole: ${why}.`)
    kept = { entries, until: now().getTime() + KEPT_MS }
    return entries
  }

  const resolveGroups = async (ask: Ask, wish: GrantWish): Promise<GrantWish> => {
    const names = [...wish.want.map(({ id }) => id), ...(typeof wish.takes === 'string' ? [] : wish.takes)]
    let entries: readonly CatalogueEntry[] = kept !== undefined && now().getTime() < kept.until ? kept.entries : []
    if (names.some((name) => find(name, entries) === undefined)) entries = await readGroups(ask)
    const wanted = new Map<string, Grant>()
    for (const { id: name } of wish.want) {
      const entry = find(name, entries)
      if (entry === undefined)
        throw unknownGroup(
          name,
          entries.map((one) => one.name),
        )
      wanted.set(entry.id, { id: entry.id })
    }
    const takes =
      typeof wish.takes === 'string' ? wish.takes : wish.takes.flatMap((name) => find(name, entries)?.id ?? [])
    return { want: [...wanted.values()], takes }
  }

  const resolveManager = async (ask: Ask, wanted: string): Promise<string> => {
    const named = await directory.byName(ask, wanted)
    const found = (named && idOf(named)) ?? (await directory.byId(ask, wanted))?.id
    if (found !== undefined) return found
    const detail = `There is no account "${wanted}" on the server to report to; name one by its user name or id.`
    throw new ConnectorError({ code: 'unknown-manager', retry: 'later', about: wanted, detail })
  }

  return async (ask, want, grants) => {
    refuseUnknownToScim(want, grants)
    const { reportsTo } = want
    const group = grants.group && (await resolveGroups(ask, grants.group))
    return {
      ok: true,
      want: reportsTo == null ? want : { ...want, reportsTo: await resolveManager(ask, reportsTo) },
      grants: group === undefined ? {} : { group },
    }
  }
}

/** By id, else by name in any case. */
function find(wanted: string, entries: readonly CatalogueEntry[]): CatalogueEntry | undefined {
  const key = wanted.trim().toLowerCase()
  return entries.find(({ id }) => id === wanted) ?? entries.find(({ name }) => name.toLowerCase() === key)
}

const UNKNOWN_TO_SCIM = {
  role: 'roles',
  team: 'teams',
  loginAuthenticator: 'login authenticators',
  licence: 'licence attributes',
} as const

function refuseUnknownToScim(want: AccountAttributes, grants: GrantWishes): void {
  for (const [name, what] of Object.entries(UNKNOWN_TO_SCIM)) {
    if (want[name as keyof typeof UNKNOWN_TO_SCIM] != null) throw notAble(what)
  }
  if ((grants.role?.want.length ?? 0) > 0) throw notAble('roles')
  if ((grants.skill?.want.length ?? 0) > 0) throw notAble('skills')
}
