/** `rollcall-sim idp okta`: reads the options, plays the story, prints it as a table or as JSON. Decides the exit code. */
import { Command, InvalidArgumentError, Option } from 'commander'
import pc from 'picocolors'
import { people } from '../people.ts'
import type { Belief } from './beliefs.ts'
import { parseBase } from './client.ts'
import { OktaProvider } from './provider.ts'
import type { Auth, Family } from './requests.ts'
import { playStory, type Step } from './story.ts'

interface Flags {
  readonly base: string
  readonly token: string
  readonly users: number
  readonly family: Family
  readonly seed: number
  readonly auth: Auth
  readonly parallel: number
  readonly retryScale: number
  readonly domain: string
  readonly json: boolean
}

/** What `--json` prints, on one line. */
export interface StoryReport {
  readonly provider: 'okta'
  readonly family: Family
  readonly base: string
  readonly ok: boolean
  readonly steps: readonly Step[]
  readonly beliefs: readonly BeliefLine[]
}

interface BeliefLine {
  readonly userName: string
  readonly id: string | null
  readonly status: Belief['status']
  readonly lastError: string | null
}

export function oktaCommand(): Command {
  return new Command('okta')
    .description(
      'push people the way Okta does: test, match, create, profile push, rename, deactivate, reactivate, import',
    )
    .requiredOption('--base <url>', 'SCIM base URL, for example http://127.0.0.1:8080/scim/v2', baseUrl)
    .requiredOption('--token <token>', 'the token of the connection')
    .option('--users <n>', 'how many people to push', wholeNumber, 20)
    .addOption(
      new Option('--family <family>', 'catalogue/template app (oin) or integration wizard app (aiw)')
        .choices(['oin', 'aiw'])
        .default('oin'),
    )
    .option('--seed <n>', 'who the people are and what their passwords are', wholeNumber, 1)
    .addOption(
      new Option('--auth <mode>', 'send "Bearer <token>", or the token as the whole header')
        .choices(['bearer', 'header'])
        .default('bearer'),
    )
    .option('--parallel <n>', 'assignments at once', wholeNumber, 8)
    .option('--retry-scale <factor>', 'multiplies the waits after 429; Okta itself is 1', factor, 1)
    .option('--domain <domain>', 'domain of logins and mail addresses', 'acme.test')
    .option('--json', 'print one JSON object instead of a table', false)
    .addHelpText('after', '\nExits with 1 if the server did anything that Okta cannot live with.')
    .action(async (flags: Flags) => {
      const report = await play(flags)
      if (flags.json) process.stdout.write(`${JSON.stringify(report)}\n`)
      else process.stdout.write(closing(report))
      if (!report.ok) process.exitCode = 1
    })
}

async function play(flags: Flags): Promise<StoryReport> {
  const note = (text: string): void => void process.stderr.write(pc.dim(`${text}\n`))
  const provider = new OktaProvider({
    ...flags,
    onWait: (seconds) => note(`429: waiting ${seconds} s × ${flags.retryScale}`),
  })
  try {
    const steps = await playStory(provider, {
      people: people({ count: flags.users, seed: flags.seed, domain: flags.domain }),
      parallel: flags.parallel,
      onStep: (step) => flags.json || process.stdout.write(row(step)),
    })
    const beliefs = provider.beliefs().map(beliefLine)
    return {
      provider: 'okta',
      family: flags.family,
      base: flags.base,
      ok: steps.every((step) => step.ok),
      steps,
      beliefs,
    }
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

function closing({ ok, steps }: StoryReport): string {
  const failed = steps.filter((step) => !step.ok).length
  const requests = steps.reduce((sum, step) => sum + step.sent, 0)
  const verdict = ok ? pc.green('Okta can live with this server') : pc.red(`${failed} of ${steps.length} steps failed`)
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
