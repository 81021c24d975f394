"""Marks in a restored database: where its knowledge ends, and what may have happened since."""

import sqlite3

TAKEN_AT = "backup taken at"
RESTORED_FROM, RESTORED_AT = "restored from", "restored at"
# Keys of what was found on cards, and of how far the history of each channel was read.
FOUND_CARD, READ_CHANNEL = "found on a card of ", "history read of "


def mark_restored(connection: sqlite3.Connection, *, taken_at: float, now: float) -> None:
    """Note where the knowledge of a restored database ends, and question what was under way then.

    Posts that were not posted yet may have been posted since: they count as sent without an
    answer. So do texts: they are searched for at Vocatech and never simply sent again. Scheduled
    texts wait for their time, unless it has passed.
    """
    # The note would be wrong in a copy of the database that Litestream makes later.
    connection.execute("delete from notes where name = ?", [TAKEN_AT])
    for name, moment in ((RESTORED_FROM, taken_at), (RESTORED_AT, now)):
        connection.execute("insert or replace into notes values (?, ?)", [name, repr(moment)])
    # A backup from the hour after an earlier restore knows cards as they were then.
    for prefix in (FOUND_CARD, READ_CHANNEL):
        connection.execute("delete from notes where substr(name, 1, ?) = ?", [len(prefix), prefix])
    connection.execute(
        "update posts set sending_since = ? where ts is null and parked is null", [taken_at]
    )
    columns = {row[1] for row in connection.execute("pragma table_info(replies)").fetchall()}
    if "send_at" in columns:  # the backup of an earlier version has none
        connection.execute(
            "update replies set step = 'unsure', sending_since = send_at, look_at = ?, looks = 0"
            " where step = 'scheduled' and send_at <= ?",
            [now, now],
        )
    connection.execute(
        "update replies set step = 'unsure', sending_since = coalesce(sending_since, written_at),"
        " look_at = ?, looks = 0, leaves_at = null where step in ('queued', 'sending')",
        [now],
    )
