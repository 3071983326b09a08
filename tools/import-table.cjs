/**
 * Who may import whom: one row a folder of src/, an allow-list.
 * Decides nothing by itself: .dependency-cruiser.cjs turns it into rules and tools/check-files.ts reads the folder names.
 * Must not be loosened without an ADR in docs/adr, because every arrow added here is one that cannot be taken back.
 *
 * A key is a regular expression for the importing files, below src/. Of two rows that fit a file the first one counts.
 *   imports  what it may import of src/, as regular expressions; its own folder is always allowed unless `own` is given
 *   types    what it may import of src/ as types only
 *   npm      the packages it may import; `*` is any that package.json lists
 *   node     the built-in modules it may import; `*` is any
 */
const contractAndModel = ['connectors/(contract|doctor)\\.ts$', 'scim/', 'identity/', 'reconcile/']

module.exports.table = {
  // The composition root: the only file that knows concrete connectors. Its parts are handed them.
  'app\\.ts$': { imports: ['.'], npm: ['*'], node: ['*'] },
  'app/': {
    imports: [
      'config\\.ts$',
      'connectors/(contract|http|pace|purpose)\\.ts$',
      'scim/',
      'identity/',
      'policy/',
      'reconcile/',
      'sign-on/',
      'store/',
      'durable/',
      'notify/',
      'operations/',
      'workflows/',
      'http/',
    ],
    npm: ['fastify', 'prom-client'],
    node: ['*'],
  },
  'main\\.ts$': { own: [], imports: ['cli/program\\.ts$', 'app\\.ts$', 'config\\.ts$'], npm: [], node: ['*'] },
  'config\\.ts$': {
    own: ['config/'],
    imports: ['contract/', 'connectors/contract\\.ts$', 'policy/'],
    npm: ['zod', 'yaml'],
    node: ['*'],
  },
  'config/': { imports: ['contract/', 'connectors/contract\\.ts$', 'policy/'], npm: ['zod', 'yaml'], node: ['*'] },

  'scim/': { imports: [], npm: [], node: [] },
  'identity/': { imports: ['scim/'], npm: [], node: [] },
  // Of config/ one pure file: what somebody probably meant to write is guessed in one place (docs/adr/0014).
  'policy/': {
    imports: ['scim/', 'identity/', 'config/nearest\\.ts$'],
    npm: ['zod', '@bufbuild/cel', '@bufbuild/re2'],
    node: [],
  },
  // Node's cryptography, apart, so that the rest stays pure (docs/adr/0017).
  'sign-on/crypto/': {
    imports: ['sign-on/'],
    npm: ['@xmldom/xmldom', 'xml-crypto'],
    node: ['crypto'],
  },
  'sign-on/': { imports: ['identity/'], npm: ['saxes'], node: [] },
  'reconcile/': { imports: ['identity/'], npm: [], node: [] },
  'audit/': { imports: [], npm: [], node: ['crypto'] },
  'licence/': { imports: [], npm: [], node: [] },

  // Files straight below connectors/, then one row for every connector folder: $1 is its own name.
  'connectors/registry\\.ts$': {
    own: [],
    imports: ['connectors/contract\\.ts$', 'connectors/[^/]+/index\\.ts$'],
    npm: [],
    node: [],
  },
  'connectors/conformance[-a-z]*\\.ts$': {
    own: ['connectors/conformance[-a-z]*\\.ts$'],
    imports: contractAndModel,
    npm: ['vitest'],
    node: ['*'],
  },
  'connectors/[^/]+\\.ts$': {
    own: [],
    imports: ['connectors/(contract|http)\\.ts$', ...contractAndModel],
    npm: ['zod', 'undici', 'cockatiel'],
    node: ['*'],
  },
  // No connector but a way of speaking: what a SCIM server is asked and what its answers mean (docs/adr/0016).
  'connectors/scim-wire/': {
    imports: ['connectors/(contract|http)\\.ts$'],
    npm: [],
    node: ['*'],
  },
  'connectors/(scim|cxone-scim)/': {
    own: ['connectors/$1/'],
    imports: ['connectors/http\\.ts$', 'connectors/scim-wire/', ...contractAndModel],
    npm: ['zod'],
    node: ['*'],
  },
  'connectors/([^/]+)/': {
    own: ['connectors/$1/'],
    imports: ['connectors/http\\.ts$', ...contractAndModel],
    npm: ['zod', 'undici', 'cockatiel'],
    node: ['*'],
  },

  'store/': {
    imports: ['scim/', 'identity/'],
    types: ['reconcile/', 'policy/', 'sign-on/'],
    npm: ['pg', '@types/pg', 'kysely'],
    node: ['*'],
  },
  // pg for one thing: LISTEN needs a connection of its own, outside the pool.
  'durable/': { imports: ['store/db\\.ts$'], npm: ['pg-boss', 'pg', '@types/pg'], node: ['*'] },
  'notify/': { imports: ['store/db\\.ts$'], npm: ['nodemailer'], node: ['*'] },
  'operations/': {
    imports: ['scim/', 'identity/', 'policy/', 'reconcile/', 'audit/', 'licence/', 'store/', 'durable/wake\\.ts$'],
    npm: [],
    node: ['*'],
  },
  'workflows/': {
    imports: [
      'scim/',
      'identity/',
      'policy/',
      'reconcile/',
      'audit/',
      'licence/',
      'sign-on/',
      'store/',
      'durable/',
      'notify/',
      'connectors/(contract|doctor)\\.ts$',
    ],
    npm: [],
    node: [],
  },
  'contract/': { imports: [], npm: ['zod'], node: [] },
  'http/': {
    imports: ['contract/', 'scim/', 'operations/', 'store/db\\.ts$', 'store/views/'],
    npm: ['fastify', 'fastify-type-provider-zod', 'fastify-plugin', '@fastify/*', 'zod', 'pino', 'prom-client'],
    node: ['*'],
  },
  'cli/(serve|backup|restore)\\.ts$': {
    own: ['cli/'],
    imports: ['contract/', 'audit/', 'licence/', 'app\\.ts$', 'config\\.ts$'],
    npm: ['commander', '@clack/prompts', 'picocolors', 'pino'],
    node: ['*'],
  },
  'cli/': {
    imports: ['contract/', 'audit/', 'licence/'],
    npm: ['commander', '@clack/prompts', 'picocolors', 'papaparse'],
    node: ['*'],
  },
}

/** Files that the table does not bind: tests stand beside what they test and reach for whatever shows that it works. */
module.exports.testFile = '\\.test\\.ts$'
