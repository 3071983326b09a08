/** `rollcall run show`: long work and how far it is. Must not know any workflow. */
import { runWithSteps, type RunWithSteps } from '../../contract/run.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { pad, printable } from '../text.ts'
import { relative } from '../time.ts'

const ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

export const command = defineCommand({
  path: 'run show',
  about: 'Show a run and its steps',
  args: [{ name: '<run>', about: 'id of the run' }],
  options: [JSON_OPTION],
  examples: ['rollcall run show 6f1c2f0e-0f0c-4b53-9a55-0d3f4f6f2a11'],
  parse: (args, options) => {
    const run = argument(args, 0, 'run')
    if (!ID.test(run))
      throw new CommandError('usage', `"${run}" is not the id of a run; \`rollcall delivery retry\` prints one.`)
    return { run, json: options['json'] === true }
  },
  run: async ({ run, json }, io) => {
    const found = await openClient(io).get(path`/runs/${run}`, runWithSteps)
    io.out(json ? JSON.stringify(found, null, 2) : render(found, io))
  },
})

function render(run: RunWithSteps, io: Io): string {
  const now = io.now()
  const facts: [string, string][] = [
    ['Run', run.id],
    ['What', run.workflow],
    [
      'State',
      (stateColour(run.state, io.colours) ?? String)(run.state) + (run.why === null ? '' : `: ${printable(run.why)}`),
    ],
    ['Asked by', printable(run.actor)],
    ['Started', relative(run.started ?? run.created, now)],
    ['Ended', relative(run.ended, now)],
    ['Result', run.result === null ? '-' : printable(JSON.stringify(run.result))],
  ]
  const lines = facts.map(([name, value]) => `${io.colours.dim(pad(name, 12))}${value}`)
  if (run.steps.length === 0) return lines.join('\n')
  const steps = table(
    run.steps,
    [
      { title: 'STEP', value: (step) => step.name },
      { title: 'STATE', value: (step) => step.state, colour: (step) => stateColour(step.state, io.colours) },
      { title: 'WHEN', value: (step) => relative(step.at, now) },
      { title: 'RESULT', value: (step) => JSON.stringify(step.result), flexible: true },
    ],
    io,
  )
  return [...lines, '', ...steps].join('\n')
}
