-- Texts, opt-outs, claims of missed calls, and posts in threads.

-- What the provider reports about texts, and texts written here. `text_id` is ours for the latter;
-- `message_id` is the provider's, once it is known. A row without a number is a text about which
-- too little is known to show it, such as its delivery status alone. For two in the same second,
-- the rowid says which was received first.
    create table texts (
        text_id text primary key,
        message_id text unique,
        version integer not null default 1,
        routed integer not null default 0,
        is_quiet integer not null default 0,
        facts text not null,
        number text,
        is_incoming integer,
        at real
    )
    ;

    create index texts_with on texts (number, at);
    create index texts_to_route on texts (at)
    where routed < version and number is not null and is_quiet = 0
    ;

-- Texts written here, on their way out; `slack_user` is null for texts that the program wrote. A
-- row in step `sending` while nothing sends it means that the process died in between.
    create table replies (
        text_id text primary key references texts on delete cascade,
        number text not null,
        company_number text not null,
        platform text not null,
        body text not null,
        slack_user text,
        call_id text,
        channel text,
        step text not null,
        written_at real not null,
        sending_since real,
        leaves_at real,
        looks integer not null default 0,
        look_at real,
        reason text
    ) without rowid
    ;

-- Texts from people go before texts from the program.
    create index replies_queued on replies (slack_user is null, written_at, text_id)
    where step = 'queued'
    ;

    create index replies_in_doubt on replies (step) where step in ('sending', 'unsure');
    create index replies_to on replies (number, sending_since);
    create index replies_about on replies (call_id) where call_id is not null;

-- Who asked us to stop sending texts, or to start again: the latest request counts.
    create table opt_outs (
        number text primary key,
        is_out integer not null,
        at real not null,
        text_id text not null
    ) without rowid
    ;

-- Who takes care of a missed call: the first person to claim it.
    create table claims (
        call_id text primary key,
        slack_user text not null,
        at real not null
    ) without rowid
    ;

-- A post may be in the thread of another post, and be shown in the channel too (`aloud`).
    alter table posts add column under integer;
    alter table posts add column aloud integer not null default 0;
    create index posts_under on posts (under) where under is not null;
