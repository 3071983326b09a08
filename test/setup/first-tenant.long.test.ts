/**
 * docs/guide/first-tenant.md followed command by command by somebody who has Node and npm, and no tenant: the simulated one
 * stands in, and nothing else differs from the page. How long it takes is printed, and not asserted.
 */
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { fences } from '../docs/fences.ts'
import { temporaryDirectory } from '../support/temporary-directory.ts'
import { copyCheckout, plainEnvironment, run, type Running } from './checkout.ts'

const MINUTES = 60_000
const PAGE = new URL('../../docs/guide/first-tenant.md', import.meta.url)

const started: Running[] = []
afterEach(async () => {
  for (const { process: child, ended } of started.splice(0).toReversed()) {
    // It is a group of its own: npm does not pass the signal on.
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGTERM')
    await ended.catch(() => undefined)
  }
})

async function freePort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  await once(server.close(), 'close')
  return typeof address === 'object' && address !== null ? address.port : 0
}

test(
  'leads from a clone to the first inventory',
  async () => {
    const began = Date.now()
    const took = (what: string) => console.info(`${what} after ${((Date.now() - began) / 1000).toFixed(1)} s`)
    const page = readFileSync(PAGE, 'utf8')
    const [secrets = '', serve = '', doctor = '', inventory = '', simulator = ''] = fences(page, 'sh')
    const [configuration = ''] = fences(page, 'yaml')
    const checkout = copyCheckout(join(temporaryDirectory(), 'rollcall'))
    const env = plainEnvironment(temporaryDirectory())
    const [simPort, port] = [await freePort(), await freePort()]
    const placed = (text: string) =>
      text
        .replaceAll('9090', String(simPort))
        .replaceAll('8080', String(port))
        .replace('area: na1', `issuer: http://127.0.0.1:${simPort}`)
    const shell = (text: string, more: Record<string, string> = {}): Running =>
      run(['bash', '-euc', placed(text)], { cwd: checkout, env: { ...env, ...more }, detached: true })
    const succeeds = async (text: string): Promise<string> => {
      const { code, stdout, stderr } = await shell(text, { ROLLCALL_URL: `http://127.0.0.1:${port}` }).ended
      expect(code === 0 ? 0 : stdout + stderr).toBe(0)
      return stdout
    }

    const sim = shell(simulator)
    started.push(sim)
    let line = ''
    sim.process.stdout?.on('data', (text: string) => (line += text))
    await sim.said('accessKeySecret')
    took('the simulated tenant stands')
    const key = JSON.parse(line.slice(line.indexOf('{'))) as { accessKeyId: string; accessKeySecret: string }

    writeFileSync(join(checkout, 'rollcall.yaml'), placed(configuration))
    await succeeds(
      secrets.replace('the id of the access key', key.accessKeyId).replace('its secret', key.accessKeySecret),
    )
    const server = shell(serve)
    started.push(server)
    await server.said('Rollcall listens at')
    took('Rollcall listens')
    const examined = await succeeds(doctor)
    took('the doctor has said what it found')
    expect(examined).toMatch(/sign/i)
    // The secrets are set in that terminal from then on.
    const [environment = ''] = doctor.split('\n')
    const listed = await succeeds(`${environment}\n${inventory}`)
    took('the first inventory')
    expect(listed).toMatch(/^\d+ accounts, \d+ of them in use/m)
    for (const file of ['agents.csv', 'agents.html'])
      expect(readFileSync(join(checkout, file), 'utf8').length).toBeGreaterThan(1_000)
  },
  10 * MINUTES,
)
