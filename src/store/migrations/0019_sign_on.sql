-- Single sign-on into each app: where its people sign in, what the provider gave, and when it is looked at again.

-- One row an app, from the first time that somebody asks about its sign-on.
create table sign_on (
  tenant_id     text not null,
  app_id        text not null,
  -- As the app described itself last: issuer, tenantId, tenantName, businessUnit, cluster, area.
  place         jsonb,
  place_at      timestamptz,
  -- okta, entra, google, onelogin; null until something was given.
  provider      text,
  -- What CXone was told of the provider: entityId, endpoint, certificates.
  metadata      jsonb,
  -- Where it came from, if it is to be read again.
  metadata_url  text,
  -- What was there last.
  seen          jsonb,
  seen_at       timestamptz,
  -- Certificates that were given by themselves: those that CXone has.
  certificates  jsonb not null default '[]',
  given_at      timestamptz,
  -- By fingerprint: at how many days before its end somebody was last told.
  told          jsonb not null default '{}',
  next_at       timestamptz not null default now(),
  -- Readings of the address in a row that failed, and why the last one did.
  failures      integer not null default 0,
  why           text,
  primary key (tenant_id, app_id),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);
-- The launch link may name the app alone.
create index sign_on_app on sign_on (app_id);
