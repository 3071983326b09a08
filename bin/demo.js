#!/usr/bin/env node
/** `npm run demo`. */
import { launch } from './setup/launch.js'

await launch('examples/demo/main.ts', process.argv.slice(2))
