"""Owns the table of rules, and why a post was made."""

TABLES_OF_RULES = (
    # All rules as one: each change writes the next version, so that of two at once one is first,
    # and nothing is ever half-changed. `told` is JSON.
    """
    create table rulebooks (
        version integer primary key,
        told text not null,
        made_at real not null,
        made_by text not null
    )
    """,
    # The rule's name at that time, and what held; JSON. Null where nobody wrote it down.
    "alter table posts add column why text",
)
