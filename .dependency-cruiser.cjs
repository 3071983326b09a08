/**
 * The import rules, made from tools/import-table.cjs.
 * Decides how the table reads as dependency-cruiser rules; must not hold an exception of its own for a folder.
 */
const { table, testFile } = require('./tools/import-table.cjs')

const inSrc = (pattern) => `^src/${pattern}`
const packageFolder = (name) => `node_modules/${name.replace('/*', '/[^/]+').replaceAll('.', '\\.')}/`

/** The rules of one row. `before` are the keys of the rows above it, which take precedence. */
const rulesOfRow = ([key, row], before) => {
  const from = { path: inSrc(key), pathNot: [testFile, ...before.map(inSrc)] }
  const reachable = [...(row.own ?? [key]), ...row.imports].map(inSrc)
  const types = (row.types ?? []).map(inSrc)
  const name = key.replaceAll('\\', '').replace(/[$/]+$/, '')
  const rules = [
    {
      name: `imports of ${name}`,
      comment: `src/${name} may import only: ${[...row.imports, ...(row.types ?? []).map((it) => `types of ${it}`)].join(', ') || 'nothing'}`,
      severity: 'error',
      from,
      to: { path: '^src/', pathNot: [...reachable, ...types] },
    },
  ]
  if (types.length > 0) {
    rules.push({
      name: `types only in ${name}`,
      comment: `src/${name} may import these as types only: ${row.types.join(', ')}`,
      severity: 'error',
      from,
      to: { path: types, dependencyTypesNot: ['type-only'] },
    })
  }
  if (!row.npm.includes('*')) {
    rules.push({
      name: `packages of ${name}`,
      comment: `src/${name} may import only these packages: ${row.npm.join(', ') || 'none'}`,
      severity: 'error',
      from,
      to: { path: 'node_modules/', pathNot: row.npm.map(packageFolder) },
    })
  }
  if (!row.node.includes('*')) {
    rules.push({
      name: `built-ins of ${name}`,
      comment: `src/${name} may import only these modules of Node: ${row.node.join(', ') || 'none'}`,
      severity: 'error',
      from,
      to: { dependencyTypes: ['core'], pathNot: row.node.map((it) => `^(node:)?${it}$`) },
    })
  }
  return rules
}

const rows = Object.entries(table)

module.exports = {
  forbidden: [
    ...rows.flatMap((row, at) =>
      rulesOfRow(
        row,
        rows.slice(0, at).map(([key]) => key),
      ),
    ),
    {
      name: 'folder without a row',
      comment: 'Every file of src/ that is not a test needs a row in tools/import-table.cjs',
      severity: 'error',
      from: { path: '^src/', pathNot: [testFile, ...rows.map(([key]) => inSrc(key))] },
      to: {},
    },
    {
      name: 'src stays in src',
      comment: 'Nothing in src/ imports sim/, test/, examples/ or anything else outside src/',
      severity: 'error',
      from: { path: '^src/', pathNot: testFile },
      to: {
        pathNot: ['^src/', 'node_modules/', '^package\\.json$'],
        dependencyTypesNot: ['core'],
        couldNotResolve: false,
      },
    },
    {
      name: 'registry is for app.ts',
      comment: 'Only src/app.ts knows concrete connectors; pass a narrow slice from there instead',
      severity: 'error',
      from: { pathNot: ['^src/app\\.ts$', testFile] },
      to: { path: '^src/connectors/registry\\.ts$' },
    },
    {
      name: 'simulators stand alone',
      comment: 'A simulator that shares code with the product shares its mistakes: sim/ imports nothing of src/',
      severity: 'error',
      from: { path: '^sim/', pathNot: testFile },
      to: { path: '^src/' },
    },
    {
      name: 'console sees contract',
      comment: 'console/ may import only src/contract of the server',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^src/', pathNot: '^src/contract/' },
    },
    {
      name: 'tests are not imported',
      comment: 'What two tests share belongs in test/support',
      severity: 'error',
      from: {},
      to: { path: testFile },
    },
    {
      name: 'no cycles',
      comment: 'These files import one another in a circle; move what both need below both',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing unresolved',
      comment: 'The imported file or package does not exist',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'listed packages',
      comment: 'The package is not in package.json, only somebody else brings it along',
      severity: 'error',
      from: { path: '^(src|sim|bin|test|tools|bench)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'production packages',
      comment: 'What runs at a customer needs its packages in dependencies, not in devDependencies',
      severity: 'error',
      from: { path: '^(src|sim|bin)/', pathNot: [testFile, '^src/connectors/conformance[-a-z]*\\.ts$'] },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'orphan',
      comment: 'Nothing that starts here leads to this file: is it still used?',
      severity: 'warn',
      from: { path: '^(bin/|src/(main|app|cli/program)\\.ts$)' },
      to: {
        path: '^src/',
        pathNot: [
          testFile,
          '\\.d\\.ts$',
          '^src/connectors/conformance[-a-z]*\\.ts$',
          '^src/(main|app|cli/program)\\.ts$',
        ],
        reachable: false,
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.js', '.cjs', '.mjs', '.json'],
    },
  },
}
