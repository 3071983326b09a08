/** `rollcall link settle`: say whose account it is. Must not decide it by itself. */
import { link as linkSchema, settleAs, type Link } from '../../contract/link.ts'
import { openClient, path } from '../client.ts'
import { argument, choiceOption, defineCommand, JSON_OPTION } from '../command.ts'
import { CommandError } from '../errors.ts'

export const command = defineCommand({
  path: 'link settle',
  about: 'Say whose account it is',
  args: [{ name: '<id>', about: 'id of the link, as `rollcall link list` shows it' }],
  options: [
    { flags: '--as <decision>', about: settleAs.options.join(', ') },
    { flags: '--even-protected', about: 'adopt although the account is protected; needs a key with the role owner' },
    JSON_OPTION,
  ],
  notes: [
    'adopt    the account is this person’s',
    'ignore   it is not: it stays as it is, and this person gets none in the app',
    'release  the account is no longer this person’s; it stays as it is',
    'reopen   forget what was decided, and look again',
  ],
  examples: ['rollcall link settle 42 --as adopt', 'rollcall link settle 42 --as adopt --even-protected'],
  parse: (args, options) => {
    const id = argument(args, 0, 'link')
    if (!/^[1-9]\d{0,14}$/.test(id))
      throw new CommandError('usage', `A link has a number as its id, not "${id}". See: rollcall link list`)
    const as = choiceOption(options, 'as', settleAs.options)
    if (as === undefined)
      throw new CommandError('usage', `Say what it is to be: --as ${settleAs.options.join(', --as ')}.`)
    return { id, as, evenProtected: options['evenProtected'] === true, json: options['json'] === true }
  },
  run: async ({ id, as, evenProtected, json }, io) => {
    const settled = await openClient(io).post(path`/links/${id}/settle`, linkSchema, { as, evenProtected })
    io.out(json ? JSON.stringify(settled, null, 2) : words(settled, as))
  },
})

function words({ app, userName, account, present }: Link, as: (typeof settleAs.options)[number]): string {
  const whose = `${account === null ? 'Nothing' : `The account ${account}`} in ${app}`
  switch (as) {
    case 'adopt':
      return present
        ? `${whose} is ${userName}’s from now on. It is delivered now: rollcall person show ${userName}`
        : `${whose} is ${userName}’s as soon as the provider sends them again.`
    case 'ignore':
      return `${userName} gets no account in ${app}; what is there stays as it is.`
    case 'release':
      return `${whose} is ${userName}’s no more. It stays as it is.`
    case 'reopen':
      return `What was decided about ${userName} in ${app} is forgotten; it is looked at again now.`
  }
}
