/**
 * What NICE's native SCIM gives, what it does not, and what Rollcall covers of either.
 * Decides nothing: facts as rows, each with its source. Must be changed with the product: `rollcall` says what this
 * version does.
 */

export interface Capability {
  readonly what: string
  /** `disputed`: sources differ, see `detail`. `setting`: only after an administrator turns it on. */
  readonly native: 'yes' | 'no' | 'setting' | 'disputed'
  /** `later`: planned, not in this version. */
  readonly rollcall: 'yes' | 'later'
  /** One sentence on the native side. */
  readonly detail: string
  readonly source: string
}

/** Source: facts/cxone.md section 3, facts/cxone-lifecycle.md A2, facts/plans.md. */
export const CAPABILITIES: readonly Capability[] = [
  {
    what: 'create, update, deactivate people',
    native: 'yes',
    rollcall: 'yes',
    detail: 'Create, replace, patch and deactivate; there is no DELETE, since CXone keeps every account.',
    source: "NICE's published API description",
  },
  {
    what: 'team and role of a new agent',
    native: 'setting',
    rollcall: 'yes',
    detail: 'Ignored until turned on in Account Settings; until then everybody becomes "Agent".',
    source: "NICE's own help",
  },
  {
    what: 'say what failed, and what would mend it',
    native: 'no',
    rollcall: 'yes',
    detail: 'A failure is a flag in the provider, no more.',
    source: "NICE's own help",
  },
  {
    what: 'one address for all business units',
    native: 'no',
    rollcall: 'yes',
    detail: 'Each region has a SCIM address of its own.',
    source: "the guide's list of limits",
  },
  {
    what: 'groups',
    native: 'disputed',
    rollcall: 'later',
    detail: 'The guide lists groups; the published API description has no Groups resource.',
    source: "the guide against NICE's published API description",
  },
  {
    what: 'skills, secondary roles, licence checkboxes',
    native: 'no',
    rollcall: 'later',
    detail: 'No attribute of the native schema carries them.',
    source: "NICE's published API description",
  },
  {
    what: 'find orphans and changes made by hand',
    native: 'no',
    rollcall: 'later',
    detail: 'One way, from provider to CXone; a filter by user name is required, so accounts cannot be listed.',
    source: "NICE's own help and published API description",
  },
  {
    what: 'access reviews, unused licences',
    native: 'no',
    rollcall: 'later',
    detail: 'Not part of SCIM.',
    source: 'RFC 7644',
  },
]

/** What comes with the native way whatever it gives. Source: facts/plans.md, the page's list of limits; its errors are in findings.ts. */
export const NATIVE_LIMITS: readonly string[] = [
  'SCIM addresses are regional.',
  'Single sign-on comes first, and only from the service provider (CXone) side.',
  'NICE support configures SAML.',
  'SCIM signs in with OAuth 2 client credentials.',
  'Every provisioned user needs the Agent role.',
]

/** What Rollcall itself needs and costs: no advice is honest without it. Source: facts/cxone.md sections 2.6 and 10. */
export const ROLLCALL_NEEDS: readonly string[] = [
  'A CXone contract that includes API access. NICE does not publish which do; one third party names "Enterprise+", nobody confirms it. Ask before you decide.',
  'One small server that you run, and somebody who looks after it. There is no licence fee (Apache-2.0).',
]
