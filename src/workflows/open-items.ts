/**
 * What stands in the way of an app, kept up to date from what becomes of its deliveries.
 * Decides which outcomes are a cause, how long one is watched before it counts, and what mends it; must not send alerts
 * (alert.ts), nor cost more than a look at one row for a delivery.
 */
import type { ConnectorCode } from '../connectors/contract.ts'
import type { Queryable } from '../store/db.ts'
import type { DeliveryResult, LeasedDelivery } from '../store/deliveries.ts'
import { readForFound } from '../store/entitlement-readings.ts'
import {
  anyStanding,
  closeOver,
  meetCause,
  openSeen,
  PAUSING_KINDS,
  probeOpen,
  provePausing,
  releaseWaiting,
  UNSETTABLE_KIND,
  unmetCauses,
  type Cause,
  type ChangedItem,
  type Telling,
} from '../store/open-items.ts'

interface Kind {
  /** As a heading. */
  readonly title: string
  /** Seconds it is watched before it is an open item. */
  readonly patience: number
  /** What mends it, whatever the app is. Where there is none, the connector's advice and the app's own words say it. */
  readonly fix?: string
  /** Nobody waits for it: it is about people to whom all else was delivered. */
  readonly concerns?: boolean
}

/** The person's data: the words of one refusal would be about one of many, and about somebody by name. */
const PERSON_PATIENCE = 10

/** Every kind there is; a code that is not here counts as one about a person. */
export const OPEN_ITEM_KINDS: Readonly<Record<string, Kind>> = {
  'unknown-role': { title: 'Unknown role', patience: 0 },
  'unknown-team': { title: 'Unknown team', patience: 0 },
  'unknown-skill': { title: 'Unknown skill', patience: 0 },
  'unknown-group': { title: 'Unknown group', patience: 0 },
  'unknown-authenticator': { title: 'Unknown authenticator', patience: 0 },
  'unknown-licence': { title: 'Unknown template for licences', patience: 0 },
  'ceiling-reached': { title: 'No more accounts are allowed', patience: 0 },
  'right-missing': { title: 'A right is missing', patience: 0 },
  'credentials-refused': { title: 'The key is refused', patience: 0 },
  'policy-invalid': { title: 'The policy cannot be used', patience: 0 },
  unreachable: { title: 'Down', patience: 60 },
  'answer-unexpected': { title: 'Answers make no sense', patience: 60 },
  // Found by the doctor (examine-app.ts); nobody waits for it.
  'api-changed': { title: 'Its API has changed', patience: 0 },
  throttled: { title: 'Throttled', patience: 300 },
  'certificate-ends': { title: 'A certificate of single sign-on ends', patience: 0 },
  'sign-on-changed': { title: 'The identity provider signs people in differently', patience: 0 },
  'sign-on-unread': { title: "The identity provider's metadata cannot be read", patience: 0 },
  held: {
    title: 'Held by the policy',
    patience: PERSON_PATIENCE,
    fix: 'The policy wants somebody to look at these people: rollcall policy test says why. They are decided about anew with their next change, and daily.',
  },
  'unknown-manager': {
    title: 'Those whom people report to have no account',
    patience: PERSON_PATIENCE,
    fix: 'Give them accounts, or take reportsTo out of the policy. It is tried again by itself.',
  },
  'not-mirrored': {
    title: 'Accounts that a part of the app does not know',
    patience: 600,
    fix: 'They exist, and what they are to hold there is set once that part knows them. If it lasts, ask the vendor.',
  },
  'invitation-unknown': {
    title: 'Nobody knows whether these people were invited',
    // For as long the app may still come to show it, or have it sent again.
    patience: 660,
    fix: 'Ask them; invite in the app who got no mail. Rollcall sends no invitation twice. It ends as soon as the app shows them as invited, or they have signed in.',
  },
  'not-verified': {
    title: 'Written, but not as wanted',
    patience: PERSON_PATIENCE,
    fix: 'Look at these accounts in the app: what was written does not show there. They are tried again by themselves.',
  },
  'account-gone': {
    title: 'Accounts are gone',
    patience: PERSON_PATIENCE,
    fix: 'Restore the accounts in the app, then change the people once at the provider.',
  },
  deleted: {
    title: 'Accounts are gone',
    patience: PERSON_PATIENCE,
    fix: 'Restore the accounts in the app, then change the people once at the provider.',
  },
  disputed: {
    title: 'Disputed accounts',
    patience: PERSON_PATIENCE,
    fix: 'Somebody must decide whose accounts these are, with rollcall link settle; nothing is written to them until then.',
  },
  protected: {
    title: 'Leavers whose accounts are protected',
    patience: 0,
    fix: 'Make somebody else an administrator, take the name out of protect: in rollcall.yaml, or give the account up with rollcall link settle.',
  },
  unmatched: {
    title: 'Something is missing that an account needs',
    patience: PERSON_PATIENCE,
    fix: 'Have the provider send what is missing.',
  },
  'name-taken': {
    title: 'Names are taken',
    patience: PERSON_PATIENCE,
    fix: 'Free the names in the app, or give the people other ones at the provider.',
  },
  [UNSETTABLE_KIND]: { title: 'Cannot be set in the app', patience: 0, concerns: true },
  'value-invalid': {
    title: 'Values are refused',
    patience: PERSON_PATIENCE,
    fix: 'Correct the values at the provider.',
  },
}

