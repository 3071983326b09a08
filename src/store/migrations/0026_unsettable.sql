-- What is wanted of somebody's account and their app does not let be set, but by a person in its own console.

create table unsettable (
  tenant_id      text not null,
  app_id         text not null,
  connection_id  text not null,
  identity_id    uuid not null,
  attribute      text not null,
  -- As the app would show it; null for empty.
  wanted         text,
  -- Where a person sets it, in whole sentences.
  by_hand        text not null,
  since          timestamptz not null default now(),
  primary key (tenant_id, app_id, connection_id, identity_id, attribute),
  foreign key (tenant_id, app_id) references app (tenant_id, id),
  foreign key (tenant_id, connection_id, identity_id) references identity (tenant_id, connection_id, id) on delete cascade
);
create index unsettable_attribute on unsettable (tenant_id, app_id, attribute, connection_id, identity_id);
