-- What SCIM lists and searches are answered with. Both functions say the same as their twins in src/scim.

-- Texts without regard to case: `fold` in src/scim/text.ts. The builtin collation maps letter by letter, by Unicode and by
-- nothing else; a server that does not have it yet (before 17) does as its database was made.
do $$
begin
  if exists (select from pg_collation where collname = 'pg_c_utf8') then
    create function scim_fold(value text) returns text language sql immutable strict parallel safe
    return lower(normalize(value, nfc) collate "pg_c_utf8");
  else
    create function scim_fold(value text) returns text language sql immutable strict parallel safe
    return lower(normalize(value, nfc));
  end if;
end $$;

-- The milliseconds since 1970 of an instant, or null: `instantOf` in src/scim/date.ts. Never an error, whatever it is given.
create function scim_instant(value text) returns bigint language sql immutable strict parallel safe
return (
  select (
      (first_day - date '1970-01-01' + day - 1)::bigint * 86400000
      + (hour * 60 + minute - zone) * 60000::bigint + second * 1000 + milliseconds
    )
  from (
    select make_date(case when part[1] = '0000' then -1 else part[1]::integer end, part[2]::integer, 1) as first_day,
           part[3]::integer as day, part[4]::integer as hour, part[5]::integer as minute, part[6]::integer as second,
           left(rpad(coalesce(part[7], ''), 3, '0'), 3)::integer as milliseconds,
           case when length(part[8]) = 6
                then (substr(part[8], 2, 2)::integer * 60 + substr(part[8], 5, 2)::integer) * case left(part[8], 1) when '-' then -1 else 1 end
                else 0 end as zone
    from regexp_match(value,
      '^([0-9]{4})-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])[Tt]([01][0-9]|2[0-3]):([0-5][0-9]):([0-5][0-9])(?:[.]([0-9]{1,9}))?([Zz]|[+-](?:0[0-9]|1[0-4]):[0-5][0-9])?$'
    ) as part
    where part is not null
  ) as read
  where extract(month from first_day + day - 1) = extract(month from first_day)
);

-- The values of all e-mail addresses, folded: what providers look people up by beside the userName. A column of its own, so
-- that a change of anything else touches no index. Folded as one text, since functions on each would cost every write.
alter table identity add column email_keys jsonb
  generated always as (scim_fold(jsonb_path_query_array(document, '$.emails[*].value')::text)::jsonb) stored;
-- The list of what is new is read through by every search, so it is kept short.
create index identity_email on identity using gin (email_keys jsonb_path_ops) with (fastupdate = on, gin_pending_list_limit = 64);
