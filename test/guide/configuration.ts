/**
 * Writes docs/guide/configuration.md from the schemas the product runs on.
 * Decides the words around the tables; must not describe a key by hand.
 */
import { z } from 'zod'
import { COMMAND_SETTINGS } from '../../src/cli/environment.ts'
import { ALERT_TYPES, alertSchema } from '../../src/config/alert-schema.ts'
import { appSchema } from '../../src/config/app-schema.ts'
import { connectionSchema } from '../../src/config/connection-schema.ts'
import { attributeSchema, extensionSchema, subAttributeSchema } from '../../src/config/extension-schema.ts'
import { apiKeySchema, tenantSchema } from '../../src/config/schema.ts'
import { tokenSchema } from '../../src/config/secret-schema.ts'
import { SETTINGS } from '../../src/config/settings.ts'

type JsonSchema = z.core.JSONSchema.JSONSchema

interface Definition {
  readonly type: string
  readonly config: z.ZodType
}

/** The whole guide. */
export function configurationGuide(definitions: readonly Definition[]): string {
  return [
    INTRODUCTION,
    '## Settings of the process',
    'A flag of `rollcall serve` wins over the variable. An empty variable counts as not set.',
    settingsTable(Object.values(SETTINGS)),
    'The commands that talk to a running server read these:',
    settingsTable(Object.values(COMMAND_SETTINGS)),
    '## `tenants[]`',
    ...section(tenantSchema),
    '## `tenants[].apiKeys[]`',
    ...section(apiKeySchema),
    '## `tenants[].connections[]`',
    ...section(connectionSchema),
    '## `tenants[].connections[].tokens[]`',
    ...section(tokenSchema),
    TOKENS,
    '## `tenants[].extensions[]`',
    ...section(extensionSchema),
    EXTENSIONS,
    '## `tenants[].extensions[].attributes[]`',
    ...section(attributeSchema),
    '## `tenants[].extensions[].attributes[].attributes[]`',
    ...section(subAttributeSchema),
    '## `tenants[].apps[]`',
    ...section(appSchema),
    SECRETS,
    ...definitions.flatMap(({ type, config }) => [`### Keys of \`type: ${type}\``, keysTable(config)]),
    '## `tenants[].alerts[]`',
    ...section(alertSchema),
    ALERTS,
    ...Object.entries(ALERT_TYPES).flatMap(([type, config]) => [`### Keys of \`type: ${type}\``, keysTable(config)]),
    STATIC_ERRORS,
  ].join('\n\n')
}

const INTRODUCTION = `# Configuration

<!-- Made from the schemas: run \`npm test -- test/guide -u\` after changing one. -->

\`rollcall serve --config rollcall.yaml\` reads one YAML document of at most 1 MiB that declares tenants, connections, apps and API keys. [examples/rollcall.yaml](../../examples/rollcall.yaml) is one to copy. Applying it twice changes nothing. What is taken out of it is detached, and nothing is written to an app because of that; a token that was revoked stays revoked whatever the file says.`

const TOKENS = `A token may not have spaces or letters outside ASCII, since it could never arrive in a header. One with fewer than 16 characters is accepted with a warning, because it can be guessed; \`openssl rand -hex 32\` makes a good one. No token, secret and API key may be in the file twice, in one tenant or in two, and neither may a \`clientId\` or a \`username\`.

Entries of \`oauth.secrets\` have the same keys. Entries of \`basic.passwords\` have one of \`env\`, \`file\` and \`value\`, and no \`sha256\`: a password that a person has chosen is hashed slowly, here. [Sign-in](sign-in.md) says which way to take, and how to change a token without a gap.`

const EXTENSIONS = `What is declared holds for all connections of the tenant. Attributes that are taken out again stay in the database, are shown no more, and go with the next change of the user or group.

\`\`\`yaml
extensions:
  - schema: urn:acme:scim:schemas:extension:agent:2.0:User
    attributes:
      - { name: badge, caseExact: true, indexed: true }
      - { name: since, type: dateTime }
      - { name: languages, multiValued: true }
  - schema: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User
    attributes: [{ name: floor, type: integer }]
\`\`\``

const SECRETS = `In place of any text in an app's entry there may be \`{ env: NAME }\`, \`{ file: PATH }\` or, with a warning, \`{ value: TEXT }\`. Text under a key whose name ends in secret, password, passphrase, token, apiKey or privateKey is kept apart like a secret too. Secrets are stored encrypted and never shown.`

const ALERTS = `[Alerts](alerts.md) says when a message is sent, what it holds and how a receiver checks it. Secrets of alerts are kept in memory only.`

const STATIC_ERRORS = `## When something is wrong

Nothing starts half-configured. Every mistake is named at once, each with its line, its place and what would be right:

\`\`\`
rollcall.yaml:12:7: tenants[0].connections[0].tokenz: there is no key "tokenz" here. Did you mean "tokens"?
rollcall.yaml:14:18: tenants[0].apiKeys[0]: the environment variable ROLLCALL_API_KEY is not set. Set it for the process that runs \`rollcall serve\`.
\`\`\`

An expired key or an app that does not answer is no static error: the server starts, and the app shows what stands in its way.
`

function settingsTable(settings: readonly { env: string; flag?: string; default?: string; about: string }[]): string {
  const rows = settings.map((setting) => [code(setting.env), code(setting.flag), code(setting.default), setting.about])
  return table(['variable', 'flag', 'default', 'what it is'], rows)
}

function section(schema: z.ZodType): string[] {
  return [...(schema.description === undefined ? [] : [schema.description]), keysTable(schema)]
}

function keysTable(schema: z.ZodType): string {
  const top = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })
  return table(['key', 'what may stand there', 'default', 'what it is'], rowsOf(top, ''))
}

function rowsOf(schema: JsonSchema, prefix: string): string[][] {
  return Object.entries(schema.properties ?? {}).flatMap(([key, property]): string[][] => {
    if (typeof property === 'boolean') return []
    const isNested = property.properties !== undefined
    const must = schema.required?.includes(key) === true ? ' (required)' : ''
    const row = [code(`${prefix}${key}`), `${kindOf(property)}${must}`, defaultOf(property), property.description ?? '']
    return [row, ...(isNested ? rowsOf(property, `${prefix}${key}.`) : [])]
  })
}

function kindOf(schema: JsonSchema): string {
  if (schema.enum !== undefined) return schema.enum.map((choice) => code(String(choice))).join(', ')
  if (schema.type === 'array') return schema.minItems === 1 ? 'list, not empty' : 'list'
  if (schema.type === 'object') return 'keys'
  if (schema.type === 'integer' || schema.type === 'number')
    return `${schema.type === 'integer' ? 'whole number' : 'number'}, ${schema.minimum} to ${schema.maximum}`
  return schema.type === 'boolean' ? '`true`, `false`' : 'text'
}

function defaultOf({ default: value }: JsonSchema): string {
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0
  return value === undefined || isEmpty ? '' : code(typeof value === 'string' ? value : JSON.stringify(value))
}

const code = (text: string | undefined): string => (text === undefined ? '' : `\`${text}\``)

function table(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(heading), line(heading.map(() => '---')), ...rows.map(line)].join('\n')
}
