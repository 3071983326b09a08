-- The policy of each app: every version that was ever in force, and which one is.

-- Never changed and never removed: what was decided by a version can be explained by it for ever.
create table policy_version (
  tenant_id     text not null,
  app_id        text not null,
  -- From 1, in the order in which they came into force.
  version       integer not null check (version >= 1),
  -- SHA-256 of the canonical text of the document, in hexadecimal.
  hash          text not null,
  document      jsonb not null,
  -- As somebody wrote it, comments and all; null where only the document was handed in.
  text          text,
  -- declared: by rollcall.yaml. saved: through the admin API.
  origin        text not null check (origin in ('declared', 'saved')),
  reads_groups  boolean not null,
  created_at    timestamptz not null default now(),
  created_by    text not null,
  primary key (tenant_id, app_id, version),
  foreign key (tenant_id, app_id) references app (tenant_id, id)
);

create function keep_policy_version() returns trigger language plpgsql as $$
begin
  raise exception 'a version of a policy is never changed or removed';
end
$$;
create trigger policy_version_kept before update or delete on policy_version for each row execute function keep_policy_version();

-- The version in force; null while the app has no policy.
alter table app add column policy_version integer;
-- rollcall.yaml says what it is, so nobody else may.
alter table app add column policy_declared boolean not null default false;
alter table app add foreign key (tenant_id, id, policy_version) references policy_version (tenant_id, app_id, version);
