#!/usr/bin/env node
/** The command `rollcall-sim`: simulators to try Rollcall on. */
import { launch } from './setup/launch.js'

await launch('sim/main.ts', process.argv.slice(2))
