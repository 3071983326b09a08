/**
 * Reads both sides at one moment: the simulated CXone through its control API, Rollcall through SCIM and the admin API.
 * Decides what is looked at; must not judge it.
 */
import { app, type App } from '../../src/contract/app.ts'
import { deliveryPage, type Delivery } from '../../src/contract/delivery.ts'
import { linkPage, type Link } from '../../src/contract/link.ts'
import { DemoProblem } from './problem.ts'
import { APP, type CxonePart, type RollcallPart } from './parts.ts'
import { PROVIDER_IDS, type ProviderId } from './providers.ts'

/** A user record as CXone keeps it, fields that no read of its API shows included. */
export type CxoneUser = Readonly<Record<string, unknown>> & {
  readonly id: string
  readonly userName: string
  readonly status: string
}

export interface CxoneCall {
  readonly seq: number
  /** When it arrived, ISO 8601. */
  readonly at: string
  readonly method: string
  readonly path: string
  /** 0 where the connection was cut. */
  readonly status: number
}

export type ScimUser = Readonly<Record<string, unknown>> & {
  /** Whose token shows it. */
  readonly connection: ProviderId
  readonly id: string
  readonly userName: string
  readonly active: boolean
}

export interface Scene {
  readonly cxone: {
    readonly users: readonly CxoneUser[]
    readonly teams: readonly { readonly id: string; readonly name: string; readonly status: string }[]
    readonly mails: readonly { readonly to: string; readonly kind: string }[]
    /** Every call since the start, oldest first. */
    readonly calls: readonly CxoneCall[]
  }
  readonly rollcall: {
    /** As each provider can read them. */
    readonly users: readonly ScimUser[]
    readonly deliveries: readonly Delivery[]
    readonly app: App
    readonly links: readonly Link[]
  }
}

/** Speaks to the control API of the simulator. */
export type Control = <T>(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: object) => Promise<T>

export interface Window {
  readonly control: Control
  look(): Promise<Scene>
  /** Only how far the deliveries are: cheap enough to ask again and again. */
  progress(): Promise<Pick<Scene['rollcall'], 'deliveries' | 'app'>>
}

/** More than the demo ever makes: what does not fit is not looked at. */
const ALL_CALLS = 1_000_000
const ALL_ROWS = 200

export function openWindow({ cxone, rollcall }: { cxone: CxonePart; rollcall: RollcallPart }): Window {
  const control: Control = (method, path, body) =>
    ask(cxone.control + path, { method, ...(body === undefined ? {} : { body }) })
  const admin = (path: string): Promise<unknown> => ask(`${rollcall.address}/api/v1${path}`, { token: rollcall.apiKey })
  const progress: Window['progress'] = async () => ({
    deliveries: deliveryPage.parse(await admin(`/deliveries?app=${APP}&limit=${ALL_ROWS}`)).items,
    app: app.parse(await admin(`/apps/${APP}`)),
  })
  const usersOf = async (connection: ProviderId): Promise<ScimUser[]> => {
    const { Resources } = await ask<{ Resources: readonly Omit<ScimUser, 'connection'>[] }>(
      `${rollcall.scim}/Users?startIndex=1&count=${ALL_ROWS}`,
      { token: rollcall.scimTokens[connection] },
    )
    return Resources.map((user) => ({ ...user, connection }) as ScimUser)
  }
  const look = async (): Promise<Scene> => {
    const state = await control<Omit<Scene['cxone'], 'calls'>>('GET', '/state')
    const calls = await control<readonly CxoneCall[]>('GET', `/calls?limit=${ALL_CALLS}`)
    const users = (await Promise.all(PROVIDER_IDS.map(usersOf))).flat()
    const links = linkPage.parse(await admin(`/links?app=${APP}&limit=${ALL_ROWS}`)).items
    return { cxone: { ...state, calls }, rollcall: { users, links, ...(await progress()) } }
  }
  return { control, look, progress }
}

interface Request {
  readonly method?: string
  readonly body?: object
  readonly token?: string
}

async function ask<T>(url: string, { method = 'GET', body, token }: Request): Promise<T> {
  const headers = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
  }
  const response = await fetch(url, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw unreadable(url, error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error))
  })
  const text = await response.text()
  if (!response.ok) throw unreadable(url, `it answered ${response.status}: ${text.slice(0, 300)}`)
  return JSON.parse(text) as T
}

const unreadable = (url: string, why: string): DemoProblem =>
  DemoProblem.of({
    what: `The demo could not read ${new URL(url).pathname} of ${new URL(url).origin}`,
    why,
    wayOut: 'look into the logs of the run, and start the demo again',
  })
