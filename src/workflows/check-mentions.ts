/**
 * Whether what defaults and policy name can be had in the app.
 * Decides what is an open item before anybody meets it, and what would mend it; must not decide what is named, nor open an
 * item twice: a delivery that meets the same meets the same item.
 */
import type { ConnectorCode, Connector, EntryKind, Refusal } from '../connectors/contract.ts'
import type { AccountAttributes, GrantWishes } from '../identity/account.ts'
import type { Queryable } from '../store/db.ts'
import type { AppKey } from '../store/deliveries.ts'
import { saveFound, type FoundItem } from '../store/found-items.ts'
import { releaseWaiting, type Cause } from '../store/open-items.ts'
import { findMeant, findRenamed, readListings, type Meant, type Mention } from '../store/views/entitlements.ts'
import type { Advice } from './open-items.ts'

export interface MentionTarget {
  readonly connector: Pick<Connector, 'capabilities' | 'resolve'>
  readonly advice?: Advice | undefined
}

/** What a delivery is refused with that wants what cannot be had. */
const CODES = {
  role: 'unknown-role',
  team: 'unknown-team',
  skill: 'unknown-skill',
  group: 'unknown-group',
  authenticator: 'unknown-authenticator',
} as const satisfies Partial<Record<EntryKind, ConnectorCode>>

type MentionKind = keyof typeof CODES

/** Most of one check that the app is asked about: a miss may cost it a whole listing. The others are as they were read. */
const MOST_ASKED = 25

interface Unmet {
  readonly kind: MentionKind
  readonly mention: Mention
  readonly meant: readonly Meant[]
}

/**
 * Compares what is named with what was read of the app. What was read as being there, once and active, can be had; about
 * anything else the connector has the last word, since it knows names that a listing does not tell. Names of a kind that was
 * never read whole, and those about which the app cannot be asked, stay as they were known.
 */
export async function checkMentions(
  { db, target }: { readonly db: Queryable; readonly target: MentionTarget },
  key: AppKey,
  mentions: readonly Mention[],
): Promise<void> {
  const read = new Set((await readListings(db, key)).filter(({ wholeAt }) => wholeAt !== null).map(({ kind }) => kind))
  const found: FoundItem[] = []
  const undecided: Cause[] = []
  for (const [at, unmet] of (await unmetOf(db, target, { key, mentions })).entries()) {
    const cause = { kind: CODES[unmet.kind], key: unmet.mention.name }
    const known = unmet.meant.length > 0 || read.has(unmet.kind)
    const refusal = !known || at >= MOST_ASKED ? undefined : await ask(target, unmet)
    if (!known || refusal === 'cannot tell') undecided.push(cause)
    else if (refusal !== 'can be had') found.push({ ...cause, fix: await fixOf({ db, key, target }, unmet, refusal) })
  }
  for (const cause of await saveFound(db, key, { kinds: Object.values(CODES), found, undecided }))
    await releaseWaiting(db, key, cause)
}

/** Mentions that are not plainly there; of several spellings of one name the first. */
async function unmetOf(
  db: Queryable,
  { connector }: MentionTarget,
  { key, mentions }: { readonly key: AppKey; readonly mentions: readonly Mention[] },
): Promise<readonly Unmet[]> {
  const seen = new Set<string>()
  const unmet: Unmet[] = []
  for (const [at, meant] of (await findMeant(db, key, mentions)).entries()) {
    const mention = mentions[at]
    if (mention === undefined || !isKind(mention.kind) || !connector.capabilities.entries.includes(mention.kind))
      continue
    const name = `${mention.kind} ${mention.name.trim().normalize('NFC').toLowerCase()}`
    if (seen.has(name) || (meant.length === 1 && meant[0]?.state === 'active')) continue
    seen.add(name)
    unmet.push({ kind: mention.kind, mention, meant })
  }
  return unmet
}

const isKind = (kind: string): kind is MentionKind => kind in CODES

/** What a delivery would hear that wants it. */
async function ask(
  { connector }: MentionTarget,
  { kind, mention }: Unmet,
): Promise<Refusal | 'can be had' | 'cannot tell'> {
  const answer = await connector.resolve(...wishFor(kind, mention.name))
  if (answer.ok) return 'can be had'
  return answer.code === CODES[kind] ? answer : 'cannot tell'
}

function wishFor(kind: MentionKind, name: string): [AccountAttributes, GrantWishes] {
  switch (kind) {
    case 'role':
    case 'team':
      return [{ [kind]: name }, {}]
    case 'authenticator':
      return [{ loginAuthenticator: name }, {}]
    case 'skill':
    case 'group':
      return [{}, { [kind]: { want: [{ id: name }], takes: 'none' } }]
  }
}

interface Fixing {
  readonly db: Queryable
  readonly key: AppKey
  readonly target: MentionTarget
}

/** What is wrong as far as readings tell, in the app's words too where it was asked, who names it, and what mends it. */
async function fixOf({ db, key, target }: Fixing, unmet: Unmet, refusal: Refusal | undefined): Promise<string> {
  const { kind, mention } = unmet
  const places = `It is named by ${mention.at.join(', ')}.`
  const story = await storyOf(db, key, unmet)
  const nothing = story ?? (refusal === undefined ? `There is no ${kind} "${mention.name}".` : undefined)
  return [nothing, refusal?.detail, places, target.advice?.[CODES[kind]]].filter((part) => part !== undefined).join(' ')
}

/** Undefined for what was never seen. */
async function storyOf(db: Queryable, key: AppKey, { kind, mention, meant }: Unmet): Promise<string | undefined> {
  const { name } = mention
  const [first, second] = meant
  if (second !== undefined && first?.state === 'active')
    return `There are several that are called "${name}" and active; say which by its id: ${meant.map(({ id }) => id).join(', ')}.`
  if (first?.state === 'retired') return `The ${kind} "${name}" is retired: nobody can be given it.`
  const renamed = await findRenamed(db, key, { kind, name })
  if (renamed !== undefined)
    return `The ${kind} "${name}" is called "${renamed.name}" since ${renamed.since}: name it so, or give it its old name back.`
  return first === undefined ? undefined : `The ${kind} "${name}" is gone.`
}
