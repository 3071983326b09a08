/**
 * Checks of both sides as a whole: nobody lost, nobody else touched, nothing left to do.
 * Decides what counts as right; must not read, wait or print anything.
 */
import type { Person } from '../../sim/idp/people.ts'
import { accountsOf, beliefOf, counted, each, same, toldOf, type Around, type Check, type Push } from './check.ts'
import { NAMES, PROVIDER_IDS, type ProviderId } from './providers.ts'

/** Whom no provider was to change: `touched` are those of before whom one was. */
export function untouched({ first, after }: Around, touched: readonly Person[]): Check {
  const records = new Map(after.cxone.users.map((user) => [user.id, JSON.stringify(user)]))
  const others = first.cxone.users.filter(({ userName }) => !touched.some((person) => same(person.userName, userName)))
  // Rollcall's own sign-in is one of the records.
  const expected = `${others.length - 1} people and 1 service user, byte for byte as before`
  return each({ what: 'who was there before', expected }, others, (user) => {
    const record = records.get(user.id)
    if (record === undefined) return `${user.userName} is gone`
    return record === JSON.stringify(user) ? undefined : `${user.userName} is changed`
  })
}

export function nobodyElse({ first, after }: Around, newcomers: readonly Person[]): Check {
  const wanted = first.cxone.users.length + newcomers.length
  const { length } = after.cxone.users
  return {
    what: 'people in CXone in all',
    expected: `${wanted} = ${first.cxone.users.length} before + ${newcomers.length} new`,
    found: String(length),
    ok: length === wanted,
  }
}

export function noMails({ first, after }: Around): Check {
  const sent = [
    ...after.cxone.mails.slice(first.cxone.mails.length),
    ...after.eu1.cxone.mails.slice(first.eu1.cxone.mails.length),
  ]
  const found = sent[0] === undefined ? '0' : `${sent.length}; the first, ${sent[0].kind}, to ${sent[0].to}`
  return { what: 'e-mails that CXone sent', expected: '0', found, ok: sent.length === 0 }
}

/** What Rollcall itself says of these people: nothing left to do, and each row at the account that CXone has. */
export function allDelivered({ after, beliefs }: Around, people: readonly Person[]): Check {
  const row = { what: 'what Rollcall says', expected: `${people.length} people delivered` }
  const deliveryOf = (person: Person) => {
    const id = beliefOf(beliefs, person)?.id
    return after.rollcall.deliveries.find(({ identity }) => identity === id)
  }
  // Who has something to say of what stands in the way comes first: the first complaint is shown.
  const telling = people.toSorted(
    (a, b) => Number(deliveryOf(b)?.detail != null) - Number(deliveryOf(a)?.detail != null),
  )
  return each(row, telling, (person) => {
    const { userName } = toldOf(beliefs, person)
    const delivery = deliveryOf(person)
    if (delivery === undefined) return `${userName}: it knows of no delivery`
    const { state, wanted, delivered, detail, subject } = delivery
    if (state !== 'delivered' || wanted !== delivered)
      return `${userName}: ${state}${detail === null ? '' : `, ${detail}`}`
    const ids = accountsOf(after, userName).map(({ id }) => `account:${id}`)
    return ids.includes(subject) ? undefined : `${userName}: it points to ${subject}, which is not that person`
  })
}

/** No delivery and no open item, whoever they are about. */
export function nothingWaits({ after }: Around): Check {
  const { rollcall, eu1 } = after
  // What is only observed waits for its app to be enforced, which is an act of its own.
  const waiting = [...rollcall.deliveries, ...eu1.deliveries].filter(
    ({ wanted, delivered, state }) => state !== 'observed' && (wanted > delivered || state !== 'delivered'),
  )
  const openItems = [...rollcall.app.openItems, ...eu1.app.openItems]
  const [first] = waiting
  const [item] = openItems
  const said = [
    first === undefined ? 'no change' : `${counted(waiting.length, 'change')} (${first.userName}: ${first.state})`,
    item === undefined ? 'no open item' : `${counted(openItems.length, 'open item')} (${item.kind})`,
  ]
  return {
    what: 'what still waits in Rollcall',
    expected: 'no change, no open item',
    found: said.join(', '),
    ok: waiting.length === 0 && openItems.length === 0,
  }
}

/** Every action went well but those that had to be refused, and these were. */
export function noTrouble(
  { allPushes }: Around,
  refusals: readonly { readonly from: ProviderId; readonly person: Person }[],
): Check {
  const isDue = ({ from, userName }: Push): boolean =>
    refusals.some((due) => due.from === from && same(due.person.userName, userName))
  const refused = allPushes.filter(({ conflict }) => conflict !== undefined)
  const row = {
    what: 'what the providers saw',
    expected: `${allPushes.length} actions, ${refusals.length} refused, no error`,
  }
  const wrong = allPushes.flatMap((push) => {
    const { from, userName, complaints, conflict } = push
    const complaint = isDue(push) ? complaints[0] : (conflict ?? complaints[0])
    return complaint === undefined ? [] : [`${NAMES[from]}, ${userName}: ${complaint}`]
  })
  const more = wrong.length > 1 ? ` (and ${wrong.length - 1} more)` : ''
  const error = wrong[0] === undefined ? 'no error' : `${wrong[0]}${more}`
  const counts = PROVIDER_IDS.map((id) => `${NAMES[id]} ${allPushes.filter(({ from }) => from === id).length}`)
  return {
    ...row,
    found: `${counts.join(', ')}; ${refused.length} refused, ${error}`,
    ok: wrong.length === 0 && refused.length === refusals.length && allPushes.length > 0,
  }
}

export function readBack({ differences, beliefs }: Around): Check {
  const known = beliefs.filter(({ id, status }) => id !== undefined && status !== 'removed')
  const row = { what: 'what the providers read back', expected: `${known.length} people, all as they believe them` }
  if (differences === undefined) return { ...row, found: 'nothing was read', ok: false }
  const [difference] = differences
  const found =
    difference === undefined ? 'no difference' : `${counted(differences.length, 'difference')}; ${difference}`
  return { ...row, found, ok: difference === undefined }
}
