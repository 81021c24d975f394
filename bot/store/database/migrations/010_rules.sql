-- Rules for where calls go, and why a post was made.

-- All rules as one document: each change writes the next version, so that of two simultaneous
-- changes one comes first, and nothing is ever half changed. `told` is JSON.
    create table rulebooks (
        version integer primary key,
        told text not null,
        made_at real not null,
        made_by text not null
    )
    ;

-- The rule's name at that time, and its conditions; JSON. Null where no reason was recorded.
    alter table posts add column why text;
