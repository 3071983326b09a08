-- What a request costs must not grow with the directory: totals are kept and not counted, people are found by e-mail
-- address and by department without looking at others, and no write holds a row that every write holds.

-- A connection and a tenant are never deleted, only detached, so these references can never be violated. Checking them took
-- a share of the same two rows with each write.
alter table identity drop constraint identity_tenant_id_connection_id_fkey;
alter table event drop constraint event_tenant_id_fkey;

-- Folded beginnings of texts that are looked up by; an index has no place for long ones. Written with the document
-- (store/user-writes.sql.ts): a generated column costs each write as much as two indexes.
drop index identity_email;
alter table identity
  drop column email_keys,
  add column title_key text,
  add column department_key text,
  -- Room beside a row for its next version, so that a change of what no index holds touches no index.
  set (fillfactor = 75);
update identity set
  title_key = left(scim_fold(document ->> 'title'), 200),
  department_key = left(scim_fold(document -> 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User' ->> 'department'), 200);
create index identity_department on identity (tenant_id, connection_id, department_key, title_key, seq)
  where deleted_at is null and not undecided;

-- Who has which e-mail address, folded and cut as well. Of an address that somebody had before nothing is left.
create table identity_email (
  tenant_id      text not null,
  connection_id  text not null,
  value_key      text not null,
  identity_id    uuid not null,
  primary key (tenant_id, connection_id, value_key, identity_id)
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02);
insert into identity_email (tenant_id, connection_id, value_key, identity_id)
select identity.tenant_id, identity.connection_id, left(scim_fold(email #>> '{}'), 200), identity.id
from identity, jsonb_path_query(identity.document, '$.emails[*].value') as email
where identity.deleted_at is null
on conflict do nothing;

-- Moves with what a group shows of its members beside their ids; with its version it says whether a text of it still holds.
alter table scim_group add column names bigint not null default 0;

-- How many resources of a kind a connection has that are in lists, parted among the sessions that write, so that two
-- writers seldom touch the same row. `shifts` counts whoever came or went elsewhere than at the end of the list.
create table resource_count (
  tenant_id      text not null,
  connection_id  text not null,
  kind           text not null check (kind in ('User', 'Group')),
  slot           smallint not null,
  present        bigint not null,
  shifts         bigint not null,
  primary key (tenant_id, connection_id, kind, slot)
) with (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The kind, then what is added to both counts.
create function count_resource() returns trigger language plpgsql as $$
begin
  insert into resource_count as counted (tenant_id, connection_id, kind, slot, present, shifts)
  values (coalesce(new.tenant_id, old.tenant_id), coalesce(new.connection_id, old.connection_id), tg_argv[0],
          pg_backend_pid() % 256, tg_argv[1]::bigint, tg_argv[2]::bigint)
  on conflict (tenant_id, connection_id, kind, slot) do update
  set present = counted.present + excluded.present, shifts = counted.shifts + excluded.shifts;
  -- Whoever is hidden, or seen again, is a member all the while.
  if tg_argv[2]::bigint <> 0 then
    update scim_group set names = scim_group.names + 1
    where scim_group.tenant_id = old.tenant_id and scim_group.connection_id = old.connection_id
      and scim_group.id in (
        select membership.group_id from membership
        where membership.tenant_id = old.tenant_id and membership.connection_id = old.connection_id
          and membership.member_id = old.id);
  end if;
  return null;
end $$;

-- Of whoever has gone no address is left to be found by.
create function forget_emails() returns trigger language plpgsql as $$
begin
  delete from identity_email
  where identity_email.tenant_id = old.tenant_id and identity_email.connection_id = old.connection_id
    and identity_email.identity_id = old.id
    and identity_email.value_key in (
      select left(scim_fold(email #>> '{}'), 200) from jsonb_path_query(old.document, '$.emails[*].value') as email);
  return null;
end $$;
create trigger identity_emails_gone after update of deleted_at on identity for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function forget_emails();
create trigger identity_emails_removed after delete on identity for each row execute function forget_emails();

create trigger identity_counted_new after insert on identity for each row
  when (new.deleted_at is null and not new.undecided) execute function count_resource('User', '1', '0');
create trigger identity_counted_back after update of deleted_at, undecided on identity for each row
  when ((old.deleted_at is not null or old.undecided) and new.deleted_at is null and not new.undecided)
  execute function count_resource('User', '1', '1');
create trigger identity_counted_gone after update of deleted_at, undecided on identity for each row
  when (old.deleted_at is null and not old.undecided and (new.deleted_at is not null or new.undecided))
  execute function count_resource('User', '-1', '1');
create trigger identity_counted_removed after delete on identity for each row
  when (old.deleted_at is null and not old.undecided) execute function count_resource('User', '-1', '1');

create trigger scim_group_counted_new after insert on scim_group for each row
  when (new.deleted_at is null) execute function count_resource('Group', '1', '0');
create trigger scim_group_counted_back after update of deleted_at on scim_group for each row
  when (old.deleted_at is not null and new.deleted_at is null) execute function count_resource('Group', '1', '1');
create trigger scim_group_counted_gone after update of deleted_at on scim_group for each row
  when (old.deleted_at is null and new.deleted_at is not null) execute function count_resource('Group', '-1', '1');
create trigger scim_group_counted_removed after delete on scim_group for each row
  when (old.deleted_at is null) execute function count_resource('Group', '-1', '1');

create function forget_counts() returns trigger language plpgsql as $$
begin
  delete from resource_count where resource_count.kind = tg_argv[0];
  if tg_argv[0] = 'User' then
    delete from identity_email;
  end if;
  return null;
end $$;
create trigger identity_counted_none after truncate on identity execute function forget_counts('User');
create trigger scim_group_counted_none after truncate on scim_group execute function forget_counts('Group');

insert into resource_count (tenant_id, connection_id, kind, slot, present, shifts)
select identity.tenant_id, identity.connection_id, 'User', 0, count(*), 0 from identity
where identity.deleted_at is null and not identity.undecided group by 1, 2
union all
select scim_group.tenant_id, scim_group.connection_id, 'Group', 0, count(*), 0 from scim_group
where scim_group.deleted_at is null group by 1, 2;

-- Which attributes the documents of a tenant may hold: one row for each set of types they were ever written with. What is
-- there already may hold anything.
create table document_shape (
  tenant_id  text not null references tenant (id),
  digest     text not null,
  shape      jsonb not null,
  primary key (tenant_id, digest)
);
insert into document_shape (tenant_id, digest, shape) select distinct identity.tenant_id, '?', '["?"]'::jsonb from identity;
