/** `rollcall token revoke`: end a token, a client secret or a password for ever. Must not ask rollcall.yaml. */
import { token as tokenSchema, type Token } from '../../contract/token.ts'
import { openClient, path } from '../client.ts'
import { argument, defineCommand, JSON_OPTION } from '../command.ts'
import { CommandError } from '../errors.ts'

export const command = defineCommand({
  path: 'token revoke',
  about: 'End a token, client secret or password for ever',
  args: [{ name: '<id>', about: 'its id, as `rollcall token list` shows it' }],
  options: [JSON_OPTION],
  notes: ['It opens nothing any more after two seconds at most, whatever rollcall.yaml says.'],
  examples: ['rollcall token revoke 42'],
  parse: (args, options) => {
    const id = argument(args, 0, 'token')
    if (!/^[1-9]\d{0,14}$/.test(id))
      throw new CommandError(
        'usage',
        'A token has a number as its id, never the token itself. See: rollcall token list',
      )
    return { id, json: options['json'] === true }
  },
  run: async ({ id, json }, io) => {
    const revoked = await openClient(io).post(path`/tokens/${id}/revoke`, tokenSchema)
    io.out(json ? JSON.stringify(revoked, null, 2) : words(revoked))
  },
})

const words = ({ id, kind, connection, name }: Token): string =>
  `The ${kind} ${id}${name === null ? '' : ` (${name})`} of ${connection} is revoked for ever.`
