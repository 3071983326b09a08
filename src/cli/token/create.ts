/** `rollcall token create`: make a token for a connection and print it, once. Must not keep it. */
import { createdToken } from '../../contract/token.ts'
import { openClient } from '../client.ts'
import { defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import { expiryOf } from './expires.ts'

export const command = defineCommand({
  path: 'token create',
  about: 'Make a token for a connection and print it, once',
  args: [],
  options: [
    { flags: '--connection <id>', about: 'what it opens' },
    { flags: '--name <text>', about: 'what to call it in lists, such as who has it' },
    { flags: '--expires <when>', about: '90d, 2027-01-31 (its end, in UTC) or an instant; without it, never' },
    JSON_OPTION,
  ],
  notes: ['Only the token goes to stdout, so it can be piped into a secret store. Nobody can show it again.'],
  examples: [
    'rollcall token create --connection okta --name "Okta, 2027" --expires 365d',
    'rollcall token create --connection okta --json',
  ],
  parse: (_args, options) => {
    const connection = textOption(options, 'connection')
    if (connection === undefined)
      throw new CommandError('usage', 'Say which connection it opens: --connection ID, as in rollcall.yaml.')
    const expires = textOption(options, 'expires')
    // What cannot be read is told before anything is asked; it is read again with the clock of the call.
    if (expires !== undefined) expiryOf(expires, new Date(0))
    return { connection, name: textOption(options, 'name'), expires, json: options['json'] === true }
  },
  run: async ({ connection, name, expires, json }, io) => {
    const made = await openClient(io).post('/tokens', createdToken, {
      connection,
      ...(name === undefined ? {} : { name }),
      ...(expires === undefined ? {} : { expires: expiryOf(expires, io.now()) }),
    })
    if (json) return io.out(JSON.stringify(made, null, 2))
    io.out(made.token)
    const until = made.expires === null ? 'does not expire' : `expires ${made.expires}`
    io.err(
      io.colours.dim(
        `Token ${made.id} opens ${made.connection} and ${until}. It is shown this once: give it to the provider now.`,
      ),
    )
  },
})
