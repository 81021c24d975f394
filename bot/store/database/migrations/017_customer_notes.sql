-- Notes that people write on calls, contacts, and numbers. `number` is the other party's, so that a
-- timeline needs one index. The writer's name stays when the person leaves.
    create table customer_notes (
        note_id integer primary key,
        number text,
        call_id text,
        contact_id integer,
        body text not null,
        written_by text not null,
        writer_name text,
        at real not null,
        changed_by text,
        changed_at real,
        version integer not null default 1
    )
    ;

    create index notes_of_call on customer_notes (call_id, at) where call_id is not null;
    create index notes_of_contact on customer_notes (contact_id, at) where contact_id is not null;
    create index notes_of_number on customer_notes (number, at) where number is not null;
    create index notes_by_time on customer_notes (at);

-- It keeps its own copy, because words of scripts without spaces are indexed in a different form.
    create virtual table note_words using fts5 (
        body, tokenize = 'unicode61 remove_diacritics 2', columnsize = 0
    )
    ;
