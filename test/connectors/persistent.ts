/**
 * A connector that is asked again, as the delivery engine asks it.
 * Decides which refusals are tried again, and when an account that is there is the one that was to be created; must not
 * know any target, nor wait: nothing here is about time.
 */
import {
  ConnectorError,
  type Connector,
  type ConnectorCode,
  type IdempotencyKey,
  type Outcome,
  type Refusal,
} from '../../src/connectors/contract.ts'
import type { Account } from '../../src/identity/account.ts'
import type { Change } from '../../src/reconcile/change.ts'
import { intentFor, matchesIntent, type Intent } from '../../src/reconcile/intent.ts'

export interface Persistence {
  /** False while a case wants to hear what is refused, not what comes of it in the end. */
  readonly tries: () => boolean
  /** Told of everything that is tried again. */
  readonly again: (refusal: Refusal) => void
}

type Create = Extract<Change, { kind: 'create' }>

/** More than any schedule strikes on the way of one change. */
const MOST_TRIES = 120
/** Who hears the very same so often is told what is so: no call is struck more than six times, nor more than three in a row. */
const SAME_ANSWERS = 8
/** Says nothing about what was asked for: a change of many calls may hear it of one after the other. */
const NO_ANSWER: readonly ConnectorCode[] = ['unreachable', 'throttled']

/** The same changes with the same keys, and the same reads, until they are through or are refused for good. */
export function persistent(connector: Connector, persistence: Persistence): Connector {
  const read = reader(persistence)
  const readOne: Connector['readOne'] = (...asked) => read(() => connector.readOne(...asked))
  const apply = applier(connector, persistence)
  const create = creator({ readOne, apply })
  return {
    capabilities: connector.capabilities,
    canonical: (want) => connector.canonical(want),
    close: () => connector.close(),
    self: () => read(() => connector.self()),
    read: ((...asked: Parameters<Connector['read']>) => read(() => connector.read(...asked))) as Connector['read'],
    readOne,
    resolve: async (...asked) => {
      const goesOn = patience(persistence)
      for (;;) {
        const answer = await connector.resolve(...asked)
        if (answer.ok || !goesOn(answer)) return answer
      }
    },
    apply: (change, key) =>
      change.kind === 'create' && persistence.tries() ? create(change, key) : apply(change, key, () => undefined),
  }
}

/** Whether this refusal is to be tried again, of one change or read. */
function patience({ tries, again }: Persistence): (refusal: Refusal) => boolean {
  let tried = 0
  let same = 0
  let last = ''
  return (refusal) => {
    const text = `${refusal.code} ${refusal.detail}`
    same = text === last ? same + 1 : 1
    last = text
    const isAnswered = same === SAME_ANSWERS && !NO_ANSWER.includes(refusal.code)
    if (!tries() || refusal.retry === 'never' || isAnswered || ++tried === MOST_TRIES) return false
    again(refusal)
    return true
  }
}

function reader(persistence: Persistence): <T>(ask: () => Promise<T>) => Promise<T> {
  return async (ask) => {
    const goesOn = patience(persistence)
    for (;;) {
      try {
        return await ask()
      } catch (error) {
        if (!(error instanceof ConnectorError) || !goesOn(error.refusal)) throw error
      }
    }
  }
}

/** `disturbed` is told once a try has ended without a word of what became of it. */
type Apply = (change: Change, key: IdempotencyKey, disturbed: () => void) => Promise<Outcome>

function applier(connector: Connector, persistence: Persistence): Apply {
  return async (change, key, disturbed) => {
    const goesOn = patience(persistence)
    for (;;) {
      const outcome = await connector.apply(change, key)
      if (outcome.ok || !goesOn(outcome)) return outcome
      disturbed()
    }
  }
}

/**
 * The engine looks before it creates, writes down what it is about to do, and knows its account by that if no answer
 * came. A name has one row and a row one worker, and an account has one owner.
 */
function creator({ readOne, apply }: { readOne: Connector['readOne']; apply: Apply }) {
  const owners = new Map<string, IdempotencyKey>()
  const turns = new Map<string, Promise<unknown>>()

  const owned = (account: Account, key: IdempotencyKey): boolean => {
    const owner = owners.get(account.id) ?? key
    owners.set(account.id, owner)
    return owner === key
  }

  const createOnce = async (change: Create, key: IdempotencyKey): Promise<Outcome> => {
    const userName = change.want.userName ?? ''
    const before = await readOne('account', { userName })
    const intent: Intent = intentFor(change.want, { identity: key, at: new Date().toISOString() })
    let disturbed = false
    const outcome = await apply(change, key, () => {
      disturbed = true
    })
    if (outcome.ok) return owned(outcome.seen, key) ? outcome : takenByOther(userName)
    if (outcome.code !== 'name-taken') return outcome
    const found = await readOne('account', { userName })
    if (found === 'absent') return outcome
    const linked = owners.get(found.id) === key
    const unanswered = disturbed && before === 'absent' && matchesIntent(intent, found)
    return linked || (unanswered && owned(found, key)) ? { ok: true, seen: found } : outcome
  }

  return (change: Create, key: IdempotencyKey): Promise<Outcome> => {
    const name = change.want.userName?.toLowerCase() ?? ''
    const act = () => createOnce(change, key)
    const turn = (turns.get(name) ?? Promise.resolve()).then(act, act)
    turns.set(name, turn)
    return turn
  }
}

const takenByOther = (userName: string): Outcome => ({
  ok: false,
  retry: 'never',
  code: 'name-taken',
  detail: `The account ${userName} has another owner.`,
})
