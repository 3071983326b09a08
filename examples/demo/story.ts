/**
 * The story of the demo, as data: who does what, in which order, and what must be true afterwards.
 * Decides acts and expectations; must not compare (check-*.ts do), choose who plays what (cast.ts does) nor print.
 */
import { failed } from '../../sim/idp/beliefs.ts'
import { DAY_MS } from '../../sim/idp/clock.ts'
import type { Person } from '../../sim/idp/people.ts'
import * as account from './check-accounts.ts'
import * as books from './check-books.ts'
import * as dispute from './check-disputes.ts'
import * as region from './check-regions.ts'
import * as trouble from './check-trouble.ts'
import { accountHolders, nameOf, pushedBy, type Cast } from './cast.ts'
import { outage } from './outage.ts'
import { everybody, PROVIDER_IDS, readAllBack } from './providers.ts'
import { peopleIn } from './regions.ts'
import { enforceEu1, moveRegion, pushRegions } from './two-regions.ts'
import type { Act } from './world.ts'

/** Who works at CXone before. */
export const PEOPLE_BEFORE = 60
/** And in the business unit of the second region. */
export const PEOPLE_IN_EU1 = 30

const RETRY_AFTER_SECONDS = 1
const THROTTLE = { requestsPerSecond: 4, burst: 4, retryAfter: RETRY_AFTER_SECONDS }
const NO_THROTTLE = { requestsPerSecond: null, burst: 1, retryAfter: null }

const newTitle = ({ title }: Person): { title: string } => ({ title: title === 'Team Lead' ? 'Trainer' : 'Team Lead' })
/** Of seven digits that nobody else has. */
const newPhone = ({ key }: Person): { mobilePhone: string } => ({
  mobilePhone: `+49 30 ${1_000_000 + (Number.parseInt(key, 36) % 9_000_000)}`,
})
const NEW_NAME = 'Lindqvist'

const ofSupervisor = ({ supervisor }: Cast): dispute.Claim => ({
  from: 'okta',
  person: supervisor,
  because: 'privileged role Supervisor',
})
const ofShared = ({ shared }: Cast): dispute.Claim => ({
  from: 'onelogin',
  person: shared.other,
  because: 'of the connection okta',
})
const ofStranger = ({ recycled }: Cast): dispute.Claim => ({
  from: 'entra',
  person: recycled.stranger,
  because: 'seems to be another person',
})

const DISPUTED = 'disputed'
const isDispute = ({ kind }: { readonly kind: string }): boolean => kind === DISPUTED

/** Whose accounts cannot be theirs, so that a provider hears 409. */
const disputes = (cast: Cast): readonly dispute.Claim[] => [ofSupervisor(cast), ofShared(cast), ofStranger(cast)]

