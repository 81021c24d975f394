-- Small merges of the search index.
-- On its own, FTS5 merges its index during some later write, and a big merge locks the database
-- for a long time. Small merges follow each `write_texts` instead. The crisis limit is high enough
-- that they always keep up.

    insert into call_words (call_words, rank) values ('automerge', 0);
    insert into call_words (call_words, rank) values ('crisismerge', 64);
