import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { ConnectorError, type HttpClient } from '../../src/connectors/contract.ts'
import { signOnCrypto } from '../../src/sign-on/crypto/signature.ts'
import { readMetadata, type MetadataFacts } from '../../src/sign-on/metadata.ts'
import { endLook, keepGiven, keepPlace, readSignOn, takeDue, type Watched } from '../../src/store/sso.ts'
import { fetchMetadata, refusedAddress } from '../../src/workflows/fetch-metadata.ts'
import { lookAt } from '../../src/workflows/watch-certificates.ts'
import { openCertificateWatch } from '../../src/workflows/watch-certificates-engine.ts'
import { APP, openItemsWorld, type ItemsWorld } from '../store/open-items-world.ts'
import { until } from '../support/wait.ts'
import { makeSigner, metadataOf, type Signer } from './provider.ts'

const DAY_MS = 86_400_000
const URL = 'https://acme.okta.com/metadata'

let it: ItemsWorld
let signer: Signer
let next: Signer
/** What the provider answers; nothing where it does not. */
let published: string | undefined
beforeAll(async () => {
  it = await openItemsWorld()
  ;[signer, next] = await Promise.all([makeSigner('now', { to: 100 }), makeSigner('next', { to: 400 })])
})
afterAll(() => it.world.close())
beforeEach(async () => {
  await it.clear()
  await it.world.db.query('truncate sign_on')
  published = metadataOf([signer])
})

const fetch: HttpClient = async () => {
  if (published === undefined) throw new ConnectorError({ code: 'unreachable', retry: 'soon', detail: 'No answer.' })
  return { status: 200, headers: {}, text: published }
}
const factsOf = (text: string): MetadataFacts => {
  const { facts } = readMetadata(text, { provider: 'okta', now: new Date(), crypto: signOnCrypto })
  if (facts === undefined) throw new Error('metadata that cannot be read')
  return facts
}
const give = (signers: readonly Signer[], url: string | undefined = URL): Promise<void> =>
  keepGiven(it.world.db, APP, {
    provider: 'okta',
    metadata: { facts: factsOf(metadataOf(signers)), url },
    actor: 'key:ops',
  })

/** The app, which is due whatever was written down. */
async function due(): Promise<Watched> {
  await it.world.db.query('update sign_on set next_at = now()')
  const watched = await takeDue(it.world.db, { keys: [APP], seconds: 60 })
  if (watched === undefined) throw new Error('nothing was due')
  return watched
}

/** One look, so many days before the first certificate ends; what is open after it. */
async function look(daysBefore = 100): Promise<string[]> {
  const { db } = it.world
  const watched = await due()
  const now = () => new Date(Date.parse(signer.facts.notAfter) - daysBefore * DAY_MS)
  const looked = await lookAt({ db, fetch, crypto: signOnCrypto, now }, watched)
  await endLook(db, watched, { ...looked, next: 60 })
  await it.look({ gatherSeconds: 0, quietSeconds: 0, againSeconds: 0 })
  await it.send()
  return it.items()
}

const subjects = (): string[] => it.receivers.hook.messages.map(({ subject }) => subject)
const texts = (): string => it.receivers.hook.messages.map(({ text }) => text).join('\n')

test('a certificate is one item, and is told of 30, 14 and 3 days before its end and at the end, once each', async () => {
  await give([signer])
  expect(await look(31)).toEqual([])
  for (const days of [30, 29, 15, 14, 10, 3, 2, 0, -1]) {
    expect(await look(days)).toEqual([expect.stringContaining('certificate-ends CN=now')])
  }
  expect(subjects()).toHaveLength(4)
  const told = texts().match(/ends in \d+ days|has ended/g)
  expect(told).toEqual(['ends in 30 days', 'ends in 14 days', 'ends in 3 days', 'has ended'])
  expect(texts()).toContain('rollcall app sso cxone --idp okta --certificate')
})

test('one that is given late is told of once for where it stands; the next one ends the item', async () => {
  await give([signer])
  await look(10)
  await look(9)
  expect(subjects()).toHaveLength(1)
  published = metadataOf([next])
  await give([next])
  expect(await look(9)).toEqual([])
  expect(subjects().at(-1)).toMatch(/resolved/)
})

test('the certificate that CXone has counts, where it was given by itself', async () => {
  await give([signer, next])
  await keepGiven(it.world.db, APP, { provider: 'okta', certificates: [next.facts], actor: 'key:ops' })
  published = metadataOf([signer, next])
  expect(await look(10)).toEqual([])
})

