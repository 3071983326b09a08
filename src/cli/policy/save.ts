/** `rollcall policy save`: another policy for an app. Must not write to the app: people are decided anew as they change. */
import { policySaved, type PolicySavedAnswer } from '../../contract/policy.ts'
import { openClient, path } from '../client.ts'
import { defineCommand, JSON_OPTION, numberOption, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import { printable } from '../text.ts'
import { pointingInto, readPolicyFile } from './file.ts'

export const command = defineCommand({
  path: 'policy save',
  about: 'Bring the policy in a file into force for an app',
  args: [],
  options: [
    { flags: '--app <app>', about: 'id of the app, as in rollcall.yaml' },
    { flags: '--file <file>', about: 'the policy, in YAML or JSON' },
    { flags: '--expect <version>', about: 'only if this version is in force still; 0 for none' },
    JSON_OPTION,
  ],
  notes: [
    'Nothing is written to anybody by it: people are decided anew as they change. `rollcall policy preview` shows',
    'beforehand what it would do to everybody, `rollcall policy test` what it comes to for one person.',
  ],
  examples: [
    'rollcall policy save --app cxone-na1 --file policy.yaml',
    'rollcall policy save --app cxone-na1 --file policy.yaml --expect 3',
  ],
  parse: (_args, options) => {
    const [app, file] = [textOption(options, 'app'), textOption(options, 'file')]
    if (app === undefined) throw new CommandError('usage', 'Say which app: --app cxone-na1')
    if (file === undefined) throw new CommandError('usage', 'Say which policy: --file policy.yaml')
    const expected = numberOption(options, 'expect', { least: 0, most: 999_999_999 })
    return { app, file, expected, json: options['json'] === true }
  },
  run: async ({ app, file, expected, json }, io) => {
    const given = await readPolicyFile(file)
    const body = { text: given.text, ...(expected === undefined ? {} : { expectedVersion: expected }) }
    const saved = await pointingInto(given, io, () => openClient(io).put(path`/apps/${app}/policy`, policySaved, body))
    io.out(json ? JSON.stringify(saved, null, 2) : words(saved))
  },
})

function words({ app, version, changed, changes, warnings, due }: PolicySavedAnswer): string {
  if (!changed) return `This is version ${version} of the policy of ${app}, which is in force already.`
  const again = due === 1 ? 'One delivery that had waited' : `${due} deliveries that had waited`
  return [
    `Version ${version} of the policy of ${app} is in force.`,
    ...changes.map((line) => `  ${printable(line)}`),
    ...(due === 0 ? [] : [`${again} for another policy ${due === 1 ? 'is' : 'are'} tried again now.`]),
    ...warnings.map((line) => `Note: ${printable(line)}`),
    `Everybody else is decided anew as they change; rollcall policy preview --app ${app} shows what that would do.`,
  ].join('\n')
}
