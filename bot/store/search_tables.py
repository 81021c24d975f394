"""Owns how the search among calls keeps its index, as releases changed it."""

# By itself FTS5 merges what it wrote within some write or other, and a big merge holds the
# database for long; `write_texts` is followed by small ones instead. The crisis is far off: they
# keep up.
MERGED_BY_US = (
    "insert into call_words (call_words, rank) values ('automerge', 0)",
    "insert into call_words (call_words, rank) values ('crisismerge', 64)",
)
