-- The spine: who pushes, who exists, what happened, what is still to be delivered.
-- Every row belongs to exactly one tenant, and every key begins with it.

create table tenant (
  id          text primary key,
  created_at  timestamptz not null default now()
);

-- A connection is a SCIM world of its own: ids, uniqueness and lists end at its border.
create table connection (
  tenant_id        text not null references tenant (id),
  id               text not null,
  profile          text not null check (profile in ('okta', 'entra', 'onelogin', 'generic')),
  delivery         text not null check (delivery in ('queue', 'confirm')),
  confirm_seconds  integer not null default 8,
  created_at       timestamptz not null default now(),
  detached_at      timestamptz,
  primary key (tenant_id, id)
);

-- Credentials are kept as SHA-256 only. Revoked is for ever: the file cannot bring a hash back.
create table credential (
  sha256         bytea primary key check (length(sha256) = 32),
  tenant_id      text not null references tenant (id),
  kind           text not null check (kind in ('scim', 'api')),
  connection_id  text,
  key_id         text,
  role           text check (role in ('owner', 'operator', 'auditor')),
  created_at     timestamptz not null default now(),
  declared       boolean not null default true,
  revoked_at     timestamptz,
  check ((kind = 'scim' and connection_id is not null) or (kind = 'api' and key_id is not null and role is not null)),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);

create table app (
  tenant_id     text not null references tenant (id),
  id            text not null,
  type          text not null,
  mode          text not null check (mode in ('enforce', 'observe')),
  -- The entry of rollcall.yaml without its secrets.
  settings      jsonb not null,
  -- The secrets of the entry, sealed (AES-256-GCM): a detached app still needs them for its last plan.
  sealed        text,
  created_at    timestamptz not null default now(),
  detached_at   timestamptz,
  -- No call to the app before this instant (the app asked us to wait, or is down).
  paused_until  timestamptz,
  pause_why     text,
  -- Calls in a row that found the app unwilling or gone; decides how long the next pause is.
  failures      integer not null default 0,
  primary key (tenant_id, id)
);

