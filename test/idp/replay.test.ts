/** The whole product against every recorded file: what a provider really sends, and what it must hear. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startRollcallForTest, type TestRollcall } from '../support/rollcall.ts'
import { httpTransport } from './http-transport.ts'
import { folders, recordings, type Recording } from './recording.ts'
import { replay } from './replay.ts'

/** What a recording may need beyond users and the server already has. */
const BUILT: readonly Recording['needs'][] = ['groups']

let rollcall: TestRollcall
let transport: ReturnType<typeof httpTransport>

beforeAll(async () => {
  rollcall = await startRollcallForTest({ profiles: ['okta', 'entra', 'onelogin', 'generic'] })
  transport = httpTransport(rollcall.base)
})

afterAll(async () => {
  transport.close()
  await rollcall.close()
})

const playable = folders()
  .flatMap(recordings)
  .filter(({ needs }) => needs === undefined || BUILT.includes(needs))

describe('as providers send it', () => {
  it.each(playable.map((recording) => [recording.file, recording.name, recording] as const))(
    '%s: %s',
    async (...[, , it]) => {
      expect(await play(it)).toEqual([])
    },
  )
})

let run = 0

/** Plays a file among people nobody has named before, through a connection with its provider's profile. */
async function play(recording: Recording): Promise<string[]> {
  run += 1
  const profile = /^(okta|entra|onelogin)/.exec(recording.file)?.[1] ?? 'generic'
  return replay(recording, transport, { token: `${profile}-only-0123456789`, run: String(run).padStart(4, '0') })
}
