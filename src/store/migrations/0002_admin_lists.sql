-- What the lists of the admin API are read by, beside the keys there are.

-- Deliveries that wait for a person: few rows, so it costs the accepting path nothing.
create index delivery_stuck on delivery (tenant_id, state, id) where state in ('refused', 'disputed');

-- All identities of one person.
create index identity_person on identity (person_id, tenant_id);
