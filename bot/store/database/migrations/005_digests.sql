-- Digest schedules, the digests themselves, and the columns that their totals are read from.

-- Totals add these up over months, so they are part of the index that is read for it: reading the
-- facts of a hundred thousand calls takes seconds.
    alter table calls add column seconds integer;
    alter table calls add column sentiment text;
    update calls set seconds = json_extract(facts, '$.seconds[1]'),
                     sentiment = json_extract(facts, '$.sentiment[1]')
    ;

    drop index calls_by_extension;
    create index calls_by_extension on calls (extension, started_at, outcome, direction, seconds)
    ;

    drop index calls_started;
    create index calls_started on calls
    (started_at, outcome, direction, seconds, sentiment, extension, remote_number)
    ;

-- When digests are posted to a channel or a person; a plan that is switched off keeps its
-- settings.
    create table digest_plans (
        channel text primary key,
        zone text not null,
        cadence text not null check (cadence in ('daily', 'weekly', 'monthly')),
        weekdays text not null,
        minute integer not null,
        per_person integer not null,
        is_on integer not null,
        since real not null
    ) without rowid
    ;

-- Each digest that was decided on, by cadence, days and channel; `due_at` is when it was due,
-- `told` is its whole content, so that a crash between two attempts does not change it.
    create table digests (
        digest_id text primary key,
        channel text not null,
        due_at real not null,
        made_at real not null,
        skipped integer not null,
        told text not null
    )
    ;

    create index digests_by_channel on digests (channel, due_at);

-- Digests whose posts do not exist yet are checked.
    create index posts_of_digests on posts (post_id)
    where subject_kind = 'digest' and ts is null
    ;
