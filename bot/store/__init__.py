"""The store: one file a noun, methods named by the question they answer."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.store.audit import Audit
from bot.store.backfills import Backfills
from bot.store.bundles import Bundles
from bot.store.call_search import CallSearch
from bot.store.call_totals import CallTotals
from bot.store.calls import Calls
from bot.store.channels import Channels
from bot.store.claims import Claims
from bot.store.contact_choices import ContactChoices
from bot.store.contacts import Contacts
from bot.store.database import Database
from bot.store.digests import Digests
from bot.store.homes import Homes
from bot.store.ledger import Ledger
from bot.store.links import Links
from bot.store.media import MediaShelf
from bot.store.mutes import Mutes
from bot.store.notes import Notes
from bot.store.notices import Notices
from bot.store.open_calls import OpenCalls
from bot.store.opt_outs import OptOuts
from bot.store.own_calls import OwnCalls
from bot.store.people import People
from bot.store.posts import Posts
from bot.store.preferences import Preferences
from bot.store.reminders import Reminders
from bot.store.replies import Replies
from bot.store.rules import Rules
from bot.store.slack_people import SlackPeople
from bot.store.submissions import Submissions
from bot.store.subscriptions import Subscriptions
from bot.store.templates import Templates
from bot.store.texts import Texts
from bot.store.troubles import Troubles


@dataclass(frozen=True)
class Store:
    """Everything that is kept, over one database."""

    database: Database
    calls: Calls
    posts: Posts
    notices: Notices
    notes: Notes
    ledger: Ledger
    backfills: Backfills
    subscriptions: Subscriptions
    contacts: Contacts
    choices: ContactChoices
    submissions: Submissions
    people: People
    slack_people: SlackPeople
    links: Links
    preferences: Preferences
    audit: Audit
    call_search: CallSearch
    own_calls: OwnCalls
    homes: Homes
    troubles: Troubles
    texts: Texts
    replies: Replies
    opt_outs: OptOuts
    claims: Claims
    open_calls: OpenCalls
    reminders: Reminders
    templates: Templates
    media: MediaShelf
    call_totals: CallTotals
    digests: Digests
    rules: Rules
    channels: Channels
    bundles: Bundles
    mutes: Mutes

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the database at `path`, made or upgraded as needed; `StoreTooNew` is raised."""
        database = Database(path)
        return cls(
            database,
            Calls(database),
            Posts(database),
            Notices(database),
            Notes(database),
            Ledger(database),
            Backfills(database),
            Subscriptions(database),
            Contacts(database),
            ContactChoices(database),
            Submissions(database),
            People(database),
            SlackPeople(database),
            Links(database),
            Preferences(database),
            Audit(database),
            CallSearch(database),
            OwnCalls(database),
            Homes(database),
            Troubles(database),
            Texts(database),
            Replies(database),
            OptOuts(database),
            Claims(database),
            OpenCalls(database),
            Reminders(database),
            Templates(database),
            MediaShelf(database),
            CallTotals(database),
            Digests(database),
            Rules(database),
            Channels(database),
            Bundles(database),
            Mutes(database),
        )

    def is_writable(self) -> bool:
        """Say whether the database takes a write."""
        try:
            self.notes.set_moment("checked", 0.0)
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        """Close the database; nothing is open afterwards."""
        self.database.close()
