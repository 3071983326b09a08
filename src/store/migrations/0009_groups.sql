-- Groups at any size: who is in a group is rows of their own, and what a group's change means for its members is one row.

-- One SCIM Group, without its members. A deleted one keeps its row (history), leaves every read, and frees its name.
create table scim_group (
  tenant_id         text not null,
  connection_id     text not null,
  id                uuid not null,
  -- Order of lists; never reused.
  seq               bigint generated always as identity,
  display_name      text not null,
  -- Folded: within a connection names are unique without regard to case.
  display_name_key  text not null,
  external_id       text,
  document          jsonb not null,
  version           bigint not null default 1,
  created_at        timestamptz not null,
  modified_at       timestamptz not null,
  deleted_at        timestamptz,
  primary key (tenant_id, connection_id, id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, fillfactor = 70);
create unique index scim_group_display_name on scim_group (tenant_id, connection_id, display_name_key) where deleted_at is null;
create index scim_group_external_id on scim_group (tenant_id, connection_id, external_id) where deleted_at is null and external_id is not null;
create index scim_group_list on scim_group (tenant_id, connection_id, seq) where deleted_at is null;

-- Who is in which group. No foreign keys: whoever writes here has locked the group and has looked for the members, and
-- every read goes by members that are there. A member that ceases to exist in the same moment leaves a row nobody sees.
create table membership (
  tenant_id      text not null,
  connection_id  text not null,
  group_id       uuid not null,
  member_id      uuid not null,
  -- The member is a group itself.
  nested         boolean not null,
  primary key (tenant_id, connection_id, group_id, member_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
-- Not led by the tenant: until the first analyze, the members of a group would be read through it, with all others of the tenant.
create index membership_member on membership (member_id, tenant_id, connection_id);

-- Something reads the groups of this app's identities (its policy, once there are any that do).
alter table app add column reads_groups boolean not null default false;

-- A change of a group that concerns many of its members: one row, worked off in batches, deleted when done.
create table fan_out (
  id             bigint generated always as identity primary key,
  tenant_id      text not null,
  connection_id  text not null,
  group_id       uuid not null,
  -- Members that have left with the change, and how many of them are dealt with.
  former         uuid[] not null default '{}',
  former_done    integer not null default 0,
  -- Then whoever is a member now, in order of their ids, after this one.
  everyone       boolean not null,
  after          uuid,
  created_at     timestamptz not null default now(),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 50);

alter table event add column group_id uuid;
create index event_group on event (tenant_id, group_id, seq) where group_id is not null;
