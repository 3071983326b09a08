/** `rollcall policy test`: what a policy comes to for somebody, and why. Must not save or write anything. */
import { policyTest } from '../../contract/policy.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import { pointingInto, readPolicyFile } from './file.ts'
import { renderTest } from './render-test.ts'

export const command = defineCommand({
  path: 'policy test',
  about: 'Show what a policy comes to for somebody, rule by rule',
  args: [{ name: '<userName>', about: 'user name, in any case' }],
  options: [
    { flags: '--app <app>', about: 'id of the app, as in rollcall.yaml' },
    { flags: '--connection <id>', about: 'when the name is there in more than one connection' },
    { flags: '--file <file>', about: 'a policy in YAML or JSON; without it, the one in force' },
    JSON_OPTION,
  ],
  notes: ['Reads the account as it is now, if the app answers. Nothing is saved or written.'],
  examples: [
    'rollcall policy test ann@example.com --app cxone-na1',
    'rollcall policy test ann@example.com --app cxone-na1 --file policy.yaml',
  ],
  parse: (args, options) => {
    const userName = argument(args, 0, 'user name')
    const app = textOption(options, 'app')
    if (app === undefined) throw new CommandError('usage', 'Say which app: --app cxone-na1')
    const [connection, file] = [textOption(options, 'connection'), textOption(options, 'file')]
    return { userName, app, connection, file, json: options['json'] === true }
  },
  run: async ({ userName, app, connection, file, json }, io) => {
    const given = file === undefined ? undefined : await readPolicyFile(file)
    const body = { userName, connection, text: given?.text }
    const tested = await pointingInto(given, io, () =>
      openClient(io).post(path`/apps/${app}/policy/test`, policyTest, body),
    )
    io.out(json ? JSON.stringify(tested, null, 2) : renderTest(tested, io))
  },
})
