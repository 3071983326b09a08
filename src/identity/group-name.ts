/**
 * When two display names of groups are the same name.
 * Decides the folded form used as a key; must not change how a name is shown.
 */
import { fold } from '../scim/text.ts'

/** Same name, same key: no regard to case, as providers compare when they look for a group (facts 2.4 #14, section 12). */
export const groupNameKey = (displayName: string): string => fold(displayName)
