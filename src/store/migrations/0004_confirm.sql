-- Connections that confirm: a provider's request may wait for the app, and be refused for the person's sake.

-- A create that is not decided yet is in no read, but holds its name.
alter table identity add column undecided boolean not null default false;
-- A create that was refused: deleted for every read, its name free; the same create again has its id.
alter table identity add column refused_at timestamptz;
create index identity_refused on identity (tenant_id, connection_id, user_name_key) where refused_at is not null;

-- A request that waits: at most one an identity, always the newest. The row goes when the provider is answered.
create table confirmation (
  tenant_id             text not null,
  connection_id         text not null,
  identity_id           uuid not null,
  -- The version whose answer is open.
  version               bigint not null,
  kind                  text not null check (kind in ('create', 'change')),
  -- What the identity goes back to: the newest version that was answered 2xx. Null for a create.
  previous_user_name    text,
  previous_name_key     text,
  previous_external_id  text,
  previous_active       boolean,
  previous_document     jsonb,
  previous_modified_at  timestamptz,
  -- Apps that may have been written to for this version.
  begun                 text[] not null default '{}',
  -- Nobody waits any longer than this.
  until                 timestamptz not null,
  primary key (tenant_id, connection_id, identity_id),
  foreign key (tenant_id, connection_id, identity_id) references identity (tenant_id, connection_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, fillfactor = 50);
create index confirmation_until on confirmation (until);

-- What an app refused before the provider was answered: kept apart, inert, for whoever asks why.
create table refused_attempt (
  id             bigint generated always as identity primary key,
  tenant_id      text not null,
  connection_id  text not null,
  identity_id    uuid not null,
  version        bigint not null,
  kind           text not null check (kind in ('create', 'change')),
  app_id         text not null,
  user_name      text not null,
  document       jsonb not null,
  cause          text not null,
  detail         text not null,
  at             timestamptz not null default now(),
  foreign key (tenant_id, connection_id, identity_id) references identity (tenant_id, connection_id, id)
);
create unique index refused_attempt_version on refused_attempt (tenant_id, connection_id, identity_id, version);
