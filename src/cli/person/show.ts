/** `rollcall person show`: who somebody is in every connection, and what they have in every app. Must not guess between people. */
import { peoplePage, type Person, type PersonAccount } from '../../contract/person.ts'
import { openClient } from '../client.ts'
import { argument, defineCommand, JSON_OPTION, textOption } from '../command.ts'
import { CommandError } from '../errors.ts'
import type { Io } from '../io.ts'
import { stateColour } from '../states.ts'
import { table } from '../table.ts'
import { relative } from '../time.ts'

export const command = defineCommand({
  path: 'person show',
  about: 'Show a person: identities, accounts, and what is under way',
  args: [{ name: '<userName>', about: 'user name, in any case' }],
  options: [{ flags: '--connection <id>', about: 'when the name is there in more than one connection' }, JSON_OPTION],
  examples: ['rollcall person show ann@example.com', 'rollcall person show ann@example.com --connection okta --json'],
  parse: (args, options) => ({
    userName: argument(args, 0, 'user name'),
    connection: textOption(options, 'connection'),
    json: options['json'] === true,
  }),
  run: async ({ userName, connection, json }, io) => {
    const { items } = await openClient(io).get('/people', peoplePage, { userName, connection })
    const person = choose(items, { userName, connection })
    io.out(json ? JSON.stringify(person, null, 2) : render(person, io))
  },
})

/** The one person who still exists; else the one who was deleted last. */
function choose(people: readonly Person[], asked: { userName: string; connection: string | undefined }): Person {
  const where = asked.connection === undefined ? '' : ` in the connection ${asked.connection}`
  const live = people.filter((person) => person.identities.some(({ deleted }) => deleted === null))
  const [found] = live.length > 0 ? live : people
  if (found === undefined) throw new CommandError('not-found', `Nobody has the user name "${asked.userName}"${where}.`)
  if (live.length <= 1) return found
  const connections = live.flatMap(({ identities }) => identities.map(({ connection }) => connection))
  throw new CommandError(
    'usage',
    `${live.length} people have the user name "${asked.userName}": say which with --connection ${[...new Set(connections)].join(' or ')}.`,
  )
}

function render(person: Person, io: Io): string {
  const now = io.now()
  const identities = table(
    person.identities,
    [
      { title: 'CONNECTION', value: (identity) => identity.connection },
      { title: 'USER NAME', value: (identity) => identity.userName, flexible: true },
      { title: 'NAME', value: (identity) => identity.displayName ?? '-', flexible: true },
      { title: 'STATE', value: identityState, colour: (identity) => stateColour(identityState(identity), io.colours) },
      { title: 'CHANGED', value: (identity) => relative(identity.deleted ?? identity.modified, now) },
    ],
    io,
  )
  const heading = `${io.colours.dim('Person')}  ${person.person}`
  if (person.accounts.length === 0)
    return [
      heading,
      '',
      ...identities,
      '',
      'No app is attached to the connection, so there is nothing to deliver.',
    ].join('\n')
  const accounts = table(
    person.accounts,
    [
      { title: 'APP', value: (account) => account.app },
      { title: 'ACCOUNT', value: (account) => account.account ?? '-', flexible: true },
      {
        title: 'STATE',
        value: (account) => account.state,
        colour: (account) => stateColour(account.state, io.colours),
      },
      {
        title: 'LINK',
        value: (account) => account.link ?? '-',
        colour: (account) => stateColour(account.link ?? '', io.colours),
      },
      {
        title: 'DELIVERY',
        value: (account) => deliveryWords(account, now),
        colour: (account) => stateColour(account.delivery?.state ?? '', io.colours),
      },
      { title: 'DETAIL', value: detailOf, flexible: true },
    ],
    io,
  )
  return [heading, '', ...identities, '', ...accounts].join('\n')
}

const identityState = (identity: Person['identities'][number]): string =>
  identity.deleted !== null ? 'deleted' : identity.active ? 'active' : 'inactive'

/** Of a dispute, whose account it is matters more than how the last delivery ended. */
const detailOf = ({ link, why, delivery }: PersonAccount): string =>
  (link === 'disputed' ? why : null) ?? delivery?.detail ?? why ?? ''

function deliveryWords({ delivery }: PersonAccount, now: Date): string {
  if (delivery === null) return '-'
  return delivery.next === null ? delivery.state : `${delivery.state}, next ${relative(delivery.next, now)}`
}
