// Decides how a file of tests shares one simulator: started before the first, closed after the last, afresh before each.
// For tests only.
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { type Caller, startCaller } from './caller.ts'
import type { CxoneSimulatorOptions } from './server.ts'

export interface TestCallerOptions extends CxoneSimulatorOptions {
  /** What else is so before each test, after the reset and before the sign-in. */
  readonly before?: (sim: Caller) => Promise<unknown>
}

/** Signed in before each test. Of no use before the first one begins. */
export function testCaller({ before, ...options }: TestCallerOptions): Caller {
  let running: Caller
  beforeAll(async () => {
    running = await startCaller(options)
  })
  afterAll(() => running.close())
  beforeEach(async () => {
    await running.control('POST', '/reset', { users: options.users ?? 60, seed: options.seed ?? 1 })
    await before?.(running)
    await running.signIn()
  })
  return {
    get simulator() {
      return running.simulator
    },
    get apiEndpoint() {
      return running.apiEndpoint
    },
    get accessToken() {
      return running.accessToken
    },
    api: (...of) => running.api(...of),
    acd: (...of) => running.acd(...of),
    issuer: (...of) => running.issuer(...of),
    control: (...of) => running.control(...of),
    set: (switches) => running.set(switches),
    signIn: () => running.signIn(),
    close: () => running.close(),
  }
}
