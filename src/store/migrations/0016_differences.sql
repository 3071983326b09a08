-- What enforcing an app, or another policy, would do to everybody; and what has decided the mode of an app.

alter table app
  -- rollcall.yaml names the mode, so nothing else changes it.
  add column mode_pinned boolean not null default false;

-- Plans that wait for an app to be enforced.
create index delivery_observed on delivery (tenant_id, app_id) where state = 'observed';

-- One comparison of everybody with an app. Its id is that of the run that makes it.
create table difference (
  id            uuid primary key references run (id) on delete cascade,
  tenant_id     text not null,
  app_id        text not null,
  state         text not null default 'reading' check (state in ('reading', 'comparing', 'done')),
  created_at    timestamptz not null default now(),
  ended_at      timestamptz,
  -- How the app was read, once it was.
  verdict       text check (verdict in ('whole', 'partial', 'unreachable')),
  why           text,
  accounts      integer not null default 0,
  people        integer not null default 0,
  -- The version of the policy in force, if there was one, and the hash of the policy that was given in its place.
  policy_version  integer,
  given_hash    text,
  -- The numbers, when it is done.
  numbers       jsonb,
  hash          text,
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);
create index difference_of_app on difference (tenant_id, app_id, created_at desc);

-- The app as it was read, for as long as it is being compared.
create table difference_account (
  difference_id  uuid not null references difference (id) on delete cascade,
  account_id     text not null,
  user_name_key  text not null,
  record         jsonb not null,
  -- Who would own it by now, of those compared so far: an account has one owner.
  claimed_by     jsonb,
  primary key (difference_id, account_id)
);
create index difference_account_name on difference_account (difference_id, user_name_key);

-- Everybody for whom something would be done, or could not be, by name.
create table difference_person (
  difference_id  uuid not null references difference (id) on delete cascade,
  -- Order of the list.
  position       integer not null,
  connection_id  text not null,
  identity_id    uuid not null,
  user_name      text not null,
  -- What is to be known of it: `create`, `update`, …, and the notes `mail`, `administrator`, `adopted`, `charges`, `differs`.
  kinds          text[] not null,
  detail         jsonb not null,
  primary key (difference_id, position)
);
create index difference_person_identity on difference_person (difference_id, identity_id);
