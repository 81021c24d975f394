-- Transcripts are stored once: the search index reads them from the calls.

-- `is_copied`: the text that was indexed is in this row, because the call's facts have changed since
-- or the row is from an older version. Otherwise, the text is that of the facts, and both columns
-- are empty. So what was indexed is always known, and FTS5 can delete it from the index.
    alter table call_texts rename to indexed_calls;
    alter table indexed_calls add column is_copied integer not null default 1;

-- The content of `call_words`, as it was indexed. The app's connections have `call_text`.
    create view call_texts as
    select text_id, indexed_calls.call_id, who,
        iif(is_copied, summary, call_text(facts, 'summary')) as summary,
        iif(is_copied, transcript, call_text(facts, 'transcript')) as transcript,
        marks
    from indexed_calls left join calls using (call_id)
    ;

    create trigger calls_keep_indexed_text after update of facts on calls
    when old.facts is not new.facts
    begin
        update indexed_calls set is_copied = 1, summary = call_text(old.facts, 'summary'),
            transcript = call_text(old.facts, 'transcript')
        where call_id = old.call_id and is_copied = 0;
    end
    ;
