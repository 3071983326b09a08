/** Finding out how a tenant wants a write to be worded. */
import { describe, expect, it } from 'vitest'
import type { PutForm } from './map.ts'
import { refused } from './refusal.ts'
import { openWording, type Wording } from './wording.ts'

const entry = { id: 'r-1', name: 'Agent', active: true }
const no = (message: string, status = 400) =>
  refused({ status, headers: {}, text: JSON.stringify({ message }) }, 'PUT /x', new Date(0))

/** A tenant that takes a form or says why not, and the forms it was given. */
function tenant(judge: (form: PutForm) => string | undefined) {
  const given: PutForm[] = []
  const send = async (form: PutForm): Promise<string> => {
    given.push(form)
    const complaint = judge(form)
    if (complaint !== undefined) throw no(complaint)
    return 'done'
  }
  return { given, write: (wording: Wording) => wording.speak(wording.roleForms(entry), send) }
}

describe('the wording of a write', () => {
  it('is found once and remembered', async () => {
    const strict = tenant((form) =>
      form.role !== 'Agent'
        ? 'no such role'
        : form.extras
          ? 'unknown property displayName'
          : form.blanks
            ? undefined
            : 'emailToBeVerified is required',
    )
    const wording = openWording()
    expect(await strict.write(wording)).toBe('done')
    expect(strict.given.length).toBeLessThanOrEqual(4)
    expect(await strict.write(wording)).toBe('done')
    expect(strict.given.at(-1)).toEqual({ role: 'Agent', extras: false, blanks: true })
    expect(strict.given.at(-2)).toEqual(strict.given.at(-1))
  })

  it('is found also where the tenant does not say what it dislikes', async () => {
    const mute = tenant((form) => (form.role === 'Agent' && form.blanks ? undefined : 'Invalid request'))
    expect(await mute.write(openWording())).toBe('done')
  })

  it('is not tried otherwise when another field is at fault', async () => {
    const picky = tenant(() => 'timeZone is not one we know')
    await expect(picky.write(openWording())).rejects.toThrow('timeZone is not one we know')
    expect(picky.given).toHaveLength(1)
  })

  it('ends in the refusal when nothing is left to try, and remembers nothing of it', async () => {
    const never = tenant(() => 'Invalid request')
    const wording = openWording()
    await expect(never.write(wording)).rejects.toThrow('Invalid request')
    expect(never.given.length).toBeLessThanOrEqual(4)
    expect(wording.roleForms(entry).map(({ as }) => as)).toEqual(['id', 'name'])
  })

  it('is not tried again after anything but a refusal of what was asked', async () => {
    let calls = 0
    const wording = openWording()
    const write = wording.speak(wording.roleForms(entry), async () => {
      calls += 1
      throw no('slow down', 429)
    })
    await expect(write).rejects.toThrow('slow down')
    expect(calls).toBe(1)
  })

  it('sends a role that is not to change as it came, first', () => {
    expect(
      openWording()
        .roleForms(entry, 'agent')
        .map(({ value }) => value),
    ).toEqual(['agent', 'r-1', 'Agent'])
    expect(
      openWording()
        .roleForms(entry, 'r-1')
        .map(({ value }) => value),
    ).toEqual(['r-1', 'Agent'])
  })
})
