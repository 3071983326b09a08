-- What stands in the way of an app: one row a cause, and the messages that tell of it.

-- What the code is about, where there may be several of a kind: the name of the role that is not known.
alter table delivery add column code_key text not null default '';

-- Rows that wait for a cause. Rows without trouble are not in it, so it costs the accepting path nothing.
create index delivery_cause on delivery (tenant_id, app_id, code, code_key, id) where code is not null and wanted > delivered;

-- One row a cause, for ever: it is opened and closed again.
create table open_item (
  id          bigint generated always as identity primary key,
  tenant_id   text not null,
  app_id      text not null,
  -- The code of the refusal. `policy-error` is reserved.
  kind        text not null,
  -- Which one of the kind: a role, a team; else empty.
  key         text not null default '',
  -- seen: met, and not yet for long enough to be worth anybody's attention.
  state       text not null check (state in ('seen', 'open', 'closed')),
  -- When it was met, this time.
  since       timestamptz not null,
  opened_at   timestamptz,
  closed_at   timestamptz,
  -- Something got through that shows that the cause is gone: to be closed.
  proven_at   timestamptz,
  -- One of those who wait was tried for all of them then.
  probed_at   timestamptz,
  -- What would mend it, in plain words.
  fix         text not null,
  unique (tenant_id, app_id, kind, key),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
) with (fillfactor = 70);
create index open_item_standing on open_item (tenant_id, app_id) where state <> 'closed';

-- One row a message and receiver, written with the opening or the closing, sent until it arrives.
create table alert (
  -- Order of messages about one item.
  seq          bigint generated always as identity primary key,
  -- By which the receiver knows a repetition.
  id           uuid not null unique default gen_random_uuid(),
  tenant_id    text not null references tenant (id),
  -- The entry under `alerts:` of rollcall.yaml; its address and secrets are nowhere but there.
  channel      text not null,
  item_id      bigint not null references open_item (id) on delete cascade,
  kind         text not null check (kind in ('opened', 'resolved')),
  -- What the message says, written down when it is first sent, so that a repetition says the same.
  body         jsonb,
  created_at   timestamptz not null default now(),
  due_at       timestamptz not null,
  attempts     integer not null default 0,
  lease_token  uuid,
  lease_until  timestamptz,
  -- Why the last attempt failed.
  why          text,
  sent_at      timestamptz,
  given_up_at  timestamptz
) with (autovacuum_vacuum_scale_factor = 0.05, fillfactor = 70);
create index alert_due on alert (due_at) where sent_at is null and given_up_at is null;
create index alert_item on alert (item_id, channel, seq);
create index alert_created on alert (created_at);
