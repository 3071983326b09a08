/**
 * Plays a recorded file over a transport and says where the answers depart from what the file expects. Knows neither
 * the server nor the wire; changes nothing but the server's own state.
 */
import { isObject, mismatches, substitute, type Captures } from './match.ts'
import type { AtOnce, RecordedRequest, Recording } from './recording.ts'
import { shapeFaults, type ReplayAnswer } from './shape.ts'

/** How one request reaches the server: over HTTP, or in process. `path` is below the SCIM base. */
export interface Transport {
  request(
    method: string,
    path: string,
    message: { headers: Record<string, string>; body: string | undefined },
  ): Promise<ReplayAnswer>
}

/** What the server is known by. */
export interface ReplayOptions {
  readonly token: string
  /** Digits that make names new for this replay. */
  readonly run: string
}

/** Plays every request in order, also after a departure. Each finding is a sentence with the request it belongs to. */
export async function replay(recording: Recording, transport: Transport, options: ReplayOptions): Promise<string[]> {
  const stage: Stage = {
    transport,
    headers: recording.headers,
    captures: new Map([
      ['token', options.token],
      ['run', options.run],
    ]),
    kept: new Map(),
  }
  const findings: string[] = []
  for (const [index, step] of recording.requests.entries()) {
    const faults = 'atOnce' in step ? await playAtOnce(stage, step) : await playOne(stage, step)
    const where = 'atOnce' in step ? 'at once' : `${step.method} ${step.path}`
    findings.push(...faults.map((fault) => `#${index + 1} ${where}: ${fault}`))
  }
  return findings
}

/** What one replay carries from request to request. */
interface Stage {
  readonly transport: Transport
  readonly headers: Readonly<Record<string, string>>
  readonly captures: Captures
  readonly kept: Map<string, unknown>
}

async function playOne(stage: Stage, request: RecordedRequest): Promise<string[]> {
  const answer = await send(stage, request)
  const { expect } = request
  const statuses = [expect.status].flat()
  const faults = shapeFaults(answer)
  if (!statuses.includes(answer.status))
    faults.push(`status ${answer.status}, expected ${statuses.join(' or ')}: ${answer.body.slice(0, 200)}`)
  for (const [name, value] of Object.entries(expect.headers ?? {})) {
    faults.push(
      ...mismatches(value, answer.headers[name.toLowerCase()], { captures: stage.captures, at: `header ${name}` }),
    )
  }
  if (answer.status === 204) return faults
  const body = parse(answer.body)
  if (request.keep !== undefined) stage.kept.set(request.keep, body)
  return expect.body === undefined
    ? faults
    : [...faults, ...mismatches(expect.body, body, { captures: stage.captures, at: 'body' })]
}

async function playAtOnce(stage: Stage, { atOnce, statuses }: AtOnce): Promise<string[]> {
  const answers = await Promise.all(atOnce.map((request) => send(stage, request)))
  const found = answers.map((answer) => answer.status).toSorted((a, b) => a - b)
  const wanted = statuses.toSorted((a, b) => a - b)
  const faults = answers.flatMap(shapeFaults)
  return String(found) === String(wanted)
    ? faults
    : [...faults, `statuses ${found.join(', ')}, expected ${wanted.join(', ')}`]
}

async function send(stage: Stage, request: Omit<RecordedRequest, 'expect' | 'keep'>): Promise<ReplayAnswer> {
  const body = request.text ?? (request.body === undefined ? undefined : JSON.stringify(fill(stage, request.body)))
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries({ ...stage.headers, ...request.headers })) {
    const bodiless =
      body === undefined && name.toLowerCase() === 'content-type' && request.headers?.[name] === undefined
    if (value !== null && !bodiless) headers[name] = substitute(value, stage.captures)
  }
  return stage.transport.request(request.method, substitute(request.path, stage.captures), { headers, body })
}

/** The body with names filled in; `@echo` becomes the kept answer with the other members over it. */
function fill(stage: Stage, value: unknown): unknown {
  if (typeof value === 'string') return substitute(value, stage.captures)
  if (Array.isArray(value)) return value.map((element) => fill(stage, element))
  if (!isObject(value)) return value
  const { '@echo': echo, ...own } = value
  const filled = Object.fromEntries(Object.entries(own).map(([name, member]) => [name, fill(stage, member)]))
  if (typeof echo !== 'string') return filled
  const kept = stage.kept.get(echo)
  if (!isObject(kept)) throw new Error(`no answer was kept as ${echo}`)
  return { ...kept, ...filled }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
