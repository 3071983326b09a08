#!/usr/bin/env node
/** The command `rollcall`. */
import { launch } from './setup/launch.js'

await launch('src/main.ts', process.argv.slice(2))
