/**
 * When two user names are the same name.
 * Decides the folded form used as a key; must not change how a name is shown.
 */
import { fold } from '../scim/text.ts'

/** Same name, same key: canonical composition and no regard to case (RFC 7643 section 4.1.1: userName is caseExact false). */
export const userNameKey = (userName: string): string => fold(userName)
