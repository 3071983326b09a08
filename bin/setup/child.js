/**
 * Runs a program file as `node FILE ARGUMENTS` would, and ends when the process that started it is gone.
 * The pipe at descriptor 3 carries nothing: it closes when the parent dies, of whatever cause.
 */
import { Socket } from 'node:net'
import { pathToFileURL } from 'node:url'

const parent = new Socket({ fd: 3, readable: true, writable: false })
parent.on('error', () => process.exit(1))
// What is to be stopped on the way out is stopped by handlers of `exit`, as the managed PostgreSQL is.
parent.on('close', () => process.exit(1))
parent.resume()
parent.unref()

const [node = '', , program = '', ...args] = process.argv
process.argv = [node, program, ...args]
await import(pathToFileURL(program).href)
