/**
 * Secrets at rest.
 * Decides the envelope (AES-256-GCM, key id, bound to the place it is kept in) and where the key comes from; must not
 * know what a secret opens.
 */
import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { link, mkdir, open, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'

const KEY_BYTES = 32
const KEY_FILE = 'rollcall.key'

export class KeyError extends Error {
  override readonly name = 'KeyError'
}

/** Where a secret is kept; an envelope moved to another place does not open. */
export interface Place {
  readonly table: string
  readonly row: string
  readonly column: string
}

export interface SecretBox {
  /** `v1.<key id>.<iv>.<tag>.<ciphertext>`, base64url. */
  encrypt(text: string, place: Place): string
  /** Throws {@link KeyError} for another key, another place or an altered envelope. */
  decrypt(envelope: string, place: Place): string
}

export function secretBox(key: Buffer): SecretBox {
  const keyId = createHash('sha256').update('rollcall key id').update(key).digest('base64url').slice(0, 8)
  return {
    encrypt: (text, place) => {
      const iv = randomBytes(12)
      const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(aad(place))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return ['v1', keyId, ...[iv, cipher.getAuthTag(), sealed].map((part) => part.toString('base64url'))].join('.')
    },
    decrypt: (envelope, place) => {
      const [version, id, ...parts] = envelope.split('.')
      const [iv, tag, sealed] = parts.map((part) => Buffer.from(part, 'base64url'))
      if (version !== 'v1' || iv === undefined || tag === undefined || sealed === undefined)
        throw new KeyError('This is no sealed secret.')
      if (id !== keyId)
        throw new KeyError(
          `A stored secret was sealed with another key (${id}; this is ${keyId}). Start with the ROLLCALL_KEY or key file it was made with.`,
        )
      try {
        const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: 16 })
          .setAAD(aad(place))
          .setAuthTag(tag)
        return Buffer.concat([decipher.update(sealed), decipher.final()]).toString('utf8')
      } catch (cause) {
        throw new KeyError('A stored secret was altered or moved; it does not open.', { cause })
      }
    },
  }
}

const aad = ({ table, row, column }: Place): Buffer => Buffer.from(`${table}/${row}/${column}`)

/**
 * The key of the data directory; made on the first start, readable by its owner only. Written under another name and then
 * linked, so that nobody ever reads half a key: neither a second start at the same moment nor one after a crash.
 */
export async function readOrMakeKey(dataDir: string): Promise<Buffer> {
  const path = join(dataDir, KEY_FILE)
  await mkdir(dataDir, { recursive: true })
  if (!existsSync(path)) await makeKey(path)
  const key = Buffer.from((await readFile(path, 'utf8')).trim(), 'base64')
  if (key.length !== KEY_BYTES)
    throw new KeyError(
      `${path} does not hold a key of 32 bytes in base64. Restore it from a backup: secrets sealed with it do not open without it.`,
    )
  return key
}

async function makeKey(path: string): Promise<void> {
  const draft = `${path}.${randomBytes(6).toString('hex')}`
  const file = await open(draft, 'wx', 0o600)
  try {
    await file.writeFile(`${randomBytes(KEY_BYTES).toString('base64')}\n`)
    await file.sync()
    await link(draft, path)
  } catch (error) {
    // Somebody else was faster: theirs is the key.
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error
  } finally {
    await file.close()
    await unlink(draft)
  }
}
