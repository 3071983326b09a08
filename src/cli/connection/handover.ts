/** `rollcall connection handover`: move accounts from one provider to another. Must not decide who is the same person. */
import { handover, type HandoverStep } from '../../contract/handover.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import type { Io } from '../io.ts'
import { table } from '../table.ts'

export const command = defineCommand({
  path: 'connection handover',
  about: 'Move accounts from one provider to another, or show what that would do',
  args: [
    { name: '<from>', about: 'id of the connection that is left' },
    { name: '<to>', about: 'id of the connection that takes over' },
  ],
  options: [
    { flags: '--app <id>', about: 'only accounts in this app' },
    { flags: '--apply', about: 'do it; without it, only show what would be done' },
    JSON_OPTION,
  ],
  notes: [
    'People are matched by user name, else by e-mail address or employee number, and only if their names do not',
    'speak against it. Nothing but the owner changes. Whoever has no counterpart stays where they are.',
  ],
  examples: ['rollcall connection handover okta entra', 'rollcall connection handover okta entra --apply'],
  parse: (args, options) => ({
    from: argument(args, 0, 'connection is left'),
    to: argument(args, 1, 'connection takes over'),
    app: textOption(options, 'app'),
    apply: options['apply'] === true,
    json: options['json'] === true,
  }),
  run: async ({ from, to, app, apply, json }, io) => {
    const steps = await handOverAll(openClient(io), { from, to, app, apply }, io)
    io.out(json ? JSON.stringify({ steps }, null, 2) : render(steps, { from, to, apply }, io))
  },
})

interface Move {
  readonly from: string
  readonly to: string
  readonly app: string | undefined
  readonly apply: boolean
}

/** Part after part. What was handed over is handed over, also if a later part fails. */
async function handOverAll(client: Client, { from, ...rest }: Move, io: Io): Promise<readonly HandoverStep[]> {
  const steps: HandoverStep[] = []
  try {
    for (let after: number | null = 0; after !== null;) {
      const part: { steps: HandoverStep[]; next: number | null } = await client.post(
        path`/connections/${from}/handover`,
        handover,
        { ...rest, after },
      )
      steps.push(...part.steps)
      after = part.next
      if (after !== null) io.progress(`${steps.length} accounts …`)
    }
    return steps
  } finally {
    io.progress('')
  }
}

function render(steps: readonly HandoverStep[], { from, to, apply }: Omit<Move, 'app'>, io: Io): string {
  if (steps.length === 0) return `No account follows anybody of ${from}.`
  const lines = table(
    steps,
    [
      { title: 'ACCOUNT', value: ({ step }) => step, flexible: true },
      {
        title: apply ? 'MOVED' : 'MOVES',
        value: ({ ok }) => (ok ? 'yes' : 'no'),
        colour: ({ ok }) => (ok ? io.colours.green : io.colours.yellow),
      },
      { title: 'DETAIL', value: ({ detail }) => detail, flexible: true },
    ],
    io,
  )
  const moved = steps.filter(({ ok }) => ok).length
  const stay = steps.length - moved
  const sum = apply
    ? `${moved} accounts follow ${to} now, ${stay} stay with ${from}.`
    : `${moved} accounts would follow ${to}, ${stay} would stay with ${from}. Nothing was changed; --apply does it.`
  return [...lines, '', sum].join('\n')
}
