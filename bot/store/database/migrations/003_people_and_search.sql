-- Tables for the commands: text said in calls, links between people, preferences, and an audit
-- log.

-- The columns that lists are filtered by are part of the index, so that rows that do not match are
-- not read.
    create index calls_by_number on calls (remote_number, started_at, outcome, direction);
    create index calls_by_extension on calls (extension, started_at, outcome, direction);
    drop index calls_started;
    create index calls_started on calls (started_at, outcome, direction);

-- The searchable text of a call; `indexed` is the version that it was taken from. `text_id`
-- follows the time at which the call began, and `marks` holds words for its outcome and its owner,
-- so that FTS5 alone finds the newest calls that match everything in a query.
    alter table calls add column indexed integer not null default 0;
    create index calls_to_index on calls (call_id) where indexed < version;
    create table call_texts (
        text_id integer primary key,
        call_id text not null unique,
        who text not null,
        summary text not null,
        transcript text not null,
        marks text not null
    )
    ;

    create virtual table call_words using fts5 (
        who, summary, transcript, marks, content = 'call_texts', content_rowid = 'text_id',
        tokenize = 'unicode61 remove_diacritics 2', columnsize = 0
    )
    ;

-- Slack's members as of the last sync: names, time zones and roles are needed all day.
    create table slack_people (
        slack_user text primary key,
        name text,
        email text,
        zone text,
        is_admin integer not null default 0
    ) without rowid
    ;

-- Which Slack member is which Vocatech user; `user_id` is null for members who do not want to be
-- matched.
    create table links (
        slack_user text primary key,
        user_id text,
        how text not null check (how in ('email', 'hand')),
        linked_at real not null
    ) without rowid
    ;

-- What people want to be notified about; `direct` is the direct channel for their missed calls.
    create table preferences (
        slack_user text primary key,
        mentions text not null check (mentions in ('never', 'missed', 'all')),
        direct text
    ) without rowid
    ;

-- The contact that somebody chose where several share a number.
    create table contact_choices (
        number text primary key,
        contact_id integer not null references contacts on delete cascade
    ) without rowid
    ;

-- Submitted forms, by the token that each rendering of a form has, so that a form submitted twice
-- is processed once.
    create table submissions (
        token text primary key,
        at real not null
    ) without rowid
    ;

-- Who did what, or tried to.
    create table audit (
        entry_id integer primary key,
        at real not null,
        slack_user text not null,
        what text not null,
        detail text not null
    )
    ;

-- What somebody's App Home last showed, so that it is published only when it changes.
    create table homes (slack_user text primary key, look text not null) without rowid;

-- Few posts are ever put aside, and admins can see them.
    create index posts_parked on posts (channel) where parked is not null;
