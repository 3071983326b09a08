-- Calls that reached the server and no connection: not signed in, or beside the SCIM address. A diagnosis, not a record:
-- bounded, without query, body or anything of a secret. `tenant_id` and `connection_id` are there where the credential it
-- carried is one that somebody has, though not one that opens the address; otherwise nobody can say whose call it was.
create table unknown_call (
  id             bigint generated always as identity primary key,
  at             timestamptz not null,
  tenant_id      text references tenant (id),
  connection_id  text,
  method         text not null,
  path           text not null,
  status         smallint not null,
  address        text not null,
  user_agent     text,
  carried        text not null check (carried in
    ('nothing', 'unknown', 'revoked', 'expired', 'detached', 'api-key', 'client-secret', 'valid', 'foreign-jwt')),
  provider       text
);
create index unknown_call_recent on unknown_call (tenant_id, connection_id, id desc);

-- Which client it was; null where it did not say.
alter table scim_exchange add column user_agent text;
