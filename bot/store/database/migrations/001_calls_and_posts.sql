-- Tables of the first release.

-- Everything the provider reported, as it arrived, kept for thirty days: an event with a known id
-- is not saved twice, and an event that nothing understands yet is not lost. The rowid is close
-- enough to the age, so no index on the time has to be updated with every webhook.
    create table events (
        event_id text primary key,
        kind text not null,
        call_id text,
        body text not null,
        received_at real not null
    )
    ;

-- A call has a version; `routed` is the version for which its channels were last chosen.
    create table calls (
        call_id text primary key,
        version integer not null,
        routed integer not null default 0,
        hold text check (hold in ('late', 'quiet')),
        facts text not null,
        direction text,
        outcome text not null,
        remote_number text,
        extension text,
        company_number text,
        started_at real,
        ended_at real
    )
    ;

    create index calls_to_route on calls (call_id) where routed < version and hold is null;
    create index calls_late on calls (started_at) where hold = 'late';

-- One row for each thing shown in a channel. Where `announced` is behind `wanted`, there is
-- something to send. `sending_since` without a `ts` is in doubt: it may or may not be posted.
    create table posts (
        post_id integer primary key,
        subject_kind text not null,
        subject text not null,
        channel text not null,
        wanted integer not null,
        announced integer not null default 0,
        urgent integer not null default 0,
        ts text,
        shown text,
        sending_since real,
        parked text,
        created_at real not null,
        unique (subject_kind, subject, channel)
    )
    ;

    create index posts_due on posts (channel, urgent desc, ts is not null, post_id)
    where announced < wanted and parked is null
    ;

    create index posts_in_doubt on posts (channel) where sending_since is not null and ts is null;

-- A message about several calls, or a message to the admins: what to show, by its id.
    create table notices (
        notice_id text primary key,
        kind text not null,
        detail text not null
    ) without rowid
    ;

-- Small facts that outlive the process, by name.
    create table notes (name text primary key, value text not null) without rowid;
