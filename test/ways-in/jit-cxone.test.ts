/** An account that CXone makes at a first sign-in under another name than the provider's: nobody gets a second one. */
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Account } from '../../src/identity/account.ts'
import type { Connector } from '../../src/connectors/contract.ts'
import { startSimulated, type Opened, type Simulated } from './simulated.ts'

let cxone: Simulated
let one: Opened
let connector: Connector
let plain: Readonly<Record<string, unknown>>
beforeAll(async () => {
  cxone = await startSimulated()
  plain = await cxone.control('GET', '/switches')
  one = cxone.open(cxone.key)
  connector = one.connector
})
beforeEach(() => cxone.control('PUT', '/switches', plain))
afterAll(async () => {
  await one.close()
  await cxone.close()
})

const jit = async (nameId: string, email: string): Promise<string> => {
  const made = { nameId, email, firstName: 'Ana', lastName: 'Novak' }
  return (await cxone.control<{ user: { id: string } }>('POST', '/jit', made)).user.id
}
const create = async (attributes: object) => {
  const want = { givenName: 'Ana', familyName: 'Novak', role: 'Agent', team: 'Default Team', ...attributes }
  const answer = await connector.resolve(want)
  if (!answer.ok) return answer
  return connector.apply({ kind: 'create', want: answer.want }, JSON.stringify(attributes))
}
const whole = async (id: string): Promise<Account> => {
  const account = await connector.readOne('account', { id }, { whole: true })
  return account === 'absent' ? expect.fail('it is not there') : account
}

describe('an account that CXone made at a first sign-in', () => {
  it.each(['byNameId', 'byEmail'])('shows that a sign-in is tied to it (%s)', async (signInMakes) => {
    await cxone.control('PUT', '/switches', { signInMakes })
    const id = await jit(`tied.${signInMakes}@acme.test`, `tied.mail.${signInMakes}@acme.test`)
    expect(await whole(id)).toMatchObject({ state: 'active', tiedBySignIn: true })
    expect(Date.parse((await whole(id)).createdAt ?? '')).not.toBeNaN()
  })

  it.each(['byNameId', 'byEmail'])(
    'under another name than is wanted is named, and nobody gets a second (%s)',
    async (signInMakes) => {
      await cxone.control('PUT', '/switches', { signInMakes })
      const [nameId, email] = [`id.${signInMakes}@acme.test`, `mail.${signInMakes}@acme.test`]
      const id = await jit(nameId, email)
      const before = (await cxone.state()).users.length
      const refused = await create({ userName: `ana.${signInMakes}@acme.test`, email, federatedId: nameId })
      const { userName } = (await whole(id)).attributes
      expect(refused).toMatchObject({
        ok: false,
        code: 'name-taken',
        retry: 'never',
        detail: expect.stringContaining(`named ${userName}`),
      })
      expect((await cxone.state()).users).toHaveLength(before)
    },
  )

  it('of somebody else does not stand in the way, though it is named like the e-mail address', async () => {
    await cxone.control('PUT', '/switches', { signInMakes: 'byEmail' })
    await jit('another-id', 'shared@acme.test')
    const made = await create({ userName: 'own@acme.test', email: 'shared@acme.test', federatedId: 'own-id' })
    expect(made).toMatchObject({ ok: true })
  })
})

it('an account that nobody has signed in to by a provider shows nothing of the kind', async () => {
  const made = await create({ userName: 'plain@acme.test', email: 'plain@acme.test' })
  expect(made.ok ? await whole(made.seen.id) : made).not.toHaveProperty('tiedBySignIn')
})
