#!/usr/bin/env node
/** `npm run bench`. */
import { launch } from './setup/launch.js'

await launch('bench/main.ts', process.argv.slice(2))
