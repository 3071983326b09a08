/** `rollcall-sim idp okta`: its own options, and which story is played. */
import { Option, type Command } from 'commander'
import { runStory, storyCommand, type Flags } from '../command.ts'
import { OktaProvider } from './provider.ts'
import type { Auth, Family } from './requests.ts'
import { playStory } from './story.ts'

interface OktaFlags extends Flags {
  readonly family: Family
  readonly auth: Auth
}

export function oktaCommand(): Command {
  return storyCommand(
    'okta',
    'push people the way Okta does: test, match, create, profile push, rename, deactivate, reactivate, import',
  )
    .addOption(
      new Option('--family <family>', 'catalogue/template app (oin) or integration wizard app (aiw)')
        .choices(['oin', 'aiw'])
        .default('oin'),
    )
    .addOption(
      new Option('--auth <mode>', 'send "Bearer <token>", or the token as the whole header')
        .choices(['bearer', 'header'])
        .default('bearer'),
    )
    .action((flags: OktaFlags) =>
      runStory(flags, {
        title: 'Okta',
        head: { provider: 'okta', family: flags.family },
        open: (onWait) => new OktaProvider({ ...flags, onWait }),
        play: playStory,
      }),
    )
}
