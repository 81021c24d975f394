-- Outcomes that people set on calls, from a list that admins keep.

-- A deleted outcome stays for the calls that have it.
    create table outcomes (
        outcome_id integer primary key,
        name text not null collate nocase,
        deleted_at real
    )
    ;
    create unique index outcomes_names on outcomes (name);
    insert into outcomes (name)
    values ('Quote sent'), ('Appointment'), ('Resolved'), ('Wrong number')
    ;

-- `called_at` is the time of the call, so that lists and counts need no other index. `acted` is 0
-- until the rules for this outcome ran.
    create table call_outcomes (
        call_id text primary key,
        outcome_id integer not null references outcomes,
        set_by text not null,
        set_at real not null,
        called_at real not null,
        acted integer not null default 0
    ) without rowid
    ;
    create index call_outcomes_listed on call_outcomes (outcome_id, called_at);
    create index call_outcomes_of_days on call_outcomes (called_at, outcome_id);
    create index call_outcomes_to_act on call_outcomes (call_id) where acted = 0;