test('a change at the provider is an item until it is given anew, and a change back ends it too', async () => {
  await give([signer])
  expect(await look()).toEqual([])
  published = metadataOf([signer, next])
  expect(await look()).toEqual([expect.stringContaining('sign-on-changed')])
  expect(texts()).toMatch(/New signing certificates: "CN=next"/)
  published = metadataOf([signer])
  expect(await look()).toEqual([])
  published = metadataOf([next], { endpoint: 'https://acme.okta.com/new' })
  expect(await look()).toEqual([expect.stringContaining('sign-on-changed')])
  await give([next])
  expect(await look()).toEqual([expect.stringContaining('sign-on-changed')])
  published = metadataOf([next])
  expect(await look()).toEqual([])
})

test('metadata that cannot be read is an item at the third time, and what was seen stays', async () => {
  await give([signer])
  for (const answer of [undefined, '<html>', '<!DOCTYPE x><x/>']) {
    expect(await it.items()).toEqual([])
    published = answer
    await look()
  }
  expect(await it.items()).toEqual([expect.stringContaining('sign-on-unread')])
  expect((await readSignOn(it.world.db, APP))?.seen?.certificates).toHaveLength(1)
  published = metadataOf([signer])
  expect(await look()).toEqual([])
})

test('what was given while somebody looked is not overwritten by what the look saw', async () => {
  await give([signer])
  const watched = await due()
  await give([next])
  await endLook(it.world.db, watched, { seen: factsOf(metadataOf([signer])), told: {}, next: 60 })
  expect((await readSignOn(it.world.db, APP))?.seen?.certificates[0]?.subject).toBe('CN=next')
})

test('what others have found in the app stays as it is', async () => {
  await it.world.db.query(
    `insert into open_item (tenant_id, app_id, kind, key, state, since, fix, found_at)
     values ('acme', 'cxone', 'unknown-role', 'Agent', 'seen', now(), 'Make it.', now())`,
  )
  await give([signer])
  expect(await look(100)).toEqual([expect.stringContaining('unknown-role Agent')])
})

test('the engine takes what is due, once, and asks where people sign in when that is a day old', async () => {
  await give([signer])
  await keepPlace(it.world.db, APP, { issuer: 'https://old.example.com' })
  await it.world.db.query(`update sign_on set place_at = now() - interval '2 days'`)
  const connector = { signOnPlace: async () => ({ issuer: 'https://cxone.niceincontact.com' }) }
  const quiet = { info: () => {}, warn: () => {} }
  const close = openCertificateWatch({
    db: it.world.db,
    fetch,
    crypto: signOnCrypto,
    now: () => new Date(),
    targets: new Map([['acme/cxone', { connector }]]),
    pace: { lookSeconds: 0.02, everySeconds: 3_600, retrySeconds: 60 },
    log: quiet,
    onError: (error) => {
      throw error
    },
  })
  await until(
    () => readSignOn(it.world.db, APP),
    (row) => row?.place?.issuer === 'https://cxone.niceincontact.com',
  )
  await close()
  expect(await takeDue(it.world.db, { keys: [APP], seconds: 60 })).toBeUndefined()
})

test.each([
  ['https://login.microsoftonline.com/11eb/federationmetadata/2007-06/federationmetadata.xml?appid=22', undefined],
  ['http://acme.okta.com/metadata', /not encrypted/],
  ['https://10.1.2.3/metadata', /inside a network/],
  ['https://192.168.1.1/metadata', /inside a network/],
  ['https://169.254.169.254/latest/meta-data', /inside a network/],
  ['https://[fd00::1]/metadata', /inside a network/],
  ['https://intranet/metadata', /inside a network/],
  ['http://127.0.0.1:9000/metadata', /the server itself/],
  ['https://localhost/metadata', /the server itself/],
  ['file:///etc/passwd', /no web address/],
  ['https://user:pw@acme.okta.com/', /no web address/],
])('whether %s is asked', (url, words) => {
  const said = refusedAddress(url, 'https://cxone.niceincontact.com')
  if (words === undefined) expect(said).toBeUndefined()
  else expect(said).toMatch(words)
})

test('an answer that points elsewhere is not followed, and any other than 200 is no document', async () => {
  const answering =
    (status: number, headers: Record<string, string> = {}): HttpClient =>
    async () => ({ status, headers, text: '<x/>' })
  expect(await fetchMetadata(answering(302, { location: 'http://127.0.0.1/' }), URL)).toMatchObject({
    ok: false,
    words: expect.stringMatching(/points elsewhere, to http:\/\/127/),
  })
  expect(await fetchMetadata(answering(404), URL)).toMatchObject({ ok: false, words: 'It answered with status 404.' })
})
