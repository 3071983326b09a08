/**
 * The parts of the demo: a simulated CXone, and Rollcall as `rollcall serve` with its PostgreSQL.
 * Decides the order of starting and stopping and what stands in rollcall.yaml; must not play anything.
 */
import { randomBytes } from 'node:crypto'
import { copyFile, writeFile } from 'node:fs/promises'
import { env as ourEnv } from 'node:process'
import { fileURLToPath } from 'node:url'
import { stringify } from 'yaml'
import { PROVIDER_IDS, type ProviderId } from './providers.ts'
import { makeRunDatabase, type RunDatabase } from './database.ts'
import { CONFIGURATION, makeRunFolder, type RunFolder } from './folder.ts'
import { startProgram, type Program } from './program.ts'

/** Names that stand in rollcall.yaml, in commands to try and in the check. */
export const APP = 'cxone-na1'
export const EU_APP = 'cxone-eu1'
export const DEFAULTS = { role: 'Agent', team: 'Default Team' } as const

export interface CxonePart {
  readonly issuer: string
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Address of the control API of the simulator. */
  readonly control: string
}

export interface RollcallPart {
  readonly address: string
  readonly scim: string
  readonly scimTokens: Readonly<Record<ProviderId, string>>
  readonly apiKey: string
  readonly configPath: string
  /** Where its data is, in words. */
  readonly database: string
}

export interface PartsOptions {
  readonly port: number
  readonly seed: number
  /** Who works at CXone before any provider comes, the service user apart. */
  readonly people: number
  /** The same of the second region. */
  readonly peopleEu1: number
  readonly data?: string
  readonly chaos?: string
}

export interface Parts {
  readonly folder: RunFolder
  readonly cxone: CxonePart
  /** The business unit of the second region. */
  readonly eu1: CxonePart
  readonly rollcall: RollcallPart
  /** Rejects when a part ends by itself. */
  readonly broken: Promise<never>
  /** Stops everything, Rollcall first; the files are removed unless they are to be kept. */
  stop(keepFiles: boolean): Promise<void>
}

/** Hears of each part as it comes up. */
export interface StartListener {
  starting(what: string): void
  up(what: string): void
}

/** Starts everything, or nothing. Throws errors with words for a person. */
export async function startParts(options: PartsOptions, listener: StartListener): Promise<Parts> {
  const closers: (() => Promise<void>)[] = []
  const folder = await makeRunFolder(options.data)
  const stop = async (keepFiles: boolean): Promise<void> => {
    for (const close of closers.splice(0).toReversed()) await close()
    folder.leave(keepFiles)
  }
  try {
    listener.starting('CXone')
    const [cxone, eu1] = await startCentres(folder, options, closers)
    listener.up(`CXone is open in two regions: ${options.people} people work in na1, ${options.peopleEu1} in eu1`)
    listener.starting('Rollcall and its PostgreSQL')
    const database = await givenDatabase()
    if (database !== undefined) closers.push(database.drop)
    const rollcall = await startRollcall({ folder, cxone: cxone.ready, eu1: eu1.ready, database, port: options.port })
    closers.push(rollcall.stop)
    listener.up(`Rollcall is up at ${rollcall.part.address}, ${rollcall.part.database}`)
    const broken = Promise.race([cxone.broken, eu1.broken, rollcall.broken])
    broken.catch(() => undefined)
    return { folder, cxone: cxone.ready, eu1: eu1.ready, rollcall: rollcall.part, broken, stop }
  } catch (error) {
    await stop(false)
    throw error
  }
}

async function givenDatabase(): Promise<RunDatabase | undefined> {
  const url = ourEnv['DATABASE_URL']?.trim() ?? ''
  return url === '' ? undefined : makeRunDatabase(url)
}

/** Both business units at once; what has started is among the closers even if the other has not. */
async function startCentres(folder: RunFolder, options: PartsOptions, closers: (() => Promise<void>)[]) {
  const { people, peopleEu1, seed, chaos } = options
  const start = async (centre: CentreOptions): Promise<Program<CxonePart>> => {
    const program = await startCxone(folder, centre)
    closers.push(program.stop)
    return program
  }
  const starting = [
    start({ name: 'cxone', area: 'na1', people, seed, ...(chaos === undefined ? {} : { chaos }) }),
    start({ name: 'cxone-eu1', area: 'eu1', people: peopleEu1, seed: seed + 1 }),
  ] as const
  // One that fails is told once the other is up or not: what has started can only then be stopped.
  await Promise.allSettled(starting)
  return Promise.all(starting)
}

interface CentreOptions extends Pick<PartsOptions, 'people' | 'seed' | 'chaos'> {
  /** Of its log. */
  readonly name: string
  readonly area: string
}

function startCxone(
  folder: RunFolder,
  { people, seed, chaos, name, area }: CentreOptions,
): Promise<Program<CxonePart>> {
  const troubles = chaos === undefined ? [] : ['--chaos', chaos]
  return startProgram({
    name: 'The simulated CXone',
    file: 'bin/rollcall-sim.js',
    // The simulator counts the service user, whose key Rollcall has, among the people.
    args: ['cxone', '--port', '0', '--users', String(people + 1), '--seed', String(seed), '--area', area, ...troubles],
    env: ourEnv,
    logFile: folder.file(`${name}.log`),
    ready: (line) => (line.startsWith('{') ? (JSON.parse(line) as CxonePart) : undefined),
  })
}

