/**
 * The identity providers: what each calls the settings of a SAML application, and where they stand.
 * Decides words only; must not know a tenant.
 */

export const PROVIDERS = ['okta', 'entra', 'google', 'onelogin'] as const
export type Provider = (typeof PROVIDERS)[number]

export interface ProviderWords {
  readonly name: string
  /** How to get to the application's settings. */
  readonly where: string
  /** What the provider calls each value. */
  readonly fields: {
    readonly acs: string
    readonly entityId: string
    readonly nameId: string
    readonly signOnUrl: string
  }
  /** Response signed, assertion neither signed nor encrypted, SHA-256: settings in the order in which they are made. */
  readonly signing: readonly (readonly [setting: string, value: string])[]
  /** What CXone wants to have, and where it is shown. */
  readonly gives: {
    readonly issuer: string
    readonly endpoint: string
    readonly certificate: string
    readonly metadata: string
  }
  /** How the tile comes to start at CXone. */
  readonly tile: string
  /** What an entity id of this provider begins with. */
  readonly entityIds: readonly RegExp[]
  readonly oidc: { readonly where: string; readonly discovery: string }
  /** One sentence each, for what can be wrong there. */
  readonly fixes: Readonly<Record<Fix, string>>
}

export type Fix = 'sign' | 'encryption' | 'audience' | 'acs' | 'nameId' | 'algorithm' | 'certificate' | 'tile' | 'users'

