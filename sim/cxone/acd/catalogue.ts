// Decides what skills, groups and features of teams there are in the imagined contact centre. Data only. Feature names
// follow the patterns of facts 5.3; which of them exist differs between tenants.

export type SkillRow = readonly [
  name: string,
  mediaTypeId: number,
  mediaTypeName: string,
  more?: 'outbound' | 'retired',
]

export const SKILLS: readonly SkillRow[] = [
  ['Customer Care Voice', 4, 'Phone Call'],
  ['Billing Voice', 4, 'Phone Call'],
  ['Technical Support Voice', 4, 'Phone Call'],
  ['Retention Voice', 4, 'Phone Call'],
  ['Customer Care Chat', 3, 'Chat'],
  ['Technical Support Chat', 3, 'Chat'],
  ['Customer Care E-Mail', 1, 'Email'],
  ['Back Office Work', 6, 'Work Item'],
  ['Digital Care', 11, 'Digital'],
  ['French', 4, 'Phone Call'],
  ['Spanish', 4, 'Phone Call'],
  ['German', 4, 'Phone Call'],
  ['Winback', 4, 'Phone Call', 'outbound'],
  ['Voicemail', 5, 'Voicemail'],
  ['Fax Desk', 6, 'Work Item', 'retired'],
]

/** The last one is no longer used. */
export const GROUP_NAMES: readonly string[] = [
  'Night Shift',
  'Early Shift',
  'Key Accounts',
  'Floor Trainers',
  'First Aid',
  'Home Office',
  'Newcomers',
  'Second Line',
  'Billing Experts',
  'Social Media',
  'Escalations',
  'Launch 2024',
]

/** Every member of a team is billed for each that is on. */
export const FEATURES: readonly string[] = [
  'wfoEnabled',
  'wfm2Enabled',
  'qm2Enabled',
  'inViewEnabled',
  'inViewGamificationEnabled',
  'inViewWallboardEnabled',
  'analyticsEnabled',
  'niceAnalyticsEnabled',
  'niceAudioRecordingEnabled',
  'niceScreenRecordingEnabled',
  'niceQmEnabled',
  'nicePerformanceManagementEnabled',
  'cxoneCustomerAuthenticationEnabled',
]

export const COUNTRIES: readonly (readonly [code: string, name: string])[] = [
  ['CA', 'Canada'],
  ['CO', 'Colombia'],
  ['DE', 'Germany'],
  ['GB', 'United Kingdom'],
  ['IN', 'India'],
  ['PH', 'Philippines'],
  ['PL', 'Poland'],
  ['PT', 'Portugal'],
  ['US', 'United States'],
]
