import { expect, test } from 'vitest'
import type { AppGauges } from '../http/metrics.ts'
import type { Queryable } from '../store/db.ts'
import { openRefresh } from './metering.ts'

/** A database that counts how often it is asked, and answers when told to. */
function counted(answer: () => Promise<{ rows: unknown[] }>) {
  let asked = 0
  const query = () => {
    asked += 1
    return answer()
  }
  return { db: { query } as unknown as Queryable, asked: () => asked }
}

test('many who ask at once, or soon after one another, cost one reading', async () => {
  const { db, asked } = counted(async () => ({ rows: [] }))
  const shown: (readonly AppGauges[] | undefined)[] = []
  const refresh = openRefresh(db, { showApps: (apps) => void shown.push(apps) })
  await Promise.all(Array.from({ length: 20 }, refresh))
  for (let at = 0; at < 20; at += 1) await refresh()
  expect([asked(), shown]).toEqual([1, [[]]])
})

test('a database that does not answer is shown as nothing known, and breaks nothing', async () => {
  const { db } = counted(() => Promise.reject(new Error('no')))
  const shown: (readonly AppGauges[] | undefined)[] = []
  await openRefresh(db, { showApps: (apps) => void shown.push(apps) })()
  expect(shown).toEqual([undefined])
})