export const PROVIDER_WORDS: Readonly<Record<Provider, ProviderWords>> = {
  okta: {
    name: 'Okta',
    where: 'Applications > Applications > (the CXone application) > General > SAML Settings > Edit > Configure SAML',
    fields: {
      acs: 'Single sign-on URL (tick "Use this for Recipient URL and Destination URL")',
      entityId: 'Audience URI (SP Entity ID)',
      nameId: 'Application username, with Name ID format',
      signOnUrl: 'Default RelayState: leave it empty',
    },
    signing: [
      ['Show Advanced Settings > Response', 'Signed'],
      ['Show Advanced Settings > Assertion Signature', 'Unsigned'],
      ['Show Advanced Settings > Signature Algorithm', 'RSA-SHA256'],
      ['Show Advanced Settings > Digest Algorithm', 'SHA256'],
      ['Show Advanced Settings > Assertion Encryption', 'Unencrypted'],
    ],
    gives: {
      issuer: 'Sign On > View SAML setup instructions > Identity Provider Issuer',
      endpoint: 'Sign On > View SAML setup instructions > Identity Provider Single Sign-On URL',
      certificate: 'Sign On > SAML Signing Certificates > (the active one) > Actions > Download certificate',
      metadata: 'Sign On > Metadata details > Metadata URL',
    },
    tile: 'General > App Settings: tick "Do not display application icon to users"; then add the application "Bookmark App" with the launch link as URL, and assign it to the same people.',
    entityIds: [/^https?:\/\/www\.okta\.com\//, /^https:\/\/[^/]+\.okta(?:preview|-emea|-gov)?\.com\//],
    oidc: {
      where: 'Applications > Create App Integration > OIDC - OpenID Connect > Web Application',
      discovery: 'https://YOUR-ORG.okta.com/.well-known/openid-configuration',
    },
    fixes: {
      sign: 'In Okta: General > SAML Settings > Edit > Show Advanced Settings: set Response to Signed and Assertion Signature to Unsigned.',
      encryption:
        'In Okta: General > SAML Settings > Edit > Show Advanced Settings: set Assertion Encryption to Unencrypted.',
      audience: 'In Okta: General > SAML Settings > Edit: put the entity id of CXone into Audience URI (SP Entity ID).',
      acs: 'In Okta: General > SAML Settings > Edit: put the assertion URL of CXone, with its tenantId, into Single sign-on URL, and tick "Use this for Recipient URL and Destination URL".',
      nameId:
        'In Okta: General > SAML Settings > Edit: choose as Application username what stands in CXone as federated identity; or change the federated identity there.',
      algorithm:
        'In Okta: General > SAML Settings > Edit > Show Advanced Settings: set Signature Algorithm to RSA-SHA256 and Digest Algorithm to SHA256.',
      certificate:
        'In Okta: Sign On > SAML Signing Certificates: download the active one, upload it to the login authenticator in CXone, and give it here with --certificate.',
      tile: 'In Okta: hide the icon of this application and give people a Bookmark App with the launch link.',
      users: 'In Okta: Assignments of the application; the Application username of each is what is sent.',
    },
  },
  entra: {
    name: 'Microsoft Entra ID',
    where: 'Entra admin center > Enterprise applications > (the CXone application) > Single sign-on > SAML',
    fields: {
      acs: 'Basic SAML Configuration > Reply URL (Assertion Consumer Service URL)',
      entityId: 'Basic SAML Configuration > Identifier (Entity ID)',
      nameId: 'Attributes & Claims > Unique User Identifier (Name ID)',
      signOnUrl: 'Basic SAML Configuration > Sign on URL: the launch link',
    },
    signing: [
      ['SAML Certificates > Token signing certificate > Edit > Signing Option', 'Sign SAML response'],
      ['SAML Certificates > Token signing certificate > Edit > Signing Algorithm', 'SHA-256'],
      ['Security > Token encryption', 'no certificate'],
    ],
    gives: {
      issuer: 'Set up (the application) > Microsoft Entra Identifier',
      endpoint: 'Set up (the application) > Login URL',
      certificate: 'SAML Certificates > Token signing certificate > Certificate (Base64) > Download',
      metadata: 'SAML Certificates > App Federation Metadata Url',
    },
    tile: 'Basic SAML Configuration > Sign on URL: put the launch link there; the tile in My Apps then opens it.',
    entityIds: [
      /^https:\/\/sts\.windows\.net\//,
      /^https:\/\/sts\.chinacloudapi\.cn\//,
      /^https:\/\/login\.microsoftonline\.(?:com|us)\//,
    ],
    oidc: {
      where: 'Entra admin center > App registrations > New registration',
      discovery: 'https://login.microsoftonline.com/YOUR-TENANT-ID/v2.0/.well-known/openid-configuration',
    },
    fixes: {
      sign: 'In Entra: Single sign-on > SAML Certificates > Token signing certificate > Edit: set Signing Option to "Sign SAML response" (the default signs the assertion).',
      encryption: 'In Entra: Security > Token encryption of the application: deactivate the certificate.',
      audience:
        'In Entra: Single sign-on > Basic SAML Configuration: put the entity id of CXone into Identifier (Entity ID), as the default one.',
      acs: 'In Entra: Single sign-on > Basic SAML Configuration: put the assertion URL of CXone, with its tenantId, into Reply URL, as the default one.',
      nameId:
        'In Entra: Single sign-on > Attributes & Claims > Unique User Identifier: choose as source attribute what stands in CXone as federated identity; or change the federated identity there.',
      algorithm:
        'In Entra: Single sign-on > SAML Certificates > Token signing certificate > Edit: set Signing Algorithm to SHA-256.',
      certificate:
        'In Entra: Single sign-on > SAML Certificates: download Certificate (Base64) of the active one, upload it to the login authenticator in CXone, and give it here with --certificate.',
      tile: 'In Entra: Single sign-on > Basic SAML Configuration: put the launch link into Sign on URL.',
      users: 'In Entra: Users and groups of the application, and the source attribute of Unique User Identifier.',
    },
  },
  google: {
    name: 'Google Workspace',
    where:
      'Admin console > Apps > Web and mobile apps > Add app > Add custom SAML app (later: the application > Service provider details)',
    fields: {
      acs: 'ACS URL',
      entityId: 'Entity ID',
      nameId: 'Name ID, with Name ID format',
      signOnUrl: 'Start URL: leave it empty',
    },
    signing: [['Service provider details > Signed response', 'ticked']],
    gives: {
      issuer: 'Google Identity Provider details > Entity ID',
      endpoint: 'Google Identity Provider details > SSO URL',
      certificate: 'Google Identity Provider details > Certificate > Download',
      metadata: 'Google Identity Provider details > Download metadata (a file; Google has no address for it)',
    },
    tile: 'The tile in the app launcher always starts at Google, which CXone takes only where NICE has allowed it. Give people the launch link as a bookmark (Chrome > Managed bookmarks).',
    entityIds: [/^https:\/\/accounts\.google\.com\/o\/saml2\?idpid=/],
    oidc: {
      where:
        'Google Cloud console > APIs & Services > Credentials > Create credentials > OAuth client ID > Web application',
      discovery: 'https://accounts.google.com/.well-known/openid-configuration',
    },
    fixes: {
      sign: 'In Google: the application > Service provider details: tick "Signed response" (without it Google signs the assertion).',
      encryption:
        'In Google: the application > Service provider details: remove the certificate for encrypting assertions.',
      audience: 'In Google: the application > Service provider details: put the entity id of CXone into Entity ID.',
      acs: 'In Google: the application > Service provider details: put the assertion URL of CXone, with its tenantId, into ACS URL.',
      nameId:
        'In Google: the application > Service provider details > Name ID: choose what stands in CXone as federated identity, mostly Basic Information > Primary email; or change the federated identity there.',
      algorithm:
        'In Google: make a new certificate under Security > Authentication > SSO with SAML applications, and choose it in the application; Google then signs with SHA-256.',
      certificate:
        'In Google: the application > Service provider details > Manage certificates: download the one in use, upload it to the login authenticator in CXone, and give it here with --certificate.',
      tile: 'Give people the launch link as a bookmark; the tile in the app launcher starts at Google.',
      users: 'In Google: User access of the application, and what Name ID is made of.',
    },
  },
  onelogin: {
    name: 'OneLogin',
    where: 'Administration > Applications > (SAML Custom Connector (Advanced)) > Configuration',
    fields: {
      acs: 'ACS (Consumer) URL and Recipient; the same, escaped as a regular expression, in ACS (Consumer) URL Validator',
      entityId: 'Audience (EntityID)',
      nameId: 'Parameters > NameID value, with Configuration > SAML nameID format',
      signOnUrl: 'Login URL: the launch link',
    },
    signing: [
      ['Configuration > SAML initiator', 'Service Provider'],
      ['Configuration > SAML signature element', 'Response'],
      ['Configuration > Encrypt assertion', 'not ticked'],
      ['SSO > SAML Signature Algorithm', 'SHA-256'],
    ],
    gives: {
      issuer: 'SSO > Issuer URL',
      endpoint: 'SSO > SAML 2.0 Endpoint (HTTP)',
      certificate: 'SSO > X.509 Certificate > View Details > X.509 PEM > Download',
      metadata: 'SSO > Issuer URL (it answers with the metadata)',
    },
    tile: 'Configuration > SAML initiator: Service Provider, and Configuration > Login URL: the launch link; the tile then opens it.',
    entityIds: [/^https:\/\/[^/]+\.onelogin\.com\//],
    oidc: {
      where: 'Administration > Applications > Add App > OpenId Connect (OIDC)',
      discovery: 'https://YOUR-SUBDOMAIN.onelogin.com/oidc/2/.well-known/openid-configuration',
    },
    fixes: {
      sign: 'In OneLogin: Configuration: set SAML signature element to Response.',
      encryption: 'In OneLogin: Configuration: take the tick off Encrypt assertion.',
      audience: 'In OneLogin: Configuration: put the entity id of CXone into Audience (EntityID).',
      acs: 'In OneLogin: Configuration: put the assertion URL of CXone, with its tenantId, into ACS (Consumer) URL and into Recipient.',
      nameId:
        'In OneLogin: Parameters > NameID value: choose what stands in CXone as federated identity; or change the federated identity there.',
      algorithm: 'In OneLogin: SSO: set SAML Signature Algorithm to SHA-256.',
      certificate:
        'In OneLogin: SSO > X.509 Certificate > View Details: download it as PEM, upload it to the login authenticator in CXone, and give it here with --certificate.',
      tile: 'In OneLogin: Configuration: set SAML initiator to Service Provider, and put the launch link into Login URL.',
      users: 'In OneLogin: Users of the application, and Parameters > NameID value.',
    },
  },
}
