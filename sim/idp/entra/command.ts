/** `rollcall-sim idp entra`: its own options, and which story is played on which clock. */
import { Option, type Command } from 'commander'
import { leapingClock } from '../clock.ts'
import { runStory, storyCommand, type Flags } from '../command.ts'
import type { Matching } from './mapping.ts'
import { EntraProvider } from './provider.ts'
import type { Dialect } from './requests.ts'
import { playEntraStory } from './story.ts'

interface EntraFlags extends Flags {
  readonly dialect: Dialect
  readonly match: Matching
  readonly onThrottle: 'next-cycle' | 'obey'
}

export function entraCommand(): Command {
  return storyCommand(
    'entra',
    'push people the way Entra ID does: test, initial cycle, updates, disable, delete after 30 (skipped) days',
  )
    .addOption(
      new Option('--dialect <dialect>', 'how a PATCH is written, as the flag in the tenant URL decides')
        .choices(['default', 'aadOptscim062020'])
        .default('default'),
    )
    .addOption(
      new Option('--match <attribute>', 'what users are matched by')
        .choices(['userName', 'externalId', 'email'])
        .default('userName'),
    )
    .addOption(
      new Option('--on-throttle <way>', 'what a 429 does: fail until the next cycle, or wait as Retry-After says')
        .choices(['next-cycle', 'obey'])
        .default('obey'),
    )
    .action((flags: EntraFlags) => {
      const clock = leapingClock()
      const { match: matching, ...rest } = flags
      return runStory(flags, {
        title: 'Entra ID',
        head: { provider: 'entra', dialect: flags.dialect },
        open: (onWait) => new EntraProvider({ ...rest, matching, clock, onWait }),
        play: (provider, options) => playEntraStory(provider, { ...options, clock }),
        more: (provider) => ({ job: provider.job() }),
      })
    })
}
