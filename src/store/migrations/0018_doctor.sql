-- What the doctor has found in each app, and what the answers that it had looked like: one row an app.
create table examination (
  tenant_id    text not null,
  app_id       text not null,
  -- When it is examined again by itself, and who is at it.
  next_at      timestamptz not null,
  lease_token  uuid,
  lease_until  timestamptz,
  -- The last examination that came to its end, whoever asked for it; null before the first.
  ended_at     timestamptz,
  good         boolean,
  calls        integer,
  -- As they were told: check, status, needed, found, blocks, fix.
  findings     jsonb not null default '[]',
  -- By call: fields and their types, no value. What answers looked like while nothing had changed, and last.
  good_shapes  jsonb not null default '{}',
  last_shapes  jsonb not null default '{}',
  -- What is different of the last from the good ones: call, field, was, is.
  changes      jsonb not null default '[]',
  primary key (tenant_id, app_id),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);
