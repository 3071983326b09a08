/**
 * Apps as the admin API shows them.
 * Decides fields and their meaning; must not know how they are found out.
 */
import { z } from 'zod'
import { instant, pageOf } from './paging.ts'

/** What waits, by why. `refused` and `disputed` wait for a person, the others for time. */
export const waitingCounts = z
  .object({
    due: z.int().describe('To be delivered now.'),
    retrying: z.int().describe('Tried, and to be tried again by itself.'),
    refused: z.int().describe('The app does not take it as it stands; tried again daily and at the next change.'),
    disputed: z.int().describe('Somebody must decide whose account it is.'),
  })
  .meta({ id: 'WaitingCounts' })

export const appState = z
  .enum(['working', 'paused', 'detached'])
  .describe(
    '`paused`: no call is made until `pausedUntil`. `detached`: no longer in rollcall.yaml; nothing is written to it.',
  )

export const appSummary = z
  .object({
    id: z.string(),
    type: z.string().describe('Which connector.'),
    mode: z.enum(['enforce', 'observe']),
    state: appState,
    waiting: waitingCounts,
    open: z.int().describe('Open items: things that stand in its way, however many wait for each.'),
  })
  .meta({ id: 'AppSummary' })

export const breaker = z
  .object({
    state: z
      .enum(['closed', 'open', 'half-open'])
      .describe(
        '`closed`: deliveries go their way. `open`: the app is left alone until `pausedUntil`. `half-open`: one delivery at a time tries for all, until one gets through.',
      ),
    since: instant.nullable().describe('When it opened; null while it is closed.'),
    failures: z.int().describe('How often in a row the app has been left alone since.'),
  })
  .meta({ id: 'Breaker' })

export const openItem = z
  .object({
    kind: z.string().describe('What stands in the way: the code of the refusal.'),
    about: z.string().describe('Which one of the kind, such as the name of a role; empty where there is only one.'),
    since: instant.describe('When it was first met.'),
    waiting: z.int().describe('How many deliveries wait for it; of `not-settable`, how many people it is about.'),
    fix: z.string().describe('What the app said, and what would mend it.'),
  })
  .meta({ id: 'OpenItem' })

export const accountReading = z
  .object({
    to: z.array(z.string()).describe('Connections whose provider is shown the accounts that nobody owns.'),
    verdict: z
      .enum(['whole', 'partial', 'unreachable'])
      .nullable()
      .describe(
        'Of the last reading: `whole` saw everybody. After `partial` or `unreachable` nobody is taken away who was shown. Null before the first.',
      ),
    why: z.string().nullable().describe('What was wrong with it.'),
    at: instant.nullable().describe('When it ended.'),
    accounts: z.int().nullable().describe('Accounts it saw.'),
    shown: z.int().nullable().describe('Accounts shown after it.'),
    wholeAt: instant.nullable().describe('When everybody was last seen.'),
    nextAt: instant.describe('When the next reading is due.'),
  })
  .meta({ id: 'AccountReading' })

export const observedPlans = z
  .object({
    plans: z.int().describe('Plans that wait for the app to be enforced.'),
    kinds: z.record(z.string(), z.int()).describe('What they would do: people by kind of change.'),
  })
  .meta({ id: 'ObservedPlans' })

export const app = appSummary
  .extend({
    modePinned: z.boolean().describe('rollcall.yaml names the mode, so only the file changes it.'),
    observed: observedPlans
      .nullable()
      .describe('What enforcing it would do, as far as it was planned; null where it is enforced.'),
    way: z.string().describe('How changes reach the app: the connector that is in use.'),
    connections: z.array(z.string()).describe('Connections whose people get an account here.'),
    pausedUntil: instant.nullable(),
    pausedWhy: z.string().nullable(),
    breaker,
    openItems: z
      .array(openItem)
      .describe('One item a cause, however many wait for it. The first 50, most waiting first.'),
    reading: accountReading
      .nullable()
      .describe('How the app was last read to show its accounts to a provider; null where nobody is shown any.'),
    settings: z.unknown().describe('The entry of rollcall.yaml without its secrets.'),
  })
  .meta({ id: 'App' })

export const appPage = pageOf(appSummary, 'AppPage')

export type AppSummary = z.output<typeof appSummary>
export type App = z.output<typeof app>
