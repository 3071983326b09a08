import { defineConfig } from 'vitest/config'

const long = process.env['ROLLCALL_TEST_LONG'] === '1'

export default defineConfig({
  test: {
    include: long ? ['{src,sim,test}/**/*.long.test.ts'] : ['{src,sim,test,bin}/**/*.test.ts'],
    exclude: ['**/node_modules/**', ...(long ? [] : ['**/*.long.test.ts'])],
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // A module is loaded once a worker, not once a file: a third of the time. So no test may leave anything behind.
    isolate: false,
    maxWorkers: 3,
  },
})
