/** `rollcall-sim idp onelogin`: its own options, and which story is played. */
import { readFileSync } from 'node:fs'
import { InvalidArgumentError, Option, type Command } from 'commander'
import { runStory, storyCommand, type Flags } from '../command.ts'
import { OneLoginProvider, type OnLeaving } from './provider.ts'
import { playOneLoginStory } from './story.ts'
import type { Variant } from './template.ts'

interface OneLoginFlags extends Flags {
  readonly variant: Variant
  readonly template?: string
  readonly onSuspend: OnLeaving
  readonly onRemove: OnLeaving
}

const WAYS = ['delete', 'suspend', 'nothing']

export function oneloginCommand(): Command {
  return storyCommand(
    'onelogin',
    'push people the way OneLogin does: test, match, create, replace, suspend, delete, import; a 429 is a failed task',
  )
    .addOption(
      new Option('--variant <variant>', 'the connector: SCIM 2.0 core or enterprise')
        .choices(['core', 'enterprise'])
        .default('core'),
    )
    .option('--template <file>', 'the template of a user, free text with macros such as {$user.email}', textOf)
    .addOption(new Option('--on-suspend <way>', 'what suspending a user does').choices(WAYS).default('suspend'))
    .addOption(new Option('--on-remove <way>', 'what removing a user does').choices(WAYS).default('delete'))
    .action((flags: OneLoginFlags) =>
      runStory(flags, {
        title: 'OneLogin',
        head: { provider: 'onelogin', variant: flags.variant },
        open: () => new OneLoginProvider(flags),
        play: playOneLoginStory,
      }),
    )
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}
