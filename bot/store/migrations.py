"""Owns the tables: every change to them, in order, each applied once."""

from sqlite_utils import Database, Migrations

from bot.errors import StoreTooNew
from bot.store.channel_tables import DIRECT_CHANNELS, TABLES_OF_CHANNELS
from bot.store.claim_tables import TABLES_OF_CALLBACKS
from bot.store.digest_tables import TABLES_OF_DIGESTS
from bot.store.media_tables import TABLES_OF_MEDIA
from bot.store.rule_tables import TABLES_OF_RULES
from bot.store.search_tables import MERGED_BY_US
from bot.store.tables import (
    FIRST_TABLES,
    TABLES_OF_PEOPLE_AND_SEARCH,
    TABLES_OF_THE_WHOLE_API,
)
from bot.store.template_tables import TABLES_OF_TEMPLATES
from bot.store.text_tables import TABLES_OF_TEXTS

migrations = Migrations("vocatech-slack")


def migrate(db: Database) -> None:
    """Bring the database up to date; raises StoreTooNew when it is ahead of this program."""
    known = {migration.name for migration in migrations.pending(db)}
    applied = {migration.name for migration in migrations.applied(db)}
    unknown = sorted(applied - known - _registered())
    if unknown:
        raise StoreTooNew(
            f"This database was written by a newer vocatech-slack (it knows {', '.join(unknown)})."
            " Nothing was changed. Start the newer version again, or restore the backup made"
            " before the upgrade."
        )
    migrations.apply(db)


def _registered() -> set[str]:
    return {migration.name for migration in migrations.pending(Database(memory=True))}


@migrations()
def m001_calls_and_posts(db: Database) -> None:
    """Make the tables of the first release."""
    for statement in FIRST_TABLES:
        db.execute(statement)


@migrations()
def m002_the_whole_api(db: Database) -> None:
    """Add contacts, people, the ledger of requests, and how webhooks were signed."""
    for statement in TABLES_OF_THE_WHOLE_API:
        db.execute(statement)


@migrations()
def m003_people_and_search(db: Database) -> None:
    """Add what commands need: words said in calls, who is who, preferences, and an audit."""
    for statement in TABLES_OF_PEOPLE_AND_SEARCH:
        db.execute(statement)


@migrations()
def m004_texts(db: Database) -> None:
    """Add texts, who does not want any, who takes care of a call, and posts in threads."""
    for statement in TABLES_OF_TEXTS:
        db.execute(statement)


@migrations()
def m005_digests(db: Database) -> None:
    """Add the plans of digests, the digests themselves, and what totals are read from."""
    for statement in TABLES_OF_DIGESTS:
        db.execute(statement)


@migrations()
def m006_small_merges(db: Database) -> None:
    """Have the search merge its index a little at a time."""
    for statement in MERGED_BY_US:
        db.execute(statement)


@migrations()
def m007_templates(db: Database) -> None:
    """Add templates for texts."""
    for statement in TABLES_OF_TEMPLATES:
        db.execute(statement)


@migrations()
def m008_media(db: Database) -> None:
    """Add what is sent along with texts."""
    for statement in TABLES_OF_MEDIA:
        db.execute(statement)


@migrations()
def m009_callbacks(db: Database) -> None:
    """Add who said that they called back, and of what was reminded."""
    for statement in TABLES_OF_CALLBACKS:
        db.execute(statement)


@migrations()
def m010_rules(db: Database) -> None:
    """Add rules for where calls go, and why a post was made."""
    for statement in TABLES_OF_RULES:
        db.execute(statement)


@migrations()
def m011_channels(db: Database) -> None:
    """Add what is set for channels, and what is held back or told together."""
    for statement in TABLES_OF_CHANNELS:
        db.execute(statement)


@migrations()
def m012_direct_channels(db: Database) -> None:
    """Add which direct channel is whose."""
    for statement in DIRECT_CHANNELS:
        db.execute(statement)
