/** `rollcall person part`: an identity is a human of its own. Must not change any account. */
import { personJoined } from '../../contract/person.ts'
import { openClient } from '../client.ts'
import { defineCommand, JSON_OPTION } from '../command.ts'
import { named, nameOf } from './named.ts'

export const command = defineCommand({
  path: 'person part',
  about: 'Say that an identity is a human of its own',
  args: [{ name: '<one>', about: 'CONNECTION/USERNAME' }],
  options: [JSON_OPTION],
  examples: ['rollcall person part entra/ann.lee@example.com'],
  parse: (args, options) => ({ one: named(args, 0), json: options['json'] === true }),
  run: async ({ one, json }, io) => {
    const answer = await openClient(io).post('/people/part', personJoined, { one })
    const words = answer.changed ? 'is a person of its own from now on' : 'was joined with nobody'
    io.out(json ? JSON.stringify(answer, null, 2) : `${nameOf(one)} ${words}.`)
  },
})
