// Decides which behaviours of native SCIM are played which way: almost all of it, since the facts know its model and
// nothing of its manners (facts 3, 10). Holds rows of the table in ../switches.ts; the behaviours live beside it.
import { choice, type SwitchRow } from '../switch-row.ts'

export const SCIM_SWITCHES = {
  // whether and where
  nativeScim: choice(
    '3.4',
    'A tenant that has native SCIM, or lacks it: no such path, forbidden, or a page of HTML with 200.',
    'answers',
    'notFound',
    'forbidden',
    'html',
  ),
  scimAddress: choice(
    '3.1',
    'Native SCIM answers at the host that signs in and below api_endpoint, or at one of the two.',
    'both',
    'area',
    'api',
  ),
  scimBasic: choice('3.1', 'Basic credentials are the access key pair, or none are right.', 'accessKey', 'refused'),
  scimBackendApp: choice('3.3', 'Tokens of a registered back-end application.', 'accepted', 'refused'),
  scimMediaType: choice(
    '3, 5',
    'application/scim+json is as good as application/json, or unknown.',
    'known',
    'unknown',
  ),
  scimErrorBody: choice(
    '3.4',
    'Error bodies of native SCIM: as in RFC 7644, like 401 of UserHub, or like 400 of UserHub.',
    'scim',
    'spring',
    'envelope',
  ),

  // looking
  scimFilterCase: choice('3.4', 'The value of userName eq, whatever its case or exactly.', 'insensitive', 'exact'),
  scimOtherFilter: choice(
    '3.4, 10',
    'A filter on anything else: refused, finds nobody, or is overlooked so that everybody comes.',
    'refused',
    'nobody',
    'everybody',
  ),
  scimNothingFound: choice(
    '3.4',
    'A search that finds nobody: an empty list, a list without Resources, or 404.',
    'empty',
    'bare',
    'notFound',
  ),
  scimFindsDeactivated: choice('3.4', 'A search by user name finds deactivated users.', 'yes', 'no'),
  scimReadsDeactivated: choice('3.4', 'Reading a deactivated user by id.', 'found', 'notFound'),
  scimActive: choice(
    '3.2, 4.1',
    'active is true unless the user is deactivated, or only while the status is ACTIVE.',
    'unlessDeactivated',
    'onlyActive',
  ),
  scimExternalId: choice(
    '3.2',
    'externalId: shows the federated identity and cannot be written, is kept as sent, or never comes back.',
    'federated',
    'kept',
    'absent',
  ),

  // creating
  scimCreateStatus: choice('3.4', 'Status of a successful create.', 201, 200),
  scimCreatedAs: choice(
    '3.3, 9.5',
    'A user created through SCIM is not invited, is invited at once, or is active at once.',
    'unregistered',
    'pending',
    'active',
  ),
  scimCreateInactive: choice(
    '3.2',
    'A create with active false makes a deactivated user, is made active, or is refused.',
    'deactivated',
    'active',
    'refused',
  ),
  scimDuplicate: choice('9.7', 'Status when a userName is taken.', 409, 400),
  scimReference: choice(
    '3.2',
    'A role, team or authenticator is named by value or display, by value only, or by display only.',
    'either',
    'value',
    'display',
  ),
  scimUnknownReference: choice(
    '3.2',
    'A role, team or authenticator that is not there is refused, or overlooked.',
    'refused',
    'overlooked',
  ),
  scimTimeZoneName: choice('3.2', 'Requests may say timezone or timeZone, or timezone only.', 'both', 'lower'),

  // changing
  scimPutId: choice('3.2', 'A PUT needs the id in its body, or not.', 'needed', 'optional'),
  scimPutMissing: choice('3.2, 9.10', 'Optional attributes that a PUT leaves out.', 'clears', 'keeps'),
  scimPatchOp: choice(
    '3.4, 10',
    'op of a PATCH: overlooked so that all replace, honoured, or refused.',
    'overlooked',
    'honoured',
    'refused',
  ),
  scimPatchPath: choice(
    '3.4',
    'A PATCH operation without path is refused, or its value is merged.',
    'needed',
    'optional',
  ),
  scimPatchValue: choice('3.4', 'A PATCH value may be anything, or must be a string.', 'any', 'stringOnly'),
  scimUnknownPath: choice(
    '3.4',
    'A PATCH path that names no attribute is overlooked, or refused.',
    'overlooked',
    'refused',
  ),
  scimPatchAnswer: choice('3.4', 'A PATCH answers with the user, or with 204.', 'user', 'noContent'),
  scimDelete: choice('3.1', 'Status of DELETE, which there is not.', 404, 405),
  scimForbids: choice('3.3, 10', 'Status of what Account Settings do not allow.', 403, 400),
  scimManaged: choice(
    '3.3',
    'Users whose status only SCIM changes: none for the API, those it created, or every one it has written.',
    'none',
    'created',
    'written',
  ),
} as const satisfies Record<string, SwitchRow>
