-- Machine sign-in: tokens that are named, expire, and can be made and revoked here; OAuth clients; passwords for Basic.

alter table credential
  -- What people name it by; the hash stays out of every answer.
  add column id            bigint generated always as identity,
  add column name          text,
  add column expires_at    timestamptz,
  -- Written at most once a minute.
  add column last_used_at  timestamptz,
  -- Who made it here; null for what rollcall.yaml declares. It is valid without being declared.
  add column made_by       text,
  add column revoked_by    text,
  -- Of a password only: whose it is, and its slow hash. `sha256` is 32 random bytes then.
  add column user_name     text,
  add column slow_hash     text;

-- secret: of the OAuth client of a connection. password: for HTTP Basic.
alter table credential drop constraint credential_kind_check, drop constraint credential_check;
alter table credential
  add constraint credential_kind_check check (kind in ('scim', 'secret', 'password', 'api')),
  add constraint credential_check check (
    (kind in ('scim', 'secret', 'password') and connection_id is not null)
    or (kind = 'api' and key_id is not null and role is not null)),
  add constraint credential_password_check check ((kind = 'password') = (user_name is not null and slow_hash is not null));
create unique index credential_id on credential (id);
create index credential_recent on credential (tenant_id, id desc);
create index credential_user_name on credential (user_name) where kind = 'password';

alter table connection
  add column requests_per_second  integer not null default 10000,
  add column oauth_client_id      text,
  add column oauth_scopes         text[],
  add column oauth_token_seconds  integer;

-- What /oauth/token has handed out: valid as long as it has not expired and the secret it was asked with is valid.
create table access_token (
  sha256         bytea primary key check (length(sha256) = 32),
  tenant_id      text not null,
  connection_id  text not null,
  secret         bytea not null references credential (sha256) on delete cascade,
  scope          text not null,
  issued_at      timestamptz not null default now(),
  expires_at     timestamptz not null,
  foreign key (tenant_id, connection_id) references connection (tenant_id, id)
) with (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.05);
create index access_token_expiry on access_token (expires_at);
create index access_token_secret on access_token (secret);
