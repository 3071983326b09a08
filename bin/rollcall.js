#!/usr/bin/env node
/** The command `rollcall`. */
import { launch } from './setup/launch.js'

/** For a server that runs for months: memory is given back while it is busy, and not only once it is idle. */
const SERVING = ['--max-semi-space-size=8', '--heap-growing-percent=30']

const args = process.argv.slice(2)
await launch('src/main.ts', args, args[0] === 'serve' ? SERVING : [])
