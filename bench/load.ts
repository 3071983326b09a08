/**
 * A load of HTTP requests over a few kept connections, as a provider's would be.
 * Decides how requests are counted and timed; must not know what they mean.
 */
import http from 'node:http'

export interface LoadRequest {
  readonly method: string
  /** Below the base address. */
  readonly path: string
  readonly body?: unknown
}

export interface LoadAnswer {
  readonly status: number
  readonly body: Buffer
}

export interface LoadFigures {
  readonly perSecond: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
  readonly requests: number
  /** Answers that were no 2xx. */
  readonly refused: number
}

export interface Load {
  call(request: LoadRequest): Promise<LoadAnswer>
  /** Calls `next` for the n-th request until `seconds` are over or `most` requests are made. */
  run(
    next: (n: number) => LoadRequest,
    until: { readonly seconds: number; readonly most?: number },
  ): Promise<LoadFigures>
  close(): void
}

export interface LoadOptions {
  readonly base: string
  readonly token: string
  readonly connections: number
}

export function openLoad({ base, token, connections }: LoadOptions): Load {
  const { hostname, port, pathname } = new URL(base)
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections })
  const call = ({ method, path, body }: LoadRequest): Promise<LoadAnswer> =>
    new Promise((resolve, reject) => {
      const data = body === undefined ? undefined : JSON.stringify(body)
      const headers = { authorization: `Bearer ${token}`, accept: 'application/scim+json' }
      const sent =
        data === undefined
          ? headers
          : { ...headers, 'content-type': 'application/scim+json', 'content-length': Buffer.byteLength(data) }
      const options = { hostname, port, method, path: `${pathname.replace(/\/$/, '')}${path}`, agent, headers: sent }
      const request = http.request(options, (response) => {
        const parts: Buffer[] = []
        response.on('data', (part: Buffer) => parts.push(part))
        response.once('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(parts) }))
        response.once('error', reject)
      })
      request.once('error', reject)
      request.end(data)
    })
  return {
    call,
    run: async (next, { seconds, most = Infinity }) => {
      const times: number[] = []
      let [begun, refused] = [0, 0]
      const started = performance.now()
      const client = async (): Promise<void> => {
        while (begun < most && performance.now() - started < seconds * 1000) {
          const asked = performance.now()
          const { status } = await call(next(begun++))
          times.push(performance.now() - asked)
          if (status < 200 || status >= 300) refused++
        }
      }
      await Promise.all(Array.from({ length: connections }, client))
      const took = (performance.now() - started) / 1000
      times.sort((a, b) => a - b)
      const at = (share: number): number => Math.round((times[Math.floor((times.length - 1) * share)] ?? 0) * 100) / 100
      return {
        perSecond: Math.round(times.length / took),
        p50: at(0.5),
        p99: at(0.99),
        requests: times.length,
        refused,
      }
    },
    close: () => agent.destroy(),
  }
}
