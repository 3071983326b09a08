/**
 * How sign-in says no: 401 with a challenge, or 429 with when to come again.
 * Decides words and headers; must not repeat anything of what was sent.
 */
import { ScimError } from '../../scim/errors.ts'

/** A refusal with headers of its own; on the SCIM address it has the form of any other error. */
export class SignInRefused extends ScimError {
  readonly headers: Readonly<Record<string, string>>
  constructor(status: 401 | 429, detail: string, headers: Readonly<Record<string, string>>) {
    super(status, detail)
    this.headers = headers
  }
}

const BEARER = 'Bearer realm="rollcall"'
/** Whoever tries Basic hears of the better way too. */
const BASIC = `Basic realm="rollcall", charset="UTF-8", ${BEARER}`

/** There was nothing to sign in with: no error code then (RFC 6750 section 3.1). */
export const nothingSent = (): SignInRefused =>
  new SignInRefused(401, 'There is no token. Send the header "Authorization: Bearer <token of the connection>".', {
    'www-authenticate': BEARER,
  })

/** `error_description` is for programmers and may hold neither quotes nor backslashes (RFC 6750 section 3). */
const invalidToken = (detail: string): SignInRefused =>
  new SignInRefused(401, detail, {
    'www-authenticate': `${BEARER}, error="invalid_token", error_description="${detail.replaceAll(/["\\]/g, '')}"`,
  })

export const malformed = (): SignInRefused => invalidToken('The Authorization header does not hold one bearer token.')
export const unknownToken = (): SignInRefused =>
  invalidToken('This token is not known here, or was revoked. Use one of the tokens of the connection.')
export const expiredToken = (): SignInRefused =>
  invalidToken('This token has expired. Use one of the tokens of the connection, or fetch a new access token.')

export const malformedBasic = (): SignInRefused =>
  new SignInRefused(401, 'The Authorization header does not hold a user name and a password in base64.', {
    'www-authenticate': BASIC,
  })
export const wrongPassword = (): SignInRefused =>
  new SignInRefused(401, 'The user name or the password is not right, or the password was revoked.', {
    'www-authenticate': BASIC,
  })

/** Whole seconds: Okta reads a date as five minutes (facts 1.5). */
const comeAgain = (detail: string, seconds: number): SignInRefused =>
  new SignInRefused(429, detail, { 'retry-after': String(seconds) })

export const tooManyFailures = (seconds: number): SignInRefused =>
  comeAgain(
    'Too many sign-ins from this address have failed. Check the token or password, and try again later.',
    seconds,
  )
export const tooManyChecks = (): SignInRefused =>
  comeAgain('Too many passwords are being checked just now. Try again.', 1)
export const tooFast = (seconds: number, perSecond: number): SignInRefused =>
  comeAgain(`This connection takes at most ${perSecond} requests a second. Try again in ${seconds} s.`, seconds)
export const tooManyAtOnce = (most: number): SignInRefused =>
  comeAgain(`This connection has ${most} requests under way, which is as many as it may. Try again.`, 1)
