-- The total of a search by department and title holds for as long as nobody came or went (present, shifts) and nobody's
-- department or title changed: `moves` counts those changes, so that searches need not count people again.
alter table resource_count add column moves bigint not null default 0;

create function count_move() returns trigger language plpgsql as $$
begin
  insert into resource_count as counted (tenant_id, connection_id, kind, slot, present, shifts, moves)
  values (new.tenant_id, new.connection_id, 'User', pg_backend_pid() % 256, 0, 0, 1)
  on conflict (tenant_id, connection_id, kind, slot) do update set moves = counted.moves + 1;
  return null;
end $$;
create trigger identity_moved after update of department_key, title_key on identity for each row
  when (old.department_key is distinct from new.department_key or old.title_key is distinct from new.title_key)
  execute function count_move();
