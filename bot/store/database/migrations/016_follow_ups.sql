-- What someone should do about a caller. Each change of the time or the owner is a new version, and
-- each version has at most one reminder, which is a notice.

    create table follow_ups (
        follow_up_id integer primary key,
        owner text not null,
        created_by text not null,
        due_at real not null,
        created_at real not null,
        call_id text,
        contact_id integer,
        number text,
        note text not null,
        ends_with_talk integer not null,
        version integer not null default 1,
        reminded_at real,
        changed_by text,
        closed_at real,
        closed_by text,
        closing text
    );
    create index follow_ups_of_owner on follow_ups (owner, due_at) where closing is null;
    create index follow_ups_of_creator on follow_ups (created_by, due_at) where closing is null;
    create index follow_ups_due on follow_ups (due_at, owner)
    where closing is null and reminded_at is null
    ;
    create index follow_ups_of_number on follow_ups (number, created_at);
    create index follow_ups_of_call on follow_ups (call_id) where call_id is not null;
