#!/usr/bin/env node
/** `npm test` and, with `--long` first, `npm run test:long`; other arguments go to vitest. */
import { launch } from './setup/launch.js'

const [first, ...rest] = process.argv.slice(2)
const long = first === '--long'
if (long) process.env.ROLLCALL_TEST_LONG = '1'
await launch('node_modules/vitest/vitest.mjs', ['run', ...(long ? rest : process.argv.slice(2))])
