/** `rollcall app observe`: write nothing to an app any more. Must not undo what was written. */
import { modeSet } from '../../contract/mode.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION } from '../command.ts'

export const command = defineCommand({
  path: 'app observe',
  about: 'Write nothing to an app any more: accept, link and plan only',
  args: [{ name: '<app>', about: 'id of the app, as in rollcall.yaml' }],
  options: [JSON_OPTION],
  notes: [
    'What was written stays. Deactivations wait too: people who leave keep their access until it is enforced again.',
  ],
  examples: ['rollcall app observe cxone-na1'],
  parse: (args, options) => ({ app: argument(args, 0, 'app'), json: options['json'] === true }),
  run: async ({ app, json }, io) => {
    const set = await openClient(io).post(path`/apps/${app}/observe`, modeSet)
    if (json) return io.out(JSON.stringify(set, null, 2))
    io.out(
      set.changed
        ? `Nothing is written to ${app} from now on, deactivations included. To begin again: rollcall app enforce ${app}`
        : `${app} was observed already.`,
    )
  },
})
