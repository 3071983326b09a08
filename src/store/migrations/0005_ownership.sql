-- Ownership: whose account it is, how it came to be theirs, and what people have decided about it.

alter table link
  -- What `rollcall link settle` names.
  add column id               bigint generated always as identity,
  -- Of its person when it was last delivered while active: what tells a recycled name from a return.
  add column given_name       text,
  add column family_name      text,
  add column employee_number  text,
  -- Of an adopted account: attributes as the provider had them then, left as they are until it says something else.
  add column left_alone       jsonb not null default '{}',
  -- It was reactivated, and the role and team of a returning person are not all set yet.
  add column returning_since  timestamptz,
  -- What a person has decided; kept until an identity that is there has been delivered by it.
  add column settled_as       text check (settled_as in ('adopt', 'ignore')),
  add column settled_by       text,
  add column settled_at       timestamptz,
  -- A named owner of the tenant wants it although the account is protected.
  add column even_protected   boolean not null default false;

create unique index link_id on link (id);
-- The list of one app, and of one state in it.
create index link_state on link (tenant_id, app_id, state, id);

-- An account has at most one owner. A link owns as soon as it has an origin: also while it is disputed, since who returns
-- under a name may be somebody else, and the account must not fall to a third meanwhile.
drop index link_owner;
create unique index link_owner on link (tenant_id, app_id, account_id)
  where state = 'linked' or (state = 'disputed' and origin is not null);
