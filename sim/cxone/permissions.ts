// Decides which rights of a role open which routes. Names follow the areas of facts 2.6 and 9.3; the spelling is ours.

export const PERMISSIONS = [
  'employees.view',
  'employees.create',
  'employees.edit',
  'teams.view',
  'teams.edit',
  'roles.view',
  'accessKeys.view',
  'accessKeys.create',
  'accessKeys.edit',
  'accessKeys.delete',
  'myAccessKey.view',
  'myAccessKey.create',
  'myAccessKey.edit',
  'myAccessKey.delete',
  'loginAuthenticators.edit',
  'divisions.view',
  'agents.view',
  'agents.create',
  'agents.edit',
  'skills.view',
  'skills.edit',
  'groups.view',
  'groups.edit',
  'securityProfiles.view',
  'businessUnit.view',
  'reports.view',
] as const

export type Permission = (typeof PERMISSIONS)[number]

/** Creating, editing or deleting implies viewing (facts 2.6). */
export function holds(granted: readonly string[], needed: Permission): boolean {
  if (granted.includes(needed)) return true
  const [area, verb] = needed.split('.')
  return verb === 'view' && ['create', 'edit', 'delete'].some((more) => granted.includes(`${area}.${more}`))
}
