/**
 * Plays a provider's test calls and looks at the answers as the provider would.
 * Decides the order and what is measured on the way; must not write anything.
 */
import type { Provider } from '../../contract/guide/shape.ts'
import { faultOf, PROVIDER_TESTS, type TestCall } from '../../contract/provider-tests.ts'
import type { CheckStep } from './check-reach.ts'
import { send, type Answer, type Silence } from './check-send.ts'

export interface Playing {
  readonly provider: Provider
  /** Without a slash at the end. */
  readonly base: string
  readonly token: string
  /** Makes a random id. */
  readonly newId: () => string
  readonly now: () => Date
}

export interface Played {
  readonly steps: readonly CheckStep[]
  /** Ids of the calls that were signed in, as the server names them. */
  readonly requestIds: readonly string[]
  /** Nothing answered at all. */
  readonly silent: boolean
}

/** Stops after the first call if nobody answers: the others would say the same. */
export async function playTestCalls(playing: Playing): Promise<Played> {
  const steps: CheckStep[] = []
  const requestIds: string[] = []
  const answers: Answer[] = []
  for (const call of PROVIDER_TESTS[playing.provider].calls) {
    const heard = await play(call, playing)
    steps.push(stepOf(call, heard))
    if ('silence' in heard) {
      if (answers.length === 0) return { steps, requestIds, silent: true }
      continue
    }
    answers.push(heard)
    if (call.as === 'token' && heard.requestId !== undefined) requestIds.push(heard.requestId)
  }
  return { steps: [...steps, ...measured(answers, playing)], requestIds, silent: false }
}

function play({ path, as }: TestCall, { provider, base, token, newId }: Playing): Promise<Answer | Silence> {
  const id = newId()
  const secret = { token, 'another token': `not-${id}`, nothing: undefined }[as]
  return send({
    method: 'GET',
    url: base + path.replaceAll('{{random}}', id),
    headers: {
      ...PROVIDER_TESTS[provider].headers,
      ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }),
    },
  })
}

function stepOf({ step, expect }: TestCall, heard: Answer | Silence): CheckStep {
  if ('silence' in heard) return { step, ok: false, detail: `No answer: ${heard.silence}.` }
  const fault = faultOf(expect, heard)
  return fault === undefined
    ? { step, ok: true, detail: `Answered ${heard.status} in ${Math.round(heard.milliseconds)} ms: that is right.` }
    : { step, ok: false, detail: `Not right: ${fault}.` }
}

/** Tokens that expire, and logs that are compared, need clocks that agree. */
const MOST_APART_MS = 60_000
/** Well below what any provider is known to wait (facts 1.5, 2.8). */
const SLOW_MS = 10_000
/** Okta's own test wants its answer about groups sooner (facts 1.5). */
const OKTA_GROUPS_MS = 600

function measured(answers: readonly Answer[], { now, provider }: Playing): readonly CheckStep[] {
  const slowest = Math.round(Math.max(...answers.map(({ milliseconds }) => milliseconds)))
  const slow = slowest > SLOW_MS
  const oktas =
    provider === 'okta' && slowest > OKTA_GROUPS_MS
      ? ` Okta wants its question for groups answered within ${OKTA_GROUPS_MS} ms.`
      : ''
  const latency = {
    step: 'time to answer',
    ok: !slow,
    detail: `The slowest answer took ${slowest} ms.${slow ? ' A provider may be gone by then.' : oktas}`,
  }
  const dates = answers.flatMap(({ date }) => (date === undefined ? [] : [Date.parse(date)]))
  const last = dates.at(-1)
  if (last === undefined || Number.isNaN(last)) return [latency]
  const apart = Math.round((last - now().getTime()) / 1000)
  const off = Math.abs(apart) * 1000 > MOST_APART_MS
  const detail = off
    ? `The clock of the server is ${Math.abs(apart)} s ${apart > 0 ? 'ahead of' : 'behind'} the one here. Let both follow a time server.`
    : 'The clock of the server agrees with the one here.'
  return [latency, { step: 'clock', ok: !off, detail }]
}
