/** Values that an app does not take: the policy's fault where it has made them up, else the person's. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { openOwnershipRig, type OwnershipRig } from './ownership-rig.ts'

let rig: OwnershipRig
beforeAll(async () => {
  rig = await openOwnershipRig()
})
afterAll(() => rig.close())
beforeEach(async () => {
  await rig.clear()
})

const emailBy = (email: string): object => ({
  attributes: { email },
  rules: [{ name: 'All', give: { role: 'Agent' } }],
})

/** The app looks at addresses, and says of which it speaks only if it is asked to. */
function insist({ says = (email: string) => `emailAddress ${email} is not valid.` } = {}): void {
  const plain = rig.connector
  rig.use({
    connector: {
      apply: async (change, key) => {
        const email =
          change.kind === 'create' ? change.want.email : change.kind === 'update' ? change.set.email : undefined
        return email == null || /^\S+@\S+$/.test(email)
          ? plain.apply(change, key)
          : { ok: false, code: 'value-invalid', retry: 'never', detail: says(email) }
      },
    },
  })
}

const emails = (value: string): object => ({ emails: [{ value, primary: true }] })

test.each([
  ['of which the app says what it was', undefined],
  ['of which the app says nothing', { says: () => 'Bad request.' }],
])('a bad address that the policy has made up, %s, is an open item of the app', async (_, how) => {
  rig.use({ policy: emailBy('user.userName + " at acme.test"') })
  insist(how)
  const mia = await rig.push('mia')
  await rig.drain()
  expect(await rig.row(mia)).toMatchObject({
    state: 'retrying',
    code: 'policy-invalid',
    code_key: 'attributes.email',
    intent: null,
    detail: expect.stringContaining('attributes.email of the policy gives a value that the app does not take'),
  })
  rig.use({ policy: emailBy('user.userName + "@acme.test"') })
  await rig.query('update delivery set next_at = now()')
  await rig.drain()
  expect(rig.named('mia')?.attributes.email).toBe('mia@acme.test')
})

test('one that the policy passes on as the provider sent it is the person’s', async () => {
  rig.use({ policy: emailBy('user.emails[0].value') })
  insist()
  const mia = await rig.push('mia', emails('mia at acme.test'))
  await rig.drain()
  expect(await rig.row(mia)).toMatchObject({ state: 'refused', code: 'value-invalid' })
})

test('so is one of which the policy says nothing, whatever else it has made up', async () => {
  rig.use({ policy: { attributes: { displayName: 'user.name.givenName + " (Acme)"' } } })
  insist()
  const mia = await rig.push('mia', emails('mia at acme.test'))
  await rig.drain()
  expect(await rig.row(mia)).toMatchObject({ state: 'refused', code: 'value-invalid' })
})

test('a mapping that gives nothing for what the app cannot do without is the policy’s fault, if the person has it', async () => {
  rig.use({ policy: emailBy('user.title') })
  const plain = rig.connector
  rig.use({ connector: { capabilities: { ...plain.capabilities, requires: ['userName', 'email'] } } })
  const mia = await rig.push('mia', emails('mia@acme.test'))
  const kim = await rig.push('kim')
  await rig.drain()
  expect(await rig.row(mia)).toMatchObject({ state: 'retrying', code: 'policy-invalid', code_key: 'attributes.email' })
  expect(await rig.row(kim)).toMatchObject({ state: 'refused', code: 'unmatched' })
})
