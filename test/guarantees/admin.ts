/**
 * What a test asks the admin API. Must not change anything.
 */
import { setTimeout as pause } from 'node:timers/promises'

export interface DeliveryRow {
  readonly identity: string
  readonly userName: string
  readonly subject: string
  readonly wanted: number
  readonly delivered: number
  readonly state: string
  readonly code: string | null
  readonly detail: string | null
}

interface DeliveryPage {
  readonly items: readonly DeliveryRow[]
  readonly next: string | null
}

export interface Admin {
  /** All rows of the tenant; waits while the server is down. */
  deliveries(): Promise<DeliveryRow[]>
}

export function openAdmin(address: () => Promise<string>, apiKey: string): Admin {
  const get = async (path: string): Promise<unknown> => {
    for (;;) {
      const where = await address()
      try {
        const response = await fetch(`${where}/api/v1${path}`, {
          headers: { authorization: `Bearer ${apiKey}` },
        })
        if (response.ok) return await response.json()
        if (response.status !== 503)
          throw new Error(`GET ${path} answered ${response.status}: ${await response.text()}`)
      } catch (error) {
        // `fetch failed`: cut, or nobody there just now.
        if (!(error instanceof TypeError)) throw error
      }
      await pause(50)
    }
  }
  return {
    deliveries: async () => {
      const rows: DeliveryRow[] = []
      for (let next: string | null = ''; next !== null;) {
        const cursor: string = next === '' ? '' : `&cursor=${encodeURIComponent(next)}`
        const page = (await get(`/deliveries?limit=200${cursor}`)) as DeliveryPage
        rows.push(...page.items)
        next = page.next
      }
      return rows
    },
  }
}
