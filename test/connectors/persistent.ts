/**
 * A connector that is asked again, as the delivery engine asks it.
 * Decides which refusals are tried again, and when an account that is there is the one that was to be created; must not
 * know any target, nor wait: nothing here is about time.
 */
import {
  ConnectorError,
  type Connector,
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

/** More than any schedule can strike on the way of one change. */
const MOST_TRIES = 120

/** The same changes with the same keys, and the same reads, until they are through or are refused for good. */
export function persistent(connector: Connector, persistence: Persistence): Connector {
  const read = reader(persistence)
  const readOne: Connector['readOne'] = (kind, ref) => read(() => connector.readOne(kind, ref))
  const apply = applier(connector, persistence)
  const create = creator({ readOne, apply })
  return {
    capabilities: connector.capabilities,
    canonical: (want) => connector.canonical(want),
    close: () => connector.close(),
    self: () => read(() => connector.self()),
    read: ((kind: 'account', from?: string) => read(() => connector.read(kind, from))) as Connector['read'],
    readOne,
    resolve: async (want) => {
      for (let tried = 1; ; tried++) {
        const answer = await connector.resolve(want)
        // A role or a team that is not known is what a case asks about.
        if (answer.ok || !persistence.tries() || answer.retry !== 'soon' || tried === MOST_TRIES) return answer
        persistence.again(answer)
      }
    },
    apply: (change, key) =>
      change.kind === 'create' && persistence.tries() ? create(change, key) : apply(change, key, () => undefined),
  }
}

function reader({ tries, again }: Persistence): <T>(ask: () => Promise<T>) => Promise<T> {
  return async (ask) => {
    for (let tried = 1; ; tried++) {
      try {
        return await ask()
      } catch (error) {
        const passes = error instanceof ConnectorError && tries() && error.refusal.retry !== 'never'
        if (!passes || tried === MOST_TRIES) throw error
        again(error.refusal)
      }
    }
  }
}

/** `disturbed` is told once a try has ended without a word of what became of it. */
type Apply = (change: Change, key: IdempotencyKey, disturbed: () => void) => Promise<Outcome>

function applier(connector: Connector, { tries, again }: Persistence): Apply {
  return async (change, key, disturbed) => {
    for (let tried = 1; ; tried++) {
      const outcome = await connector.apply(change, key)
      if (outcome.ok || outcome.retry === 'never' || !tries() || tried === MOST_TRIES) return outcome
      disturbed()
      again(outcome)
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