export const ACTS: readonly Act[] = [
  {
    title: 'Twelve people from Okta',
    sentence: (cast) =>
      `Okta pushes 12 people. Three are agents in CXone already, and ${nameOf(cast.supervisor)} is a supervisor there.`,
    play: async ({ cast, providers, hear, push, settle }) => {
      for (const id of PROVIDER_IDS)
        await hear(id, 'the test of the address and the token', () => providers[id].testCredentials())
      await push({ okta: pushedBy(cast, 'okta') }, (provider, person) => provider.assign(person))
      await settle()
      return undefined
    },
    checks: (around) => {
      const { newcomers, agents } = around.cast
      return [
        account.onceEach(around, newcomers.okta),
        account.asPushed(around, newcomers.okta),
        account.adopted(around, agents.okta),
        dispute.refused(around, ofSupervisor(around.cast)),
        dispute.disputed(around, ofSupervisor(around.cast)),
        books.allDelivered(around, [...newcomers.okta, ...agents.okta]),
      ]
    },
  },
  {
    title: 'Eight from Entra ID, five from OneLogin',
    sentence: ({ shared }) =>
      `Entra ID pushes 8 people in one cycle and OneLogin 5. Three are agents already, and ${nameOf(shared.other)} is Okta's too.`,
    play: async ({ cast, push, settle }) => {
      const groups = { entra: pushedBy(cast, 'entra'), onelogin: pushedBy(cast, 'onelogin') }
      await push(groups, (provider, person) => provider.assign(person))
      await settle()
      return undefined
    },
    checks: (around) => {
      const { newcomers, agents } = around.cast
      const joined = [...newcomers.entra, ...newcomers.onelogin]
      const known = [...agents.entra, ...agents.onelogin]
      return [
        account.onceEach(around, joined),
        account.asPushed(around, joined),
        account.adopted(around, known),
        dispute.refused(around, ofShared(around.cast)),
        dispute.disputed(around, ofShared(around.cast)),
        books.allDelivered(around, [...joined, ...known]),
      ]
    },
  },
  {
    title: 'Six new titles',
    sentence: () => "Two of each get a new title. CXone's user API has no field for titles, so Rollcall keeps them.",
    play: async ({ cast, push, settle }) => {
      await push(cast.promoted, (provider, person) => provider.push(person, newTitle(person)))
      await settle()
      return undefined
    },
    checks: (around) => [account.titlesKept(around, everybody(around.cast.promoted)), trouble.noWrites(around)],
  },
  {
    title: 'A team is changed by hand',
    sentence: ({ team }) =>
      `Somebody moves two agents to ${team.name} in CXone itself. Then their providers give them a new telephone.`,
    play: async ({ cast, window, push, settle }) => {
      const { users } = await window.control<{ users: { id: string; userName: string }[] }>('GET', '/state')
      for (const { userName } of everybody(cast.moved)) {
        const id = users.find((user) => user.userName === userName)?.id
        await window.control('PUT', `/users/${id}`, { teamId: cast.team.id })
      }
      await push(cast.moved, (provider, person) => provider.push(person, newPhone(person)))
      await settle()
      return undefined
    },
    checks: (around) => [account.leftInTeam(around, everybody(around.cast.moved))],
  },
  {
    title: 'A new name while CXone throttles',
    sentence: () =>
      'CXone answers 429 beyond 4 calls a second. One person takes another name, two get a new telephone.',
    play: async ({ cast, window, push, settle }) => {
      await window.control('PUT', '/limits', THROTTLE)
      await push({ okta: [cast.renamed] }, (provider, person) =>
        provider.push(person, { familyName: NEW_NAME, displayName: `${person.givenName} ${NEW_NAME}` }),
      )
      await push(cast.callersWhileThrottled, (provider, person) => provider.push(person, newPhone(person)))
      await settle()
      await window.control('PUT', '/limits', NO_THROTTLE)
      return undefined
    },
    checks: (around) => [
      trouble.wasThrottled(around),
      trouble.obeyed(around, RETRY_AFTER_SECONDS),
      account.sameAccount(around, around.cast.renamed),
      account.phonesIn(around, everybody(around.cast.callersWhileThrottled)),
    ],
  },
  {
    title: 'Five leave while CXone is down',
    sentence: ({ shared }, { outageSeconds }) =>
      `CXone is down for ${outageSeconds} s. Meanwhile five people leave, three get a new telephone, and OneLogin's administrator tries ${nameOf(shared.other)} again: nobody can tell now whose account it is.`,
    play: async (world) => {
      const { cast, providers, hear, push, settle, until } = world
      const seen = await outage(world, async () => {
        await push(cast.leavers, (provider, person) =>
          person === cast.recycled.leaver ? providers.entra.softDelete(person) : provider.deactivate(person),
        )
        await push(cast.callersWhileDown, (provider, person) => provider.push(person, newPhone(person)))
        await hear('onelogin', cast.shared.other.userName, async () => {
          const [outcome] = await providers.onelogin.catchUp()
          return outcome ?? failed({ kind: 'not-linked', message: 'there was nothing to try again' })
        })
      })
      await settle()
      await until('the dispute is an open item', ({ app }) => app.openItems.some(isDispute))
      return seen
    },
    checks: (around) => {
      const { leavers, callersWhileDown, shared } = around.cast
      return [
        trouble.answeredWhileDown(around),
        trouble.unchangedWhileDown(around),
        account.disabled(around, everybody(leavers)),
        account.phonesIn(around, everybody(callersWhileDown)),
        account.unchanged(around, shared.owner, `the account of ${nameOf(shared.owner)}`),
        dispute.openItem(around, DISPUTED, 1),
      ]
    },
  },
  {
    title: "One comes back, one is not OneLogin's to disable",
    sentence: ({ shared }) =>
      `One of the five is hired again. OneLogin, to which the account of ${nameOf(shared.other)} does not belong, disables it.`,
    play: async ({ cast, push, settle, until }) => {
      await push({ okta: [cast.returning] }, (provider, person) => provider.reactivate(person))
      await push({ onelogin: [cast.shared.other] }, (provider, person) => provider.deactivate(person))
      await settle()
      await until('the open item is closed', ({ app }) => !app.openItems.some(isDispute))
      return undefined
    },
    checks: (around) => {
      const { returning, leavers, shared } = around.cast
      const gone = everybody(leavers).filter((person) => person !== returning)
      return [
        account.enabledAgain(around, returning),
        { ...account.disabled(around, gone), what: 'the other four' },
        account.unchanged(around, shared.owner, `the account of ${nameOf(shared.owner)}`),
        books.nothingWaits(around),
      ]
    },
  },
  {
    title: 'An old name for somebody new',
    sentence: ({ recycled: { leaver, stranger } }) =>
      `A month passes. Entra ID deletes ${nameOf(leaver)}, who has left, for good, and gives the user name to ${nameOf(stranger)}.`,
    play: async ({ cast, providers, hear, push, settle }) => {
      providers.clock.leap(30 * DAY_MS)
      const { leaver, stranger } = cast.recycled
      await hear('entra', leaver.userName, async () => {
        const [outcome] = await providers.entra.catchUp()
        return outcome ?? failed({ kind: 'not-linked', message: 'nobody was deleted' })
      })
      await settle()
      await push({ entra: [stranger] }, (provider, person) => provider.assign(person))
      await settle()
      return undefined
    },
    checks: (around) => [
      dispute.refused(around, ofStranger(around.cast)),
      dispute.disputed(around, ofStranger(around.cast)),
      account.disabled(around, [around.cast.recycled.leaver]),
      trouble.noWrites(around),
    ],
  },
  {
    title: 'Two regions, one address',
    sentence: () =>
      "Okta's company works in two regions, each with a policy that goes by country and groups. Okta pushes six people, their groups after them, and all through the one address. Nothing is written to eu1 yet: a new app is only observed.",
    play: pushRegions,
    checks: (around) => [
      region.placed(around, peopleIn(around.cast.regions, 'na1'), 'who works in na1'),
      region.eu1Untouched(around),
      books.nothingWaits(around),
    ],
  },
  {
    title: 'The second region is enforced',
    sentence: () => 'Somebody looks at what Rollcall would do in eu1, and has it done.',
    play: enforceEu1,
    checks: (around) => {
      const { regions } = around.cast
      return [
        region.difference(around, peopleIn(regions, 'eu1').length),
        region.placed(around, peopleIn(regions, 'eu1'), 'who works in eu1'),
        region.explained(around, regions.mover.from),
        books.nothingWaits(around),
      ]
    },
  },
  {
    title: 'From one region to the other',
    sentence: ({ regions: { mover } }) =>
      `${nameOf(mover.from.person)} moves from Poland to the United States. Okta sends the new country, and nothing else.`,
    play: moveRegion,
    checks: (around) => {
      const { mover } = around.cast.regions
      return [
        region.placed(around, [mover.to], `${nameOf(mover.to.person)} in na1`),
        region.leftBehind(around, mover.from),
        books.nothingWaits(around),
      ]
    },
  },
  {
    title: 'The books are compared',
    sentence: () =>
      'Every provider reads everybody back, and all sides are compared from the first account to the last.',
    play: async ({ providers }) => ({ differences: await readAllBack(providers) }),
    checks: (around) => {
      const { cast, beliefs } = around
      const newcomers = everybody(cast.newcomers)
      const touched = [...everybody(cast.moved), ...everybody(cast.leavers)]
      const deleted = beliefs.filter(({ status }) => status === 'removed').map(({ person }) => person.key)
      const holders = accountHolders(cast)
      const { regions } = cast
      const inNa1 = [...peopleIn(regions, 'na1'), regions.mover.to]
      const stay = regions.people.map((one) => (one === regions.mover.from ? regions.mover.to : one))
      return [
        account.onceEach(around, holders),
        books.nobodyElse(around, [...newcomers, ...inNa1.map(({ person }) => person)]),
        region.eu1Otherwise(around, peopleIn(regions, 'eu1')),
        region.placed(around, stay, 'who works in which region'),
        books.untouched(around, touched),
        account.asPushed(around, newcomers, everybody(cast.moved)),
        books.noMails(around),
        books.noTrouble(around, disputes(cast)),
        books.readBack(around),
        books.allDelivered(
          around,
          holders.filter(({ key }) => !deleted.includes(key)),
        ),
        books.nothingWaits(around),
        dispute.onlyDisputes(around, disputes(cast)),
      ]
    },
  },
]
