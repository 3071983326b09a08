-- Who executes a run, and until when: a run whose executor died is found by a lease that ran out.

alter table run add column lease_token uuid;
alter table run add column lease_until timestamptz;

-- Runs that are not ended: few, however many there were.
create index run_unfinished on run (created_at) where state in ('waiting', 'running');
