/**
 * The process of `rollcall`.
 * Decides how it ends; must not know any command.
 */
import { processIo, runProgram } from './cli/program.ts'

// Whoever reads us may stop reading (`rollcall scim log | head`): no fault of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  process.exit(error.code === 'EPIPE' ? 0 : 1)
})

const exitCode = await runProgram(process.argv.slice(2), processIo())
// Output to a pipe may still be under way: end when it is written, whatever else is open.
process.stdout.write('', () => process.exit(exitCode))
