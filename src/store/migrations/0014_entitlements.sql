-- What an account can hold in each app, as the app was last read: roles, teams, skills, groups and the like.

-- One row an entitlement, for ever: one that comes back is known again, with the names it had.
create table entitlement (
  tenant_id      text not null,
  app_id         text not null,
  -- A kind of the connectors' catalogue (src/connectors/contract.ts).
  kind           text not null,
  -- The app's own.
  id             text not null,
  name           text not null,
  -- What the name is searched and sorted by: its folded beginning (src/store/search-key.ts).
  name_key       text not null,
  -- False: accounts may still hold it, and it cannot be given any more.
  active         boolean not null,
  -- When it was first seen retired after it had been active.
  retired_since  timestamptz,
  -- What the catalogue says beside: levels, charges, system, role, privilege.
  detail         jsonb not null default '{}',
  -- Names that it had before, oldest first: name, key, until.
  former         jsonb not null default '[]',
  first_seen     timestamptz not null,
  last_seen      timestamptz not null,
  -- The first whole listing that it was not in; null while it is there.
  gone_since     timestamptz,
  primary key (tenant_id, app_id, kind, id),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
) with (fillfactor = 70);
create index entitlement_name on entitlement (tenant_id, app_id, kind, name_key, id);

-- When the entitlements of an app are read: one row an app.
create table entitlement_reading (
  tenant_id    text not null,
  app_id       text not null,
  next_at      timestamptz not null default now(),
  -- When somebody last asked for a reading, and from when on the last one that ended tells what is there.
  asked_at     timestamptz not null default now(),
  read_as_of   timestamptz,
  -- One process at a time reads an app.
  begun_at     timestamptz,
  lease_token  uuid,
  lease_until  timestamptz,
  -- Readings in a row that were not whole.
  failures     integer not null default 0,
  primary key (tenant_id, app_id),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);

-- How the last listing of each kind went.
create table entitlement_listing (
  tenant_id  text not null,
  app_id     text not null,
  kind       text not null,
  verdict    text not null check (verdict in ('whole', 'partial', 'unreachable')),
  why        text,
  ended_at   timestamptz not null,
  -- How many it saw.
  entries    integer not null,
  -- The last one that saw everything.
  whole_at   timestamptz,
  primary key (tenant_id, app_id, kind),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);

-- A reading of the app has found it, and says that it stands: the item is open though nobody waits, until a reading says
-- otherwise. Null where only those who wait keep it open.
alter table open_item add column found_at timestamptz;