create table connection_app (
  tenant_id      text not null,
  connection_id  text not null,
  app_id         text not null,
  primary key (tenant_id, connection_id, app_id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);

-- One SCIM User. A deleted one keeps its row (history), leaves every read, and frees its name.
create table identity (
  tenant_id      text not null,
  connection_id  text not null,
  id             uuid not null,
  -- Order of lists; never reused.
  seq            bigint generated always as identity,
  person_id      uuid not null,
  user_name      text not null,
  user_name_key  text not null,
  external_id    text,
  active         boolean not null,
  document       jsonb not null,
  version        bigint not null default 1,
  created_at     timestamptz not null,
  modified_at    timestamptz not null,
  deleted_at     timestamptz,
  primary key (tenant_id, connection_id, id),
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
);
create unique index identity_user_name on identity (tenant_id, connection_id, user_name_key) where deleted_at is null;
create index identity_external_id on identity (tenant_id, connection_id, external_id) where deleted_at is null and external_id is not null;
create index identity_list on identity (tenant_id, connection_id, seq) where deleted_at is null;
-- Not led by the tenant: until the first analyze, foreign keys would be checked through it, reading the whole tenant.
create index identity_person_name on identity (user_name_key, tenant_id);

-- What happened, in the order of commits' sequence; sealed into a chain later.
create table event (
  seq            bigint generated always as identity primary key,
  tenant_id      text not null references tenant (id),
  at             timestamptz not null,
  actor          text not null,
  kind           text not null,
  connection_id  text,
  identity_id    uuid,
  app_id         text,
  account_id     text,
  data           jsonb not null default '{}'
);
create index event_identity on event (tenant_id, identity_id, seq) where identity_id is not null;

-- What is known about identity and account. An account has at most one owner.
create table link (
  tenant_id      text not null,
  app_id         text not null,
  connection_id  text not null,
  identity_id    uuid not null,
  state          text not null check (state in ('linked', 'unlinked', 'unmatched', 'disputed', 'orphan', 'deleted')),
  account_id     text,
  origin         text check (origin in ('created', 'adopted')),
  why            text,
  since          timestamptz not null default now(),
  primary key (tenant_id, app_id, connection_id, identity_id),
  foreign key (tenant_id, app_id) references app (tenant_id, id),
  foreign key (tenant_id, connection_id, identity_id) references identity (tenant_id, connection_id, id),
  check (state <> 'linked' or account_id is not null)
);
create unique index link_owner on link (tenant_id, app_id, account_id) where state = 'linked';

-- The truth of what is still to do: one row an app and subject. The subject is 'account:<id>' once linked, before
-- that 'name:<userName key>', so that two identities can never race each other on one account.
create table delivery (
  id             bigint generated always as identity primary key,
  tenant_id      text not null,
  app_id         text not null,
  subject        text not null,
  -- Whose wish this row follows.
  connection_id  text not null,
  identity_id    uuid not null,
  -- Counters of this row: accepted changes, and how many of them the app has seen.
  wanted         bigint not null default 1,
  delivered      bigint not null default 0,
  state          text not null default 'due' check (state in ('due', 'delivered', 'retrying', 'refused', 'disputed', 'observed')),
  -- 1: a deactivation waits in this row and has not been tried yet; it goes before everything else.
  urgency        smallint not null default 0,
  attempts       integer not null default 0,
  next_at        timestamptz not null default now(),
  lease_until    timestamptz,
  lease_token    uuid,
  -- Written before a create, after the app said there is no such account: what tells our own account from a stranger's after a crash.
  intent         jsonb,
  code           text,
  detail         text,
  accepted_at    timestamptz not null default now(),
  -- Look at it once more then: a worker died over this row, and what it had sent may have arrived after all.
  recheck_at     timestamptz,
  delivered_at   timestamptz,
  unique (tenant_id, app_id, subject),
  foreign key (tenant_id, app_id) references app (tenant_id, id),
  foreign key (tenant_id, connection_id, identity_id) references identity (tenant_id, connection_id, id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02, fillfactor = 80);
create index delivery_due on delivery (tenant_id, app_id, urgency desc, next_at) where wanted > delivered and state in ('due', 'retrying');
create index delivery_recheck on delivery (recheck_at) where recheck_at is not null;
create index delivery_identity on delivery (tenant_id, connection_id, identity_id);

-- A stored plan: no write to a target without one.
create table plan (
  id           uuid primary key,
  tenant_id    text not null,
  app_id       text not null,
  delivery_id  bigint references delivery (id),
  hash         text not null,
  state        text not null check (state in ('applying', 'applied', 'failed', 'observed')),
  steps        jsonb not null,
  outcomes     jsonb not null default '[]',
  created_at   timestamptz not null,
  ended_at     timestamptz,
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);
create index plan_delivery on plan (delivery_id, created_at desc);

-- The last exchanges of a connection, redacted and bounded; a diagnosis, not a record.
create table scim_exchange (
  id             bigint generated always as identity primary key,
  tenant_id      text not null,
  connection_id  text not null,
  at             timestamptz not null,
  method         text not null,
  path           text not null,
  status         smallint not null,
  duration_ms    real not null,
  request_id     text not null,
  body           jsonb,
  understood     jsonb not null default '[]',
  why            text,
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.05);
create index scim_exchange_recent on scim_exchange (tenant_id, connection_id, id desc);

-- Long work: one run a row, its steps beside it.
create table run (
  id          uuid primary key,
  tenant_id   text not null references tenant (id),
  workflow    text not null,
  state       text not null check (state in ('waiting', 'running', 'done', 'failed')),
  actor       text not null,
  input       jsonb not null,
  result      jsonb,
  why         text,
  created_at  timestamptz not null,
  started_at  timestamptz,
  ended_at    timestamptz
);
create index run_recent on run (tenant_id, created_at desc);

create table run_step (
  run_id    uuid not null references run (id) on delete cascade,
  name      text not null,
  state     text not null check (state in ('running', 'done', 'failed')),
  result    jsonb,
  at        timestamptz not null,
  primary key (run_id, name)
);
