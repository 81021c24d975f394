-- Missed calls marked as called back, and sent reminders.

-- Missed calls that somebody marked as called back. Whether a later call settles a missed call is
-- read from the calls themselves, so that the order in which they are reported does not matter.
    create table closings (
        call_id text primary key,
        slack_user text not null,
        at real not null
    ) without rowid
    ;

-- Which reminders were sent, so that each is sent once even if the process dies in between.
    create table reminders (
        call_id text not null,
        stage text not null,
        at real not null,
        primary key (call_id, stage)
    ) without rowid
    ;

    create index claims_by_person on claims (slack_user, at);