interface RollcallOptions {
  readonly folder: RunFolder
  readonly cxone: CxonePart
  readonly eu1: CxonePart
  readonly database: RunDatabase | undefined
  readonly port: number
}

async function startRollcall({ folder, cxone, eu1, database, port }: RollcallOptions) {
  const apiKey = secret('ops')
  const scimTokens = { okta: secret('okta'), entra: secret('entra'), onelogin: secret('onelogin') }
  const configPath = folder.file(CONFIGURATION)
  await copyFile(policyPath(EU_APP), folder.file(EU_POLICY))
  const apps = [
    { ...entryOf(APP, cxone, await authenticatorsOf(cxone)), mode: 'enforce' },
    // Without a mode: a new app is observed until somebody has it enforced.
    { ...entryOf(EU_APP, eu1, await authenticatorsOf(eu1)), policyFile: EU_POLICY },
  ]
  const env = {
    ...withoutSettings(ourEnv),
    ROLLCALL_API_KEY: apiKey,
    ...Object.fromEntries(PROVIDER_IDS.map((id) => [tokenVariable(id), scimTokens[id]])),
    ...keysOf(APP, cxone),
    ...keysOf(EU_APP, eu1),
    ...(database === undefined ? {} : { DATABASE_URL: database.url }),
  }
  const yaml = stringify(configuration(apps), { flowCollectionPadding: true })
  await writeFile(configPath, HEADING + yaml, { mode: 0o600 })
  const { ready: address, stop, broken } = await startServe({ folder, env, port })
  const part: RollcallPart = {
    address,
    scim: `${address}/scim/v2`,
    scimTokens,
    apiKey,
    configPath,
    database:
      database === undefined ? 'with a PostgreSQL of its own' : `in the new database ${database.name} on your server`,
  }
  return { part, stop, broken }
}

function startServe({ folder, env, port }: { folder: RunFolder; env: NodeJS.ProcessEnv; port: number }) {
  return startProgram({
    name: '`rollcall serve`',
    file: 'bin/rollcall.js',
    args: ['serve', '--config', folder.file(CONFIGURATION), '--data', folder.file('data'), '--port', String(port)],
    env,
    logFile: folder.file('rollcall.log'),
    ready: (line) => /^Rollcall listens at (\S+)$/.exec(line)?.[1],
  })
}

/** Settings that stand in somebody's environment for another Rollcall are not for this one. */
const withoutSettings = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^ROLLCALL_|^DATABASE_URL$/.test(name)))

/** The name in the environment of `rollcall serve`. */
const tokenVariable = (id: ProviderId): string => `${id.toUpperCase()}_TOKEN`

const secret = (kind: string): string => `${kind}-${randomBytes(18).toString('base64url')}`

/** More than the default, for machines that are busy with much else: no refusal is to come late. */
const CONFIRM_SECONDS = 20

const HEADING = `# Written by \`npm run demo\` for one run. What stands after env: is in the environment of \`rollcall serve\`.\n`

/** Where a policy of the demo lies. */
export const policyPath = (app: typeof APP | typeof EU_APP): string =>
  fileURLToPath(new URL(`${app.replace('cxone', 'policy')}.yaml`, import.meta.url))

/** Its copy beside rollcall.yaml. */
const EU_POLICY = 'policy-eu1.yaml'

const variable = (app: string, what: string): string => `${app.toUpperCase().replace('-', '_')}_${what}`

const keysOf = (app: string, { accessKeyId, accessKeySecret }: CxonePart): Record<string, string> => ({
  [variable(app, 'KEY')]: accessKeyId,
  [variable(app, 'SECRET')]: accessKeySecret,
})

/** CXone lists none, so somebody writes them down who looks them up in the console. */
async function authenticatorsOf({ control }: CxonePart): Promise<readonly object[]> {
  const state = (await (await fetch(`${control}/state`)).json()) as {
    readonly authenticators: readonly { readonly id: string; readonly name: string; readonly kind: string }[]
  }
  return state.authenticators.map(({ id, name, kind }) => ({ id, name, system: kind === 'System' }))
}

const entryOf = (app: string, { issuer }: CxonePart, authenticators: readonly object[]): object => ({
  id: app,
  type: 'cxone',
  issuer,
  auth: { accessKeyId: { env: variable(app, 'KEY') }, accessKeySecret: { env: variable(app, 'SECRET') } },
  defaults: DEFAULTS,
  authenticators,
})

function configuration(apps: readonly object[]): object {
  return {
    tenants: [
      {
        id: 'acme',
        apiKeys: [{ id: 'ops', role: 'owner', env: 'ROLLCALL_API_KEY' }],
        connections: PROVIDER_IDS.map((id) => ({
          id,
          profile: id,
          delivery: 'confirm',
          confirmSeconds: CONFIRM_SECONDS,
          tokens: [{ env: tokenVariable(id) }],
          // Okta's people are spread over both regions, through one address and one token.
          apps: id === 'okta' ? [APP, EU_APP] : [APP],
        })),
        apps,
      },
    ],
  }
}
