/**
 * Reads a document that a person names on the command line.
 * Decides what is sent as text; must not look into it.
 */
import { readFile, stat } from 'node:fs/promises'
import { CommandError } from '../errors.ts'

const LARGEST_BYTES = 1_000_000

/** Text as it is; a certificate in its binary form (DER) as base64. */
export async function documentIn(file: string): Promise<string> {
  const bytes = await bytesOf(file)
  // DER begins with a sequence, which no text does.
  const text = bytes[0] === 0x30 && bytes.some((byte) => byte === 0) ? bytes.toString('base64') : bytes.toString('utf8')
  if (text.trim() !== '') return text
  throw new CommandError('usage', `${file} is empty.`)
}

async function bytesOf(file: string): Promise<Buffer> {
  try {
    const { size } = await stat(file)
    if (size > LARGEST_BYTES)
      throw new CommandError('usage', `${file} has ${size} bytes; at most ${LARGEST_BYTES} are read.`)
    return await readFile(file)
  } catch (error) {
    if (error instanceof CommandError) throw error
    const why =
      error instanceof Error && 'code' in error && error.code === 'ENOENT' ? 'there is no such file' : String(error)
    throw new CommandError('usage', `${file} cannot be read: ${why}.`, { cause: error })
  }
}
