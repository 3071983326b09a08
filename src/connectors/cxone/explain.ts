/**
 * What a refused write of a user was about: whose name it is, or that it was the role, the team, the limit or the time.
 * Decides the contract's term for it; must not write.
 */
import type { AccountAttributes } from '../../identity/account.ts'
import { ConnectorError } from '../contract.ts'
import type { Ask } from './client.ts'
import { nameTaken } from './complaints.ts'
import type { Parts } from './parts.ts'
import { CxoneRefused, isRefusedAsAsked } from './refusal.ts'
import type { User } from './schema.ts'

export interface Trouble {
  readonly error: unknown
  readonly want: AccountAttributes
  /** The user that was to be changed; nothing for a create. */
  readonly user?: User
}

const SPEAKS_OF_DUPLICATE =
  /already (exist|taken|in use|used|registered|assigned)|duplicate|not unique|must be unique|is taken|in use\b/i

/** The words are a guess; no source has them (section 7). */
const SPEAKS_OF_LIMIT =
  /(user|employee|account|licen[cs]e)s?[\s_-]*limit|limit[\s_-]*(was |is |has been )?(reach|exceed)|maximum (number )?of (users|employees|accounts)/i

/** CXone has said that there are as many as there may be, with whatever status. */
export const isAboutLimit = (error: unknown): error is CxoneRefused =>
  error instanceof CxoneRefused && error.refusal.code !== 'throttled' && SPEAKS_OF_LIMIT.test(error.said)

export const atLimit = (error: CxoneRefused): ConnectorError =>
  new ConnectorError({ code: 'ceiling-reached', retry: 'later', detail: error.refusal.detail })

export async function explained({ directory }: Parts, ask: Ask, { error, want, user }: Trouble): Promise<unknown> {
  if (!isRefusedAsAsked(error)) return error
  const { refusal, said } = error
  if (want.userName != null) {
    const holder = await directory.byName(ask, want.userName)
    if (holder !== undefined && holder.id !== user?.id) return nameTaken(holder)
    // Taken, says CXone, by somebody it does not show.
    if (SPEAKS_OF_DUPLICATE.test(said)) return new ConnectorError({ ...refusal, code: 'name-taken' })
    // A name cannot be changed before its person has been active (section 7); that passes.
    if (user?.status === 'PENDING' || user?.status === 'UNREGISTERED') {
      const detail = `${refusal.detail} CXone renames nobody who has not been active yet; it is tried again later.`
      return new ConnectorError({ ...refusal, retry: 'later', detail })
    }
  }
  // Team and name are not changed while somebody works with the account (section 7).
  if ((want.team != null || want.userName != null) && SPEAKS_OF_SESSION.test(said)) {
    return new ConnectorError({ ...refusal, retry: 'soon' })
  }
  if (want.role != null && /role/i.test(said)) {
    return new ConnectorError({ ...refusal, code: 'unknown-role', retry: 'later', about: want.role })
  }
  if (want.team != null && /team/i.test(said)) {
    return new ConnectorError({ ...refusal, code: 'unknown-team', retry: 'later', about: want.team })
  }
  return error
}

const SPEAKS_OF_SESSION = /logged.?(in|on)|signed.?(in|on)|session/i
