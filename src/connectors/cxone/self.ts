/**
 * Which user the connector itself signs in as (facts, sections 2.5, 2.6 and 4.8).
 * Decides what is believed about it; must not change anything.
 */
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import type { Directory } from './directory.ts'
import { isNotThere } from './refusal.ts'
import { accessKey } from './schema.ts'
import type { Sessions } from './session.ts'

/**
 * The token's subject, if a user of that id is there; else the owner of the access key, where its role may see keys. Found
 * once, it holds for as long as the connection is open.
 */
export function openSelf(
  sessions: Sessions,
  directory: Directory,
  { accessKeyId }: { readonly accessKeyId: string },
): (ask: Ask) => Promise<string | undefined> {
  let found: string | undefined
  return async (ask) => {
    found ??= (await bySubject(sessions, directory, ask)) ?? (await byKey(accessKeyId, ask))
    return found
  }
}

async function bySubject(sessions: Sessions, directory: Directory, ask: Ask): Promise<string | undefined> {
  const { subject } = await sessions.current()
  const shown = subject !== undefined && (await unlessNoUse(directory.shows(ask, subject)))
  return shown === true ? subject : undefined
}

async function byKey(accessKeyId: string, ask: Ask): Promise<string | undefined> {
  const path = `/access-key-management/v1/access-keys/${encodeURIComponent(accessKeyId)}`
  return unlessNoUse(ask({ method: 'GET', path }, accessKey))
}

/** Nothing where CXone answers, but not with what was asked for: not to know it must not stand in anybody's way. */
async function unlessNoUse<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer
  } catch (error) {
    const { code } = error instanceof ConnectorError ? error.refusal : { code: '' }
    if (isNotThere(error) || code === 'right-missing' || code === 'answer-unexpected') return undefined
    throw error
  }
}