const OTHER: Kind = { title: 'Refused', patience: PERSON_PATIENCE, fix: 'Look at what was refused, and why.' }

export const kindOf = (kind: string): Kind => OPEN_ITEM_KINDS[kind] ?? OTHER

const PATIENCE: ReadonlyMap<string, number> = new Map(
  Object.entries(OPEN_ITEM_KINDS).map(([kind, { patience }]) => [kind, patience]),
)

/** Passes by itself and needs nobody. */
const NO_ITEM: ReadonlySet<string> = new Set(['late-create', 'waiting-for-groups'])

/** Everybody waits for the same change in the app: once one gets through, all may. */
const RELEASING = [
  'unknown-role',
  'unknown-team',
  'unknown-skill',
  'unknown-group',
  'unknown-authenticator',
  'unknown-licence',
  'ceiling-reached',
  'policy-invalid',
  'right-missing',
]

/** Refusals that only an app gives that was reached, took the key and had the role and the team. */
const PROOF: ReadonlySet<string> = new Set(['name-taken', 'value-invalid', 'not-verified'])
/** Refusals that only an app gives that was reached and took the key. */
const REACHED: ReadonlySet<string> = new Set([
  ...PROOF,
  'unknown-role',
  'unknown-team',
  'unknown-skill',
  'unknown-group',
  'unknown-authenticator',
  'unknown-licence',
  'unknown-manager',
  'not-mirrored',
  'invitation-unknown',
  'ceiling-reached',
  'right-missing',
  'disputed',
  'protected',
  'deleted',
])

/** What a connector knows of mending, by the code of the refusal; whole sentences. */
export type Advice = Readonly<Partial<Record<ConnectorCode, string>>>

/** What would mend it, with how to see who waits where that is about people. */
function fixOf(
  app: string,
  { kind, detail, advice }: { kind: string; detail: string | null; advice?: string | undefined },
): string {
  const { fix } = kindOf(kind)
  if (fix !== undefined) return `${fix} Who and why: rollcall delivery list --app ${app}`
  return [detail, advice].filter((part) => part != null && part !== '').join(' ')
}

/**
 * After a row was settled: a cause that was met is written down, and what it proves to be gone is ended. At most four
 * statements, each of which touches one row unless something ends.
 */
export async function noteSettled(
  { db, advice }: { readonly db: Queryable; readonly advice?: Advice | undefined },
  delivery: LeasedDelivery,
  result: DeliveryResult,
): Promise<void> {
  const { code, about = '', detail = null } = result
  if (code !== undefined && !NO_ITEM.has(code)) {
    const words = advice?.[code as ConnectorCode]
    const fix = fixOf(delivery.app, { kind: code, detail, advice: words })
    await meetCause(db, delivery, { kind: code, key: about, fix })
  }
  const done = result.wrote === true
  if (done || REACHED.has(code ?? '')) await provePausing(db, delivery)
  const { waitedFor } = delivery
  if (waitedFor !== undefined && RELEASING.includes(waitedFor.kind) && (done || PROOF.has(code ?? ''))) {
    await releaseWaiting(db, delivery, waitedFor)
    await readForFound(db, delivery, waitedFor)
  }
}

export interface OpenItemsContext {
  readonly db: Queryable
  readonly telling: Telling
  /** Seconds between two tries on behalf of all who wait for one thing. */
  readonly probeSeconds: number
  readonly log: { info(fields: object, message: string): void; warn(fields: object, message: string): void }
}

/** Opens, closes and probes what is to be; cheap when nothing stands in any way. Safe in several processes at once. */
export async function keepOpenItems({ db, telling, probeSeconds, log }: OpenItemsContext): Promise<void> {
  if (!(await anyStanding(db))) return
  for (const item of await closeOver(db, telling)) log.info(fieldsOf(item), 'an open item is closed')
  for (const item of await openSeen(db, telling, PATIENCE))
    log.warn({ ...fieldsOf(item), fix: item.fix }, 'an item is open')
  await probeOpen(db, RELEASING, probeSeconds)
}

const fieldsOf = ({ tenant, app, kind, key }: ChangedItem & Cause): object => ({ tenant, app, kind, about: key })

/** Writes down causes that whoever met them had no time to. */
export async function findUnmet(
  db: Queryable,
  adviceOf: (key: { tenant: string; app: string }) => Advice | undefined,
): Promise<void> {
  for (const { tenant, app, kind, key, detail } of await unmetCauses(db)) {
    // What had paused the app is gone once anything got through, though rows still bear its code.
    if (NO_ITEM.has(kind) || PAUSING_KINDS.includes(kind)) continue
    const words = adviceOf({ tenant, app })?.[kind as ConnectorCode]
    await meetCause(db, { tenant, app }, { kind, key, fix: fixOf(app, { kind, detail, advice: words }) })
  }
}
