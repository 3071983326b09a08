/**
 * What there is in an app, as the admin API shows it.
 * Decides fields and their meaning; must not know how it is found out.
 */
import { z } from 'zod'
import { instant, pageOf, pageQuery } from './paging.ts'

/** The same as in src/reconcile/inventory.ts; a test compares them. */
export const finding = z
  .enum([
    'never-activated',
    'never-seen',
    'idle',
    'no-authenticator',
    'administrator',
    'same-name',
    'same-mail',
    'owns-key',
  ])
  .describe(
    'What is worth a look. `never-activated`: its person has not come in yet. `never-seen`: active, and the app has never seen its person. `idle`: active, and not seen for longer than asked about. `no-authenticator`: the app shows no way for it to sign in. `same-name`, `same-mail`: another account in use has the same. `owns-key`: a program signs in with it.',
  )

const number = z.int()
const counted = z.object({
  id: z.string().describe("The app's own id; empty for those that have none."),
  name: z.string(),
  accounts: number,
  inUse: number.describe('Of those, not deactivated.'),
})

export const inventoryTotals = z
  .object({
    accounts: number,
    inUse: number.describe('Not deactivated.'),
    idleDays: number.describe('After so many days without a sign of its person an account counts as idle.'),
    states: z.record(z.enum(['active', 'unregistered', 'pending', 'locked', 'inactive']), number),
    roles: z.array(counted).describe('Most accounts first.'),
    teams: z.array(counted),
    seen: z
      .record(z.enum(['within 7 days', 'within 30 days', 'within 90 days', 'earlier', 'never', 'not shown']), number)
      .describe('Accounts in use, by when their people were last there, as far as the app counts it.'),
    findings: z.record(finding, number),
    keys: z.object({ active: number, inactive: number }).nullable().describe('Null where they could not be read.'),
  })
  .meta({ id: 'InventoryTotals' })

export const inventoryKey = z
  .object({
    id: z.string().describe("The app's name of the key; no secret."),
    owner: z.string().nullable().describe('User name of the account it belongs to.'),
    active: z.boolean(),
    lastUsed: z.string().nullable(),
    findings: z.array(z.enum(['owner-inactive', 'unused'])),
  })
  .meta({ id: 'InventoryKey' })

export const inventory = z
  .object({
    id: z.uuid().describe('The same as of its run.'),
    app: z.string(),
    state: z.enum(['reading', 'done']),
    verdict: z
      .enum(['whole', 'partial', 'unreachable'])
      .nullable()
      .describe('How the app was read. `partial`: it did not show everybody.'),
    why: z.string().nullable().describe('What was wrong with the reading.'),
    accounts: number.describe('Accounts that were read so far.'),
    gaps: z.array(z.string()).describe('What could not be read beside the accounts.'),
    totals: inventoryTotals.nullable().describe('Null until it is done.'),
    keys: z.array(inventoryKey).nullable().describe('Keys with which programs sign in; null until it is done.'),
    created: instant,
    ended: instant.nullable(),
  })
  .meta({ id: 'Inventory' })

export const inventoryAccount = z
  .object({
    id: z.string().describe("The app's own id of it."),
    userName: z.string(),
    name: z.string(),
    email: z.string().nullable(),
    state: z.enum(['active', 'unregistered', 'pending', 'locked', 'inactive']),
    role: z.string().nullable(),
    team: z.string().nullable(),
    authenticator: z.string().nullable().describe('How it signs in; null where the app shows none.'),
    lastSignIn: z.string().nullable().describe('When its person was last there, as far as the app counts it.'),
    created: z.string().nullable(),
    findings: z.array(finding),
  })
  .meta({ id: 'InventoryAccount' })

export const inventoryAccountPage = pageOf(inventoryAccount, 'InventoryAccountPage')

export const inventoryAccountQuery = pageQuery.extend({
  finding: finding.optional().describe('Only accounts of which this was found.'),
})

export const IDLE_DAYS = { least: 1, most: 3_650, usual: 90 } as const

export const inventoryRequest = z
  .strictObject({
    idleDays: z
      .int()
      .min(IDLE_DAYS.least)
      .max(IDLE_DAYS.most)
      .default(IDLE_DAYS.usual)
      .describe('After so many days without a sign of its person an account counts as idle, and a key as unused.'),
  })
  .meta({ id: 'InventoryRequest' })

export const inventoryStarted = z
  .object({ run: z.uuid().describe('Id of the run, and of the inventory.') })
  .meta({ id: 'InventoryStarted' })

export type Inventory = z.output<typeof inventory>
export type InventoryTotals = z.output<typeof inventoryTotals>
export type InventoryAccount = z.output<typeof inventoryAccount>
export type InventoryKey = z.output<typeof inventoryKey>
