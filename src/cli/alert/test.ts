/** `rollcall alert test`: send a test message and say what happened. Must not know how a message travels. */
import { alertTest } from '../../contract/alert.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION } from '../command.ts'
import { CommandError } from '../errors.ts'
import { printable } from '../text.ts'

export const command = defineCommand({
  path: 'alert test',
  about: 'Send a test message through an alert and say what happened',
  args: [{ name: '<alert>', about: 'id of the alert, as in rollcall.yaml' }],
  options: [JSON_OPTION],
  examples: ['rollcall alert test ops-hook'],
  parse: (args, options) => ({ alert: argument(args, 0, 'alert'), json: options['json'] === true }),
  run: async ({ alert, json }, io) => {
    const found = await openClient(io).post(path`/alerts/${alert}/test`, alertTest)
    if (json) io.out(JSON.stringify(found, null, 2))
    if (!found.sent) throw new CommandError('other', `The test message did not arrive: ${printable(found.detail)}`)
    if (!json) io.out(`The test message was sent: ${printable(found.detail)}`)
  },
})
