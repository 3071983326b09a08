/**
 * Private keys and tokens that somebody left in the tree.
 * Decides only what is obvious by its form; must not be mistaken for a scan of the history.
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { filesBelow, read } from './tree.ts'
import { verdict, type Verdict } from './verdict.ts'

const BIGGEST = 1_000_000

/** The forms are those their issuers publish, so that scanners can find them. */
const FORMS: readonly { readonly what: string; readonly form: RegExp }[] = [
  { what: 'a private key', form: /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----\s*[A-Za-z0-9+/=]{20}/ },
  { what: 'an AWS access key', form: /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/ },
  { what: 'a GitHub token', form: /\b(?:gh[pousr]_[A-Za-z0-9]{36}|github_pat_[A-Za-z0-9_]{50,})/ },
  { what: 'an npm token', form: /\bnpm_[A-Za-z0-9]{36}\b/ },
  { what: 'a Slack token', form: /\bxox[abprs]-[A-Za-z0-9-]{20,}/ },
  { what: 'a signed JSON web token', form: /\beyJ[A-Za-z0-9_-]{20,}\.eyJ[A-Za-z0-9_-]{20,}\.[A-Za-z0-9_-]{40,}/ },
]

export const checkSecrets = (root: string): Verdict => {
  const findings: string[] = []
  for (const path of filesBelow(root)) {
    if (statSync(join(root, path)).size > BIGGEST) continue
    const text = read(root, path)
    for (const { what, form } of FORMS) {
      const found = form.exec(text)
      if (found === null) continue
      const line = text.slice(0, found.index).split('\n').length
      findings.push(`${path}:${line}: looks like ${what}; make it at run time, or pass it in by environment or file`)
    }
  }
  return verdict(findings)
}
