-- What a policy gives to a new account comes after the account itself, and its person is asked in at most once.
alter table link
  -- When Rollcall made the account: its groups may still come, and count until then.
  add column made_at    timestamptz,
  -- Before the invitation was sent: whether it arrived is not known, and it is not sent again.
  add column invited_at timestamptz;
