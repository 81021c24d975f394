-- Channel settings, and posts that are held back or batched.

-- `told` is JSON, so that a new setting needs no new column.
    create table channel_settings (channel text primary key, told text not null) without rowid;
    create table mutes (channel text primary key, until real not null, by text not null)
    without rowid
    ;

-- Whether a channel includes people from outside, as last reported by Slack.
    create table shared_channels (
        channel text primary key, is_shared integer not null, looked_at real not null
    ) without rowid
    ;

-- One message about several calls: of quiet hours, once they are over, or of a burst.
    create table bundles (
        bundle_id integer primary key,
        channel text not null,
        kind text not null check (kind in ('quiet', 'burst')),
        began_at real not null,
        closed_at real
    )
    ;

    create index bundles_of_channels on bundles (channel, kind, closed_at);
    create unique index bundles_open on bundles (channel, kind) where closed_at is null;

-- A call in a bundle has no card of its own in that channel; other posts that are held back are
-- released later.
    alter table posts add column bundle integer references bundles;
    alter table posts add column held integer not null default 0;
    create index posts_of_bundles on posts (bundle) where bundle is not null;
    create index posts_held on posts (channel) where held = 1;
    create index posts_of_calls on posts (channel, created_at) where subject_kind = 'call';
    drop index posts_due;
    create index posts_due on posts (channel, urgent desc, ts is not null, post_id)
    where announced < wanted and parked is null and bundle is null and held = 0
    ;
