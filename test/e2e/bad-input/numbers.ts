/** Numbers that are too big, too small, or none. */
import { filtered, get, post, putBack, type BadInput } from './case.ts'

const LONG = '9'.repeat(400)

const PAGES: readonly string[] = [
  'startIndex=1e400',
  `startIndex=${LONG}`,
  `count=${LONG}`,
  'startIndex=-99999999999999999999',
  'count=99999999999999999999',
  'startIndex=9007199254740993',
  'startIndex=2147483648&count=2147483648',
  'count=NaN',
  'count=Infinity',
  'count=0x10',
  'count=1.5',
  'count=',
  'count=1%00',
  'count=1&count=2',
  'startIndex=%D9%A1',
]

export const NUMBER_CASES: readonly BadInput[] = [
  ...PAGES.map((query) => ({
    name: `paging by ${query.slice(0, 40)}`,
    request: get(`/Users?${query}`),
    statuses: [200, 400],
    why: 'RFC 7644 3.4.2.4: out of range is clamped; what is no integer may be refused; never an error of the database',
  })),
  ...['1e999', '-1e999', LONG, '1e-999', '-0'].map((number) => ({
    name: `userName as the number ${number.slice(0, 20)}`,
    request: post(`{"userName":${number}}`),
    statuses: [400],
    scimType: 'invalidValue',
    why: 'a number is no string, however big',
  })),
  ...['1e999', LONG].map((number) => ({
    name: `active as the number ${number.slice(0, 20)}`,
    request: post(`{"userName":"bad.input@acme.test","active":${number}}`),
    statuses: [400],
    scimType: 'invalidValue',
    why: 'a number is no boolean',
  })),
  {
    name: 'an unknown attribute that is a number out of range',
    request: putBack(`"x":1e999,"y":${LONG}`),
    statuses: [200, 400],
    why: 'an unknown attribute is ignored or refused',
  },
  {
    name: 'a filter that compares with a number out of range',
    request: filtered('userName eq 1e999'),
    statuses: [200, 400],
    noHits: true,
    why: 'no userName is a number',
  },
  {
    name: 'a filter that compares with a number of 400 digits',
    request: filtered(`userName gt ${LONG}`),
    statuses: [200, 400],
    noHits: true,
    why: 'no userName is a number',
  },
]
