/**
 * Reads both sides at one moment: the simulated CXone through its control API, Rollcall through SCIM and the admin API.
 * Decides what is looked at; must not judge it.
 */
import { app, type App } from '../../src/contract/app.ts'
import { deliveryPage, type Delivery } from '../../src/contract/delivery.ts'
import { linkPage, type Link } from '../../src/contract/link.ts'
import { DemoProblem } from './problem.ts'
import { APP, EU_APP, type CxonePart, type RollcallPart } from './parts.ts'
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

/** One business unit as its control API shows it. */
export interface CxoneScene {
  readonly users: readonly CxoneUser[]
  readonly teams: readonly { readonly id: string; readonly name: string; readonly status: string }[]
  readonly authenticators: readonly { readonly id: string; readonly name: string }[]
  readonly agents: readonly {
    readonly userId: string
    readonly skills: readonly { readonly skillId: number; readonly proficiency: number; readonly isActive: boolean }[]
    readonly groups: readonly number[]
  }[]
  readonly skills: readonly { readonly skillId: number; readonly skillName: string }[]
  readonly groups: readonly { readonly groupId: number; readonly groupName: string }[]
  readonly mails: readonly { readonly to: string; readonly kind: string }[]
  /** Every call since the start, oldest first. */
  readonly calls: readonly CxoneCall[]
}

/** What Rollcall says of one app. */
export interface AppStanding {
  readonly deliveries: readonly Delivery[]
  readonly app: App
}

/** Of the first business unit, and beside it of the second. */
export interface Standing extends AppStanding {
  readonly eu1: AppStanding
}

export interface Scene {
  readonly cxone: CxoneScene
  /** The business unit of the second region, and the app that it is in Rollcall. */
  readonly eu1: AppStanding & { readonly cxone: CxoneScene }
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
  progress(): Promise<Standing>
  /** The control API of the second business unit. */
  readonly controlEu1: Control
  /** Rollcall's admin API. */
  readonly admin: Control
}

/** More than the demo ever makes: what does not fit is not looked at. */
const ALL_CALLS = 1_000_000
const ALL_ROWS = 200

export function openWindow({
  cxone,
  eu1,
  rollcall,
}: {
  cxone: CxonePart
  eu1: CxonePart
  rollcall: RollcallPart
}): Window {
  const controlOf =
    (part: CxonePart): Control =>
    (method, path, body) =>
      ask(part.control + path, { method, ...(body === undefined ? {} : { body }) })
  const [control, controlEu1] = [controlOf(cxone), controlOf(eu1)]
  const admin: Control = (method, path, body) =>
    ask(`${rollcall.address}/api/v1${path}`, {
      method,
      token: rollcall.apiKey,
      ...(body === undefined ? {} : { body }),
    })
  const standingOf = async (id: string): Promise<AppStanding> => ({
    deliveries: deliveryPage.parse(await admin('GET', `/deliveries?app=${id}&limit=${ALL_ROWS}`)).items,
    app: app.parse(await admin('GET', `/apps/${id}`)),
  })
  const progress: Window['progress'] = async () => ({ ...(await standingOf(APP)), eu1: await standingOf(EU_APP) })
  const usersOf = async (connection: ProviderId): Promise<ScimUser[]> => {
    const { Resources } = await ask<{ Resources: readonly Omit<ScimUser, 'connection'>[] }>(
      `${rollcall.scim}/Users?startIndex=1&count=${ALL_ROWS}`,
      { token: rollcall.scimTokens[connection] },
    )
    return Resources.map((user) => ({ ...user, connection }) as ScimUser)
  }
  const centre = async (ask: Control): Promise<CxoneScene> => {
    const state = await ask<Omit<CxoneScene, 'calls'>>('GET', '/state')
    return { ...state, calls: await ask<readonly CxoneCall[]>('GET', `/calls?limit=${ALL_CALLS}`) }
  }
  const look = async (): Promise<Scene> => {
    const [one, other] = [await centre(control), await centre(controlEu1)]
    const users = (await Promise.all(PROVIDER_IDS.map(usersOf))).flat()
    const links = linkPage.parse(await admin('GET', `/links?app=${APP}&limit=${ALL_ROWS}`)).items
    const { eu1: second, ...first } = await progress()
    return { cxone: one, eu1: { cxone: other, ...second }, rollcall: { users, links, ...first } }
  }
  return { control, controlEu1, admin, look, progress }
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
