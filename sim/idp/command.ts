/**
 * What `rollcall-sim idp okta`, `entra` and `onelogin` have in common: their options, the table and the JSON object they
 * print, and the exit code.
 */
import { Command, InvalidArgumentError } from 'commander'
import pc from 'picocolors'
import type { Belief } from './beliefs.ts'
import { parseBase } from './client.ts'
import { people } from './people.ts'
import type { Provider } from './provider.ts'
import type { Step, StoryOptions } from './story.ts'

/** Options of every provider. */
export interface Flags {
  readonly base: string
  readonly token: string
  readonly users: number
  readonly seed: number
  readonly parallel: number
  readonly retryScale: number
  readonly domain: string
  readonly groups: boolean
  readonly json: boolean
}

interface BeliefLine {
  readonly userName: string
  readonly id: string | null
  readonly status: Belief['status']
  readonly lastError: string | null
}

/** What `--json` prints, on one line; a provider adds what it has beyond it. */
export interface StoryReport {
  readonly provider: string
  readonly base: string
  readonly ok: boolean
  readonly steps: readonly Step[]
  readonly beliefs: readonly BeliefLine[]
}

/** A command with the common options; the provider adds its own and its action. */
export function storyCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .requiredOption('--base <url>', 'SCIM base URL, for example http://127.0.0.1:8080/scim/v2', baseUrl)
    .requiredOption('--token <token>', 'the token of the connection')
    .option('--users <n>', 'how many people to push', wholeNumber, 20)
    .option('--seed <n>', 'who the people are', wholeNumber, 1)
    .option('--parallel <n>', 'people under way at once', wholeNumber, 8)
    .option('--retry-scale <factor>', 'multiplies the waits after 429; 1 is what the provider does', factor, 1)
    .option('--domain <domain>', 'domain of logins and mail addresses', 'acme.test')
    .option('--groups', 'push groups too', false)
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText('after', '\nExits with 1 if the server did anything that the provider cannot live with.')
}

export interface StoryRun<P extends Provider> {
  /** `Okta`, as a person writes it. */
  readonly title: string
  /** What the report names first: `{ provider: 'okta', family: 'oin' }`. */
  readonly head: { readonly provider: string } & Readonly<Record<string, unknown>>
  readonly open: (onWait: (seconds: number) => void) => P
  readonly play: (provider: P, options: StoryOptions) => Promise<Step[]>
  /** What the report says beyond steps and beliefs, at the end. */
  readonly more?: (provider: P) => Readonly<Record<string, unknown>>
}

/** Plays, prints, and sets the exit code to 1 if a step failed. */
export async function runStory<P extends Provider>(flags: Flags, run: StoryRun<P>): Promise<void> {
  const note = (text: string): void => void process.stderr.write(pc.dim(`${text}\n`))
  const provider = run.open((seconds) => note(`429: waiting ${seconds} s × ${flags.retryScale}`))
  try {
    const steps = await run.play(provider, {
      people: people({ count: flags.users, seed: flags.seed, domain: flags.domain }),
      parallel: flags.parallel,
      groups: flags.groups,
      onStep: (step) => flags.json || process.stdout.write(row(step)),
    })
    const report: StoryReport = {
      ...run.head,
      base: flags.base,
      ok: steps.every((step) => step.ok),
      steps,
      beliefs: provider.beliefs().map(beliefLine),
      ...run.more?.(provider),
    }
    process.stdout.write(flags.json ? `${JSON.stringify(report)}\n` : closing(report, run.title))
    if (!report.ok) process.exitCode = 1
  } finally {
    provider.close()
  }
}

function beliefLine(belief: Belief): BeliefLine {
  return {
    userName: (belief.told ?? belief.person).userName,
    id: belief.id ?? null,
    status: belief.status,
    lastError: belief.lastError ?? null,
  }
}

/** `✓ match and create                 42  20 created` */
function row({ step, sent, ok, detail }: Step): string {
  return `${ok ? pc.green('✓') : pc.red('✗')} ${step.padEnd(32)} ${String(sent).padStart(5)}  ${ok ? detail : pc.red(detail)}\n`
}

function closing({ ok, steps }: StoryReport, title: string): string {
  const failed = steps.filter((step) => !step.ok).length
  const requests = steps.reduce((sum, step) => sum + step.sent, 0)
  const verdict = ok
    ? pc.green(`${title} can live with this server`)
    : pc.red(`${failed} of ${steps.length} steps failed`)
  return `\n${verdict}, ${requests} requests\n`
}

function baseUrl(text: string): string {
  try {
    return parseBase(text)
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error))
  }
}

function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('a whole number such as 20 is needed')
  return Number(text)
}

function factor(text: string): number {
  const value = Number(text)
  if (!(value >= 0 && value <= 1_000)) throw new InvalidArgumentError('a number from 0 to 1000 is needed, such as 0.01')
  return value
}
