/**
 * Functions that make something of a text.
 * Decides what each makes of it; must not know a policy or a person.
 */
import { charge } from './meter.ts'
import { fold, text, texts, type HelperFunction } from './values.ts'
import { WINDOWS_ZONES } from './windows-zones.ts'

/** What is dialled before a national number, by calling code, where that is not a 0. Nothing: the number keeps its 0. */
const TRUNKS: Readonly<Record<string, string>> = { 1: '1', 7: '8', 36: '06', 39: '', 378: '' }

/** E.164: a plus sign and at most 15 digits (ITU-T E.164 section 6). Empty where that cannot be made. */
function e164(given: string, callingCode: string): string {
  const code = callingCode.replace(/\D/g, '')
  const bare = given.replace(/\(0\)/g, '').replace(/[\s()./-]/g, '')
  const international = /^(?:\+|00)(\d+)$/.exec(bare)?.[1]
  const digits = international ?? (/^\d+$/.test(bare) && code !== '' ? `${code}${withoutTrunk(bare, code)}` : '')
  return /^[1-9]\d{6,14}$/.test(digits) ? `+${digits}` : ''
}

function withoutTrunk(number: string, code: string): string {
  const trunk = Object.hasOwn(TRUNKS, code) ? (TRUNKS[code] ?? '') : '0'
  return number.startsWith(trunk) ? number.slice(trunk.length) : number
}

/** An IANA zone as it is; the IANA zone of a Windows name; else empty. */
function timeZone(given: string): string {
  const trimmed = given.trim()
  const windows = WINDOWS_ZONES.get(fold(trimmed))
  if (windows !== undefined) return windows
  return /^(?:[A-Z][A-Za-z_]+(?:\/[A-Za-z0-9_+-]+){1,2}|UTC)$/.test(trimmed) ? trimmed : ''
}

const day = (given: string): string => /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?=$|T)/.exec(given)?.[0] ?? ''

const before = (whole: string, mark: string): string => {
  const at = mark === '' ? -1 : whole.indexOf(mark)
  return at === -1 ? whole : whole.slice(0, at)
}

const after = (whole: string, mark: string): string => {
  const at = mark === '' ? -1 : whole.indexOf(mark)
  return at === -1 ? '' : whole.slice(at + mark.length)
}

function pieces(whole: string, mark: string): string[] {
  const all = mark === '' ? [whole] : whole.split(mark)
  charge(all.length)
  return all.map((piece) => piece.trim()).filter((piece) => piece !== '')
}

export const TEXT_FUNCTIONS: readonly HelperFunction[] = [
  {
    name: 'lower',
    wants: ['text'],
    gives: 'text',
    does: 'The text in small letters.',
    example: ['lower("ACME")', 'acme'],
    run: (it) => text(it).toLowerCase(),
  },
  {
    name: 'upper',
    wants: ['text'],
    gives: 'text',
    does: 'The text in capital letters.',
    example: ['upper("de")', 'DE'],
    run: (it) => text(it).toUpperCase(),
  },
  {
    name: 'trim',
    wants: ['text'],
    gives: 'text',
    does: 'The text without blanks at its ends.',
    example: ['trim("  Sales ")', 'Sales'],
    run: (it) => text(it).trim(),
  },
  {
    name: 'replace',
    wants: ['text', 'what', 'with'],
    gives: 'text',
    does: 'The text with every `what` replaced.',
    example: ['replace("a.b.c", ".", "-")', 'a-b-c'],
    run: (it, what, by) => (text(what) === '' ? text(it) : text(it).replaceAll(text(what), () => text(by))),
  },
  {
    name: 'before',
    wants: ['text', 'mark'],
    gives: 'text',
    does: 'What stands before the first mark; the whole text if it has none.',
    example: ['before("ada@example.com", "@")', 'ada'],
    run: (it, mark) => before(text(it), text(mark)),
  },
  {
    name: 'after',
    wants: ['text', 'mark'],
    gives: 'text',
    does: 'What stands after the first mark; empty if there is none.',
    example: ['after("ada@example.com", "@")', 'example.com'],
    run: (it, mark) => after(text(it), text(mark)),
  },
  {
    name: 'split',
    wants: ['text', 'separator'],
    gives: 'list of texts',
    does: 'The pieces between separators, without blanks at their ends and without empty ones.',
    example: ['split("Billing; Sales;", ";")', ['Billing', 'Sales']],
    run: (it, mark) => pieces(text(it), text(mark)),
  },
  {
    name: 'join',
    wants: ['list', 'separator'],
    gives: 'text',
    does: 'The texts of a list as one, without empty ones.',
    example: ['join(["Ada", "", "Lovelace"], " ")', 'Ada Lovelace'],
    run: (it, mark) =>
      texts(it)
        .filter((piece) => piece !== '')
        .join(text(mark)),
  },
  {
    name: 'e164',
    wants: ['number', 'calling code'],
    gives: 'text',
    does: 'A telephone number as `+` and digits; a national one gets the calling code in the place of what is dialled before it at home. Empty where it is none.',
    example: ['e164("(089) 1234-567", "+49")', '+49891234567'],
    run: (it, code) => e164(text(it), text(code)),
  },
  {
    name: 'timeZone',
    wants: ['text'],
    gives: 'text',
    does: 'The IANA name of a time zone, also from its Windows name. Empty where it is neither.',
    example: ['timeZone("W. Europe Standard Time")', 'Europe/Berlin'],
    run: (it) => timeZone(text(it)),
  },
  {
    name: 'day',
    wants: ['text'],
    gives: 'text',
    does: 'The day of a date or an instant, as 2027-01-31. Empty where it is none.',
    example: ['day("2027-01-31T08:00:00Z")', '2027-01-31'],
    run: (it) => day(text(it)),
  },
  {
    name: 'number',
    wants: ['text'],
    gives: 'number',
    does: 'The number that a text is; 0 where it is none.',
    example: ['number("42") > 7', true],
    run: (it) => (/^-?\d{1,15}(?:\.\d{1,9})?$/.test(text(it)) ? Number(text(it)) : 0),
  },
]
