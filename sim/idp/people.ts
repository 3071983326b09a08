/**
 * Who works at the company whose identity provider is played. Decides names, logins and jobs from a seed;
 * knows nothing of SCIM or of any provider.
 */
import { CULTURES, DEPARTMENTS, TITLES, type Culture } from './names.ts'
import { seededRandom, type Random } from './random.ts'

/** One employee as the company's directory describes them. */
export interface Person {
  /** 17 letters and digits, never changes; a provider builds its own id from it. */
  readonly key: string
  readonly userName: string
  readonly givenName: string
  readonly familyName: string
  readonly displayName: string
  readonly email: string
  readonly locale: string
  readonly title?: string
  readonly department?: string
  readonly mobilePhone?: string
  /** ISO 3166, two letters. Only Okta sends it; nobody has one unless a story gives it. */
  readonly country?: string
}

/** Changes to a person in the company's directory. `userName` is a rename. */
export type ProfileChanges = Partial<Omit<Person, 'key'>>

export interface PeopleOptions {
  readonly count: number
  readonly seed: number
  /** The domain of logins and mail addresses; default `acme.test`. */
  readonly domain?: string
}

/**
 * `count` people, always the same for one seed: a longer list begins with the shorter one.
 * Logins are unique without regard to case; names are in the script of their locale.
 */
export function people({ count, seed, domain = 'acme.test' }: PeopleOptions): Person[] {
  const random = seededRandom(seed)
  const taken = new Set<string>()
  return Array.from({ length: count }, () => person(random, domain, taken))
}

function person(random: Random, domain: string, taken: Set<string>): Person {
  const culture = random.pick(CULTURES)
  const given = spelling(random.pick(culture.given))
  const family = spelling(random.pick(culture.family))
  const login = freeLogin(`${given.latin}.${family.latin}`, taken)
  return {
    key: random.token(17),
    userName: `${login}@${domain}`,
    givenName: given.native,
    familyName: family.native,
    displayName: fullName(culture, given.native, family.native),
    email: `${login}@${domain}`,
    locale: culture.locale,
    title: random.pick(TITLES),
    department: random.pick(DEPARTMENTS),
    ...(random.below(3) === 0 ? {} : { mobilePhone: `${culture.phonePrefix} ${1_000_000 + random.below(9_000_000)}` }),
  }
}

/** A person's whole name in the order of their culture. */
function fullName(culture: Culture, given: string, family: string): string {
  return culture.familyFirst ? `${family} ${given}` : `${given} ${family}`
}

function spelling(entry: string): { native: string; latin: string } {
  const [native = entry, latin = loginForm(entry)] = entry.split('/')
  return { native, latin }
}

/** Letters that Unicode does not take apart, as logins usually spell them. */
const PLAIN: Readonly<Record<string, string>> = { ß: 'ss', œ: 'oe', ł: 'l', đ: 'd', ı: 'i' }

/** A Latin name as a login: lower case, no accents, blanks gone. Apostrophes and hyphens stay: they are legal there. */
function loginForm(name: string): string {
  return name
    .toLowerCase()
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[ßœłđı]/gu, (letter) => PLAIN[letter] ?? letter)
    .replace(/\s/gu, '')
}

function freeLogin(wish: string, taken: Set<string>): string {
  let login = wish
  for (let next = 2; taken.has(login); next += 1) login = `${wish}${next}`
  taken.add(login)
  return login
}
