"""Owns the tables for calling back; what was released is never changed."""

TABLES_OF_CALLBACKS = (
    # Missed calls of which somebody said that they called back. What a later call settles is seen
    # from the calls themselves, so that the order in which they are told does not matter.
    """
    create table closings (
        call_id text primary key,
        slack_user text not null,
        at real not null
    ) without rowid
    """,
    # Of what was reminded, so that it is done once, whatever dies in between.
    """
    create table reminders (
        call_id text not null,
        stage text not null,
        at real not null,
        primary key (call_id, stage)
    ) without rowid
    """,
    "create index claims_by_person on claims (slack_user, at)",
)
