-- One reading of an app, kept with everybody in it: what an inventory shows. Its id is that of the run that makes it.
create table snapshot (
  id          uuid primary key references run (id) on delete cascade,
  tenant_id   text not null,
  app_id      text not null,
  state       text not null default 'reading' check (state in ('reading', 'done')),
  created_at  timestamptz not null default now(),
  ended_at    timestamptz,
  verdict     text check (verdict in ('whole', 'partial', 'unreachable')),
  why         text,
  accounts    integer not null default 0,
  -- What could not be read beside the accounts, in sentences.
  gaps        text[] not null default '{}',
  totals      jsonb,
  keys        jsonb,
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);
create index snapshot_of_app on snapshot (tenant_id, app_id, created_at desc);

create table snapshot_account (
  snapshot_id  uuid not null references snapshot (id) on delete cascade,
  account_id   text not null,
  record       jsonb not null,
  -- In the order in which they are listed, once all were looked at together.
  position     integer,
  findings     text[] not null default '{}',
  shown        jsonb,
  primary key (snapshot_id, account_id)
);
create index snapshot_account_position on snapshot_account (snapshot_id, position);
