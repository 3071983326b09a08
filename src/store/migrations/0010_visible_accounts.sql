-- Accounts without owner that a provider can see as users before it has written anything: a reading of the app keeps them
-- as rows among the identities of the connection, so that whatever reads identities reads them too.

alter table connection_app
  -- The provider of the connection sees accounts of the app that nobody owns.
  add column shows_accounts boolean not null default false;

alter table identity
  -- It shows an account and nobody has written to it: no delivery, no event, no wish. The first write ends that.
  add column shown boolean not null default false,
  -- The account that it shows, or showed before somebody wrote to it: whom the provider means by this id.
  add column shown_app text,
  add column shown_account text;
-- One row an account and connection, for ever: an account that comes back has the id it had. None of the columns changes
-- with a write, so writes touch it no more than they did.
create unique index identity_shown on identity (tenant_id, shown_app, shown_account, connection_id) where shown_account is not null;

-- A first write that is taken back leaves the row as it was.
alter table confirmation add column previous_shown boolean not null default false;

-- When each app whose accounts are shown is read, and how that went last: one row an app.
create table account_reading (
  tenant_id    text not null,
  app_id       text not null,
  next_at      timestamptz not null default now(),
  -- One process at a time reads an app.
  lease_token  uuid,
  lease_until  timestamptz,
  -- Of the last reading that came to an end.
  verdict      text check (verdict in ('whole', 'partial', 'unreachable')),
  why          text,
  ended_at     timestamptz,
  -- Accounts that it saw, and those of them that were shown to somebody.
  accounts     integer,
  shown        integer,
  -- The last reading that saw everybody.
  whole_at     timestamptz,
  -- Readings in a row that were not whole.
  failures     integer not null default 0,
  primary key (tenant_id, app_id),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);
