/** `rollcall app doctor`: what is wrong with the set-up of an app, and what mends it. Must not examine anything itself. */
import { writeFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  answerShapes,
  examination as examinationSchema,
  finding as findingSchema,
  type Examination,
  type Finding,
} from '../../contract/doctor.ts'
import { runStarted, runWithSteps, type RunWithSteps } from '../../contract/run.ts'
import { openClient, path, type Client } from '../client.ts'
import { argument, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { table } from '../table.ts'
import { printable } from '../text.ts'

const POLL_MS = 300

export const command = defineCommand({
  path: 'app doctor',
  about: 'Say what is wrong with the set-up of an app, and what mends it',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [
    {
      flags: '--record <file>',
      about: 'write what answers look like to this file or folder: fields and types, no values',
    },
    { flags: '--accept', about: 'take the API of the app as it is now, where it has changed' },
    JSON_OPTION,
  ],
  notes: [
    'Makes at most 20 calls to the app and writes nothing to it. The exit code is 0 where nothing that is needed is missing',
    'or blocked, else 1. The same is done by itself every day.',
  ],
  examples: ['rollcall app doctor cxone-na1', 'rollcall app doctor cxone-na1 --record shapes.json'],
  parse: (args, options) => ({
    app: argument(args, 0, 'app'),
    record: textOption(options, 'record'),
    accept: options['accept'] === true,
    json: options['json'] === true,
  }),
  run: async ({ app, record, accept, json }, io) => {
    const client = openClient(io)
    const examination = await examine(client, { app, accept }, io)
    if (record !== undefined) await writeShapes(client, { app, to: record }, io)
    io.out(json ? JSON.stringify(examination, null, 2) : render(app, examination, io))
    if (!examination.ok) throw new CommandError('other', verdictOf(app, examination))
  },
})

async function examine(
  client: Client,
  { app, accept }: { app: string; accept: boolean },
  io: Io,
): Promise<Examination> {
  const { run } = await client.post(path`/apps/${app}/doctor`, runStarted, { accept })
  try {
    for (;;) {
      const now = await client.get(path`/runs/${run}`, runWithSteps)
      if (now.state === 'failed') throw new CommandError('other', now.why ?? 'The app could not be examined.')
      if (now.state === 'done') return readResult(now)
      io.progress(progressOf(app, now))
      await io.sleep(POLL_MS)
    }
  } finally {
    io.progress('')
  }
}

function readResult({ result }: RunWithSteps): Examination {
  const parsed = examinationSchema.safeParse(result)
  if (parsed.success) return parsed.data
  throw new CommandError(
    'server',
    'The server examined the app and says it in a way that this command does not know. Are both of the same version?',
  )
}

/** The check that ended last. */
function progressOf(app: string, { steps }: RunWithSteps): string {
  const last = findingSchema.safeParse(steps.at(-1)?.result)
  if (!last.success) return `${app} is examined …`
  return `${app} is examined, ${steps.length} checks so far: ${last.data.check} ${last.data.status}`
}

async function writeShapes(client: Client, { app, to }: { app: string; to: string }, io: Io): Promise<void> {
  const recorded = await client.get(path`/apps/${app}/doctor/shapes`, answerShapes)
  const isFolder = await stat(to).then(
    (found) => found.isDirectory(),
    () => false,
  )
  const file = isFolder ? join(to, `${app}-shapes.json`) : to
  try {
    await writeFile(file, `${JSON.stringify({ app, ...recorded }, null, 2)}\n`)
  } catch (error) {
    throw new CommandError(
      'usage',
      `${file} cannot be written: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    )
  }
  io.err(`What ${Object.keys(recorded.shapes).length} answers look like is in ${file}: fields and types, no values.`)
}

/** Words and signs, so that nobody has to see colours. */
const MARKS = { ok: '+ ok', missing: '- missing', blocked: '! blocked', unknown: '? unknown' } as const

function render(app: string, { ok, calls, findings, changes }: Examination, io: Io): string {
  const { colours } = io
  const colour = ({ status, needed }: Finding) =>
    status === 'ok' ? colours.green : status === 'unknown' || !needed ? colours.yellow : colours.red
  const rows = table(
    findings,
    [
      { title: 'STATUS', value: ({ status }) => MARKS[status], colour },
      { title: 'CHECK', value: ({ check }) => check },
      { title: 'FOUND', value: ({ found }) => found, flexible: true },
    ],
    io,
  )
  const bad = findings.filter((one) => one.needed && isBad(one))
  const lesser = findings.filter((one) => !one.needed && isBad(one))
  return [
    ...rows,
    ...section('To mend', bad, io),
    ...section('Not needed by every app', lesser, io),
    ...byHand(findings, bad.length > 0, io),
    ...changesOf(app, changes, io),
    ...(ok ? ['', colours.green(`${praiseOf(findings)} ${calls} calls, none of which wrote anything.`)] : []),
  ].join('\n')
}

const isBad = ({ status }: Finding): boolean => status === 'missing' || status === 'blocked'

function praiseOf(findings: readonly Finding[]): string {
  const open = findings.filter(({ needed, status }) => needed && status === 'unknown').length
  if (open === 0) return 'Nothing that is needed is missing or in the way.'
  return `Nothing that is needed was seen to be missing or in the way; ${open === 1 ? '1 check' : `${open} checks`} could not be made.`
}

const verdictOf = (app: string, { calls, findings }: Examination): string => {
  const bad = findings.filter((one) => one.needed && isBad(one)).map(({ check }) => check)
  if (bad.length === 0) return `Nothing that ${app} needs could be checked.`
  return `${app} cannot do all its work like this: ${bad.join(', ')}. ${calls === 1 ? '1 call' : `${calls} calls`}, none of which wrote anything.`
}

function section(title: string, findings: readonly Finding[], { colours }: Io): string[] {
  if (findings.length === 0) return []
  return [
    '',
    colours.bold(title),
    ...findings.flatMap(({ check, found, blocks, fix }) => [
      `  ${check}: ${printable(found)}`,
      ...(blocks === null ? [] : [`    Blocks: ${printable(blocks)}`]),
      ...(fix === null ? [] : [`    Fix: ${printable(fix)}`]),
    ]),
  ]
}

function changesOf(app: string, changes: Examination['changes'], { colours }: Io): string[] {
  if (changes.length === 0) return []
  const lines = changes.map(({ call, field, was, is }) => `  ${call}: ${field || 'the answer'} was ${was}, is ${is}`)
  return [
    '',
    colours.bold('Its API has changed'),
    ...lines.map(printable),
    `  rollcall app doctor ${app} --accept takes it as it is.`,
  ]
}

/** Behind a failure everything is unknown, and will be known once that is mended: then it is not worth anybody's time. */
function byHand(findings: readonly Finding[], failed: boolean, { colours }: Io): string[] {
  const unknown = findings.filter(({ status }) => status === 'unknown')
  if (unknown.length === 0) return []
  if (failed && unknown.length > 5)
    return ['', `${unknown.length} checks could not be made. Mend what is above and ask again.`]
  return [
    '',
    colours.bold('To be checked by hand'),
    ...unknown.map(({ check, fix }) => `  ${check}: ${printable(fix ?? '')}`),
  ]
}
