-- How fast and how soon an app is called: its rate, its breaker, and who goes first.

-- Calls an app may still get just now; shared by all processes. One row a business unit: the app, or what its connector names.
create table rate_bucket (
  tenant_id      text not null references tenant (id),
  key            text not null,
  tokens         double precision not null,
  -- Calls a second it fills by; found out, since not every app says what it bears.
  rate           double precision not null,
  refilled_at    timestamptz not null,
  -- The app named this instant: it is empty until then, and fills from then on.
  blocked_until  timestamptz,
  -- When the app last said that there are too many calls: from then on the rate rises slowly.
  slowed_at      timestamptz,
  primary key (tenant_id, key)
) with (fillfactor = 20, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The breaker: closed without failures, open until paused_until, then half-open: one row tries for all.
alter table app
  -- Since when something stands in the way.
  add column failing_since  timestamptz,
  -- The lease of the row that tries, and until when nobody else does.
  add column probe_token    uuid,
  add column probe_until    timestamptz;
update app set failing_since = now() where failures > 0;

-- Lanes, highest first. 2: a deactivation. 1: somebody waits for it (confirm). 0: everything else. -1: a deactivation that
-- was tried and failed for its own sake: it gets every fourth turn, and what the others leave.
update delivery set urgency = 2 where urgency = 1;
