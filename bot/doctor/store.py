"""Owns what the checkup says of the database: whether it can be written, and what is in it."""

from pathlib import Path

from bot.doctor.model import Finding, Verdict, count
from bot.store import Store
from bot.store.contents import count_rows, size_on_disk

DATABASE = "store.database"
MEGABYTE = 1_000_000


def judge_store(store: Store, path: Path, trouble: str | None) -> list[Finding]:
    """Judge the database at `path`; `trouble` is why it could not be opened, where it was not."""
    if trouble is not None:
        return [Finding(DATABASE, "Database", "cannot be used", Verdict.PROBLEM, trouble)]
    if not store.is_writable():
        remedy = (
            f"The database {path} takes no write now, so no webhook is taken either. See whether"
            " the disk is full, or another program holds the file."
        )
        return [Finding(DATABASE, "Database", "not writable", Verdict.PROBLEM, remedy)]
    size = size_on_disk(path)
    database = Finding(
        DATABASE, "Database", f"writable, {size / MEGABYTE:.1f} MB", facts={"bytes": size}
    )
    calls, contacts = (count_rows(store.database, table) for table in ("calls", "contacts"))
    found = [database, Finding("store.calls", "Calls", f"{calls:,} known", facts={"calls": calls})]
    if contacts:
        words = count(contacts, "contact") + " known"
        found.append(Finding("store.contacts", "Contacts", words, facts={"contacts": contacts}))
    return found
