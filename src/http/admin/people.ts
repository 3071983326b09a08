/**
 * /api/v1/people: who somebody is in every connection, and what they have in every app.
 * Decides addresses, rights and statuses; must not join identities into people.
 */
import type { FastifyPluginAsyncZod } from 'fastify-type-provider-zod'
import { peoplePage, peopleQuery, type Person } from '../../contract/person.ts'
import { listAccounts, type AccountRow } from '../../store/views/accounts.ts'
import { findPeople, type IdentityRow } from '../../store/views/people.ts'
import type { AdminContext } from './context.ts'
import { apiKeyOf } from './sign-in.ts'
import { problems } from './statuses.ts'

export const personRoutes: FastifyPluginAsyncZod<AdminContext> = async (api, { db }) => {
  api.route({
    method: 'GET',
    url: '/people',
    config: { right: 'read' },
    schema: {
      summary: 'The people with a user name; those who still exist come first',
      tags: ['people'],
      querystring: peopleQuery,
      response: { 200: peoplePage, ...problems() },
    },
    handler: async (request) => {
      const { tenant } = apiKeyOf(request)
      const identities = await findPeople(db, { tenant, ...request.query })
      const accounts = await listAccounts(db, { tenant, identities })
      return { items: gather(identities, accounts), next: null }
    },
  })
}

/** Groups identities and their accounts by person, keeping the order of the first identity of each. */
function gather(identities: readonly IdentityRow[], accounts: readonly AccountRow[]): Person[] {
  const people = new Map<string, Person>()
  for (const { person, ...identity } of identities) {
    const entry = people.get(person) ?? { person, identities: [], accounts: [] }
    people.set(person, entry)
    entry.identities.push(identity)
    entry.accounts.push(
      ...accounts.filter((account) => account.identity === identity.id && account.connection === identity.connection),
    )
  }
  return [...people.values()]
}
