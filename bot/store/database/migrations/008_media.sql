-- Attachments of texts.

-- An attachment of a text: wanted, then fetched, or refused for a `reason`. The content is kept
-- until it is posted in all its threads. A fetched attachment has a reason as long as Slack does
-- not accept it. `has_id`: it could be requested by its id, not only by an address.
    create table media (
        media_id integer primary key,
        text_id text not null references texts on delete cascade,
        place integer not null,
        has_id integer not null,
        state text not null default 'wanted',
        filename text,
        content_type text,
        reason text,
        wanted_since real not null,
        tries integer not null default 0,
        try_at real not null,
        content blob,
        unique (text_id, place)
    )
    ;

    create index media_wanted on media (try_at) where state = 'wanted';
    create index media_kept on media (text_id, place) where content is not null;
    create index media_not_shown on media (text_id, place) where reason is not null;
