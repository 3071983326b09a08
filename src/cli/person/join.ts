/** `rollcall person join`: two identities are one human. Must not guess who is. */
import { personJoined } from '../../contract/person.ts'
import { openClient } from '../client.ts'
import { defineCommand, JSON_OPTION } from '../command.ts'
import { named, nameOf } from './named.ts'

export const command = defineCommand({
  path: 'person join',
  about: 'Say that two identities are one human',
  args: [
    { name: '<one>', about: 'CONNECTION/USERNAME' },
    { name: '<other>', about: 'CONNECTION/USERNAME' },
  ],
  options: [JSON_OPTION],
  notes: ['Whose account is whose stays as it is: see rollcall connection handover.'],
  examples: ['rollcall person join okta/ann@example.com entra/ann.lee@example.com'],
  parse: (args, options) => ({ one: named(args, 0), other: named(args, 1), json: options['json'] === true }),
  run: async ({ one, other, json }, io) => {
    const answer = await openClient(io).post('/people/join', personJoined, { one, other })
    const words = answer.changed ? 'are one person from now on' : 'were one person already'
    io.out(json ? JSON.stringify(answer, null, 2) : `${nameOf(one)} and ${nameOf(other)} ${words}.`)
  },
})
