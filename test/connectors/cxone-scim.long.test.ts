/** The cxone-scim connector keeps the contract, whatever native SCIM turns out to do where nothing is written down. */
import { afterAll, beforeAll, describe } from 'vitest'
import { openCxoneScimWorld, type CxoneScimOptions, type CxoneScimWorld } from './cxone-scim-world.ts'
import { expectConformance } from './expect-conformance.ts'

const switched = (name: string, value: string | number): readonly [string, CxoneScimOptions] => [
  `${name}: ${value}`,
  { switches: { [name]: value } },
]

const WAYS: readonly (readonly [string, CxoneScimOptions])[] = [
  switched('scimAddress', 'area'),
  switched('scimAddress', 'api'),
  switched('scimMediaType', 'unknown'),
  switched('scimErrorBody', 'spring'),
  switched('scimErrorBody', 'envelope'),
  switched('scimFilterCase', 'exact'),
  switched('scimOtherFilter', 'everybody'),
  switched('scimNothingFound', 'bare'),
  switched('scimNothingFound', 'notFound'),
  switched('scimExternalId', 'kept'),
  switched('scimExternalId', 'absent'),
  switched('scimCreateStatus', 200),
  switched('scimCreatedAs', 'pending'),
  switched('scimCreatedAs', 'active'),
  switched('scimDuplicate', 400),
  switched('scimReference', 'value'),
  switched('scimReference', 'display'),
  switched('scimUnknownReference', 'overlooked'),
  switched('scimTimeZoneName', 'lower'),
  switched('scimPutId', 'optional'),
  switched('scimPutMissing', 'keeps'),
  switched('scimPatchOp', 'honoured'),
  switched('scimPatchOp', 'refused'),
  switched('scimPatchValue', 'stringOnly'),
  switched('scimUnknownPath', 'refused'),
  switched('scimPatchAnswer', 'noContent'),
  switched('scimForbids', 400),
  switched('scimManaged', 'created'),
  switched('scimManaged', 'written'),
  switched('scimFindsDeactivated', 'no'),
  ['deactivated users can be changed', { switches: { putDeleted: 'accepted' }, settings: { updatesInactive: true } }],
  ['no PATCH', { settings: { patch: 'no' } }],
  ['PATCH with op', { settings: { patchOp: 'replace' } }],
]

describe.each(WAYS)('the cxone-scim connector, %s', (_way, options) => {
  let world: CxoneScimWorld
  beforeAll(async () => {
    world = await openCxoneScimWorld(options)
  })
  afterAll(() => world.close())
  expectConformance(() => world, { wants: 3 })
})
