/**
 * The parts of the demo: a simulated CXone, and Rollcall as `rollcall serve` with its PostgreSQL.
 * Decides the order of starting and stopping and what stands in rollcall.yaml; must not play anything.
 */
import { randomBytes } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { env as ourEnv } from 'node:process'
import { stringify } from 'yaml'
import { PROVIDER_IDS, type ProviderId } from './providers.ts'
import { makeRunDatabase, type RunDatabase } from './database.ts'
import { CONFIGURATION, makeRunFolder, type RunFolder } from './folder.ts'
import { startProgram, type Program } from './program.ts'

/** Names that stand in rollcall.yaml, in commands to try and in the check. */
export const APP = 'cxone-demo'
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
  readonly data?: string
  readonly chaos?: string
}

export interface Parts {
  readonly folder: RunFolder
  readonly cxone: CxonePart
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
    const cxone = await startCxone(folder, options)
    closers.push(cxone.stop)
    listener.up(`CXone is open: ${options.people} people work there`)
    listener.starting('Rollcall and its PostgreSQL')
    const database = await givenDatabase()
    if (database !== undefined) closers.push(database.drop)
    const rollcall = await startRollcall({ folder, cxone: cxone.ready, database, port: options.port })
    closers.push(rollcall.program.stop)
    listener.up(`Rollcall is up at ${rollcall.part.address}, ${rollcall.part.database}`)
    const broken = Promise.race([cxone.broken, rollcall.program.broken])
    broken.catch(() => undefined)
    return { folder, cxone: cxone.ready, rollcall: rollcall.part, broken, stop }
  } catch (error) {
    await stop(false)
    throw error
  }
}

async function givenDatabase(): Promise<RunDatabase | undefined> {
  const url = ourEnv['DATABASE_URL']?.trim() ?? ''
  return url === '' ? undefined : makeRunDatabase(url)
}

function startCxone(folder: RunFolder, { people, seed, chaos }: PartsOptions): Promise<Program<CxonePart>> {
  const troubles = chaos === undefined ? [] : ['--chaos', chaos]
  return startProgram({
    name: 'The simulated CXone',
    file: 'bin/rollcall-sim.js',
    // The simulator counts the service user, whose key Rollcall has, among the people.
    args: ['cxone', '--port', '0', '--users', String(people + 1), '--seed', String(seed), ...troubles],
    env: ourEnv,
    logFile: folder.file('cxone.log'),
    ready: (line) => (line.startsWith('{') ? (JSON.parse(line) as CxonePart) : undefined),
  })
}

interface RollcallOptions {
  readonly folder: RunFolder
  readonly cxone: CxonePart
  readonly database: RunDatabase | undefined
  readonly port: number
}

async function startRollcall({ folder, cxone, database, port }: RollcallOptions) {
  const apiKey = secret('ops')
  const scimTokens = { okta: secret('okta'), entra: secret('entra'), onelogin: secret('onelogin') }
  const configPath = folder.file(CONFIGURATION)
  await writeFile(configPath, HEADING + stringify(configuration(cxone), { flowCollectionPadding: true }), {
    mode: 0o600,
  })
  const program = await startProgram({
    name: '`rollcall serve`',
    file: 'bin/rollcall.js',
    args: ['serve', '--config', configPath, '--data', folder.file('data'), '--port', String(port)],
    env: {
      ...withoutSettings(ourEnv),
      ROLLCALL_API_KEY: apiKey,
      ...Object.fromEntries(PROVIDER_IDS.map((id) => [tokenVariable(id), scimTokens[id]])),
      CXONE_KEY: cxone.accessKeyId,
      CXONE_SECRET: cxone.accessKeySecret,
      ...(database === undefined ? {} : { DATABASE_URL: database.url }),
    },
    logFile: folder.file('rollcall.log'),
    ready: (line) => /^Rollcall listens at (\S+)$/.exec(line)?.[1],
  })
  const address = program.ready
  const part: RollcallPart = {
    address,
    scim: `${address}/scim/v2`,
    scimTokens,
    apiKey,
    configPath,
    database:
      database === undefined ? 'with a PostgreSQL of its own' : `in the new database ${database.name} on your server`,
  }
  return { program, part }
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

function configuration({ issuer }: CxonePart): object {
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
          apps: [APP],
        })),
        apps: [
          {
            id: APP,
            type: 'cxone',
            issuer,
            auth: { accessKeyId: { env: 'CXONE_KEY' }, accessKeySecret: { env: 'CXONE_SECRET' } },
            defaults: DEFAULTS,
            mode: 'enforce',
          },
        ],
      },
    ],
  }
}
