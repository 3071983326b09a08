import { describe, expect, test } from 'vitest'
import { CONNECTOR_CODES, type ConnectorCode, type Retry } from '../connectors/contract.ts'
import { longestPause, refusedResult, type RefusedDelivery } from './delivery-refusal.ts'

const refused = (code: ConnectorCode, retry: Retry, more: Partial<RefusedDelivery> = {}) =>
  refusedResult({ refusal: { ok: false, code, retry, detail: 'because' }, attempts: 0, urgent: false, ...more })

describe('a refused delivery', () => {
  test('waits with the app when the app is paused, and its own back-off does not grow', () => {
    expect(refused('throttled', 'soon', { paused: { seconds: 7, byThisRow: false }, attempts: 3 })).toMatchObject({
      state: 'retrying',
      retryIn: 7,
      countAttempt: false,
    })
  })
  test('doubles its back-off up to a quarter of an hour, and has no last attempt', () => {
    const waits = Array.from(
      { length: 14 },
      (_, attempts) => refused('answer-unexpected', 'soon', { attempts }).retryIn,
    )
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900, 900])
  })
  test('ends as refused, to be tried daily, when the wish cannot be had', () => {
    expect(refused('value-invalid', 'never')).toMatchObject({
      state: 'refused',
      retryIn: 86_400,
      event: { kind: 'delivery.refused' },
    })
  })
  test.each(Object.keys(CONNECTOR_CODES) as ConnectorCode[])(
    'is never given up when access is to be taken away (%s)',
    (code) => {
      for (const retry of ['soon', 'later', 'never'] as const) {
        const result = refused(code, retry, { urgent: true, attempts: 50, step: 'deactivate' })
        expect(result.state).toBe('retrying')
        expect(result.retryIn).toBeLessThanOrEqual(900)
      }
    },
  )
  test('looks again before it believes that a stranger has the name it was about to create', () => {
    const first = refused('name-taken', 'never', { step: 'create' })
    expect(first).toMatchObject({ state: 'retrying', retryIn: 1 })
    expect(first.clearIntent).not.toBe(true)
    expect(refused('name-taken', 'never', { step: 'create', attempts: 3 })).toMatchObject({
      state: 'refused',
      clearIntent: true,
    })
  })
  test('keeps its intent while the effect of the last call is unknown', () => {
    expect(refused('unreachable', 'soon', { step: 'create' })).not.toMatchObject({ clearIntent: true })
    expect(refused('right-missing', 'later', { step: 'read' })).not.toMatchObject({ clearIntent: true })
    expect(refused('right-missing', 'later', { step: 'create' })).toMatchObject({ clearIntent: true })
  })
})

test('only what stops everybody pauses the app', () => {
  const pausing = (Object.keys(CONNECTOR_CODES) as ConnectorCode[]).filter((code) => longestPause(code) !== undefined)
  expect(pausing).toEqual(['credentials-refused', 'throttled', 'unreachable'])
})
