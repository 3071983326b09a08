/** `rollcall policy preview`: what a policy would do to everybody, before it does. Must not save it. */
import { differenceKind, differenceNote } from '../../contract/difference.ts'
import { openClient } from '../client.ts'
import { choiceOption, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import { pointingInto, readPolicyFile } from './file.ts'
import { findOut, readNames, renderDifference } from './difference.ts'

const KINDS = [...differenceKind.options, ...differenceNote.options] as const

export const command = defineCommand({
  path: 'policy preview',
  about: 'Show what a policy would do to everybody, in numbers and by name',
  args: [],
  options: [
    { flags: '--app <app>', about: 'id of the app, as in rollcall.yaml' },
    { flags: '--file <file>', about: 'a policy in YAML or JSON; without it, the one in force' },
    { flags: '--kind <kind>', about: `names of this kind only: ${KINDS.join(', ')}` },
    { flags: '--all', about: 'all names instead of the first 20' },
    JSON_OPTION,
  ],
  notes: ['Reads the app once and writes nothing to it. Nothing is saved: `rollcall policy save` does that.'],
  examples: [
    'rollcall policy preview --app cxone-na1 --file policy.yaml',
    'rollcall policy preview --app cxone-na1 --file policy.yaml --kind charges --all',
  ],
  parse: (_args, options) => {
    const app = textOption(options, 'app')
    if (app === undefined) throw new CommandError('usage', 'Say which app: --app cxone-na1')
    return {
      app,
      file: textOption(options, 'file'),
      kind: choiceOption(options, 'kind', KINDS),
      all: options['all'] === true,
      json: options['json'] === true,
    }
  },
  run: async ({ app, file, kind, all, json }, io) => {
    const given = file === undefined ? undefined : await readPolicyFile(file)
    const client = openClient(io)
    const found = await pointingInto(given, io, () => findOut(client, { app, text: given?.text }, io))
    const names = await readNames(client, { id: found.id, all, kind })
    io.out(
      json
        ? JSON.stringify({ ...found, diff: names.items, more: names.more }, null, 2)
        : renderDifference(found, names, io),
    )
  },
})
