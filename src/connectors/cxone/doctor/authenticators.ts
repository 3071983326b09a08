/**
 * Login authenticators that are in use, against the names that the app's entry gives them (facts, sections 4.2 and 8.1).
 * Decides which have none; CXone lists them to nobody, so there may be more.
 */
import type { Finding } from '../../doctor.ts'
import type { CxoneConfig } from '../config.ts'
import { cannotTell, isNot, isWell } from './findings.ts'

export function authenticators(named: CxoneConfig['authenticators'], used: readonly string[]): Finding {
  const seen = [...new Set(used)].toSorted()
  if (seen.length === 0) return cannotTell('authenticators', 'No login authenticator showed anywhere.')
  const nameless = seen.filter((id) => !named.some((one) => one.id.toLowerCase() === id.toLowerCase()))
  if (nameless.length === 0)
    return isWell('authenticators', `Each of the ${seen.length} login authenticators that are in use has a name here.`)
  const found = `Without a name here: ${nameless.slice(0, 10).join(', ')}${nameless.length > 10 ? ' and more' : ''}.`
  return isNot('authenticators', 'missing', { found })
}
