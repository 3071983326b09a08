/**
 * Connecting any other SCIM 2.0 client: the values every console asks for under some name.
 * Decides the words (facts section 10 to 12); must not know a product.
 */
import { ATTRIBUTES, NOT_MAPPED } from './attributes.ts'
import { before, watch } from './closing.ts'
import { list, steps, table, type Guide, type Part, type Place } from './shape.ts'

export const GENERIC = (place: Place): Guide => ({
  provider: 'generic',
  title: 'Connecting another SCIM 2.0 provider',
  intro: 'What a SCIM 2.0 client has to know of Rollcall, whatever its console calls it.',
  parts: [before(place, 'generic'), connect(place), ATTRIBUTE_TABLE, watch(place), PROMISES],
})

const connect = ({ base }: Place): Part => ({
  title: '1. Where it pushes',
  blocks: [
    steps({
      say: 'In the console of the provider:',
      fields: [
        ['SCIM base URL, tenant URL, endpoint', `\`${base}\``],
        ['Token, API key, secret', 'a token of the connection, sent as `Authorization: Bearer …`'],
        ['Version', 'SCIM 2.0'],
        ['Unique identifier, matching attribute', '`userName`'],
        ['Media type', '`application/scim+json`; `application/json` is taken too'],
        ['Deprovisioning', 'deactivate (`active: false`); a DELETE is taken too'],
      ],
    }),
  ],
})

const ATTRIBUTE_TABLE: Part = {
  title: '2. Attributes',
  blocks: [
    table(
      ['SCIM attribute', 'what Rollcall makes of it'],
      Object.entries(ATTRIBUTES).map(([name, use]) => [`\`${name}\``, use]),
    ),
    NOT_MAPPED,
  ],
}

const PROMISES: Part = {
  title: 'What a client may rely on',
  blocks: [
    list(
      '`GET /ServiceProviderConfig`, `/ResourceTypes` and `/Schemas` say what there is.',
      'A user name is compared without regard to case, and comes back as it was sent. A second one is answered 409.',
      'Deactivated users stay readable, with `active: false`, and keep their groups.',
      'Every error is SCIM JSON with `detail` in plain words.',
      '`profile: generic` forgives what does no harm. If the client turns out to speak like Okta, Entra or OneLogin, `rollcall connection watch` says so, and their profile forgives more.',
    ),
  ],
}
