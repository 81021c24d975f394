"""The store: one file per noun, over one SQLite database."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from bot.store.access.tokens import AccessTokens
from bot.store.attachments import AttachmentStore
from bot.store.audit import Audit
from bot.store.call_statistics import CallStatistics
from bot.store.calls import Calls, OwnCalls
from bot.store.channels import Channels, Mutes
from bot.store.claims import Claims, Reminders
from bot.store.contacts import ContactChoices, Contacts
from bot.store.customers.callback_times import CallbackLog
from bot.store.customers.card_states import CardStates
from bot.store.customers.follow_ups import FollowUps
from bot.store.customers.notes import Notes
from bot.store.customers.outcomes import Outcomes
from bot.store.customers.scheduled_texts import ScheduledTexts
from bot.store.customers.screening import ScreenedNumbers
from bot.store.customers.timeline import Timelines
from bot.store.database.connection import BUSY_SECONDS, Database
from bot.store.database.secret_box import SecretBox
from bot.store.digests import Digests
from bot.store.health import Incidents
from bot.store.home import Homes
from bot.store.integrations.deliveries import Deliveries
from bot.store.integrations.endpoints import Endpoints
from bot.store.key_value import KeyValueStore
from bot.store.links import Links
from bot.store.missed_calls import MissedCallQueue
from bot.store.outbox.batches import Bundles
from bot.store.outbox.notices import Notices
from bot.store.outbox.posts import Posts
from bot.store.people import People, Preferences, SlackPeople
from bot.store.privacy.erasures import Erasures
from bot.store.privacy.retention import RetentionStore
from bot.store.request_log import RequestLog
from bot.store.rules import Rules
from bot.store.search.calls import CallSearch
from bot.store.search.index_maintenance import CallIndex
from bot.store.send_queue import SendQueue
from bot.store.submissions import Submissions
from bot.store.sync import Backfills, Subscriptions
from bot.store.templates import Templates
from bot.store.texts import OptOuts, Texts
from bot.store.workflows.step_results import StepResults


@dataclass(frozen=True)
class Store:
    """All stores, over one database."""

    database: Database
    calls: Calls
    posts: Posts
    notices: Notices
    key_values: KeyValueStore
    request_log: RequestLog
    backfills: Backfills
    subscriptions: Subscriptions
    contacts: Contacts
    contact_choices: ContactChoices
    submissions: Submissions
    people: People
    slack_people: SlackPeople
    links: Links
    preferences: Preferences
    audit: Audit
    call_search: CallSearch
    call_index: CallIndex
    own_calls: OwnCalls
    home_pages: Homes
    incidents: Incidents
    texts: Texts
    send_queue: SendQueue
    scheduled_texts: ScheduledTexts
    opt_outs: OptOuts
    claims: Claims
    missed_calls: MissedCallQueue
    reminders: Reminders
    follow_ups: FollowUps
    templates: Templates
    attachments: AttachmentStore
    call_statistics: CallStatistics
    digests: Digests
    rules: Rules
    channels: Channels
    batches: Bundles
    mutes: Mutes
    erasures: Erasures
    retention: RetentionStore
    outcomes: Outcomes
    notes: Notes
    screening: ScreenedNumbers
    timelines: Timelines
    callback_log: CallbackLog
    access_tokens: AccessTokens
    step_results: StepResults
    card_states: CardStates
    endpoints: Endpoints
    deliveries: Deliveries

    @classmethod
    def open(
        cls, path: Path, *, encryption_key: str | None = None, patience: float = BUSY_SECONDS
    ) -> Self:
        """Open the database at `path`, creating or upgrading it as needed; raise `StoreTooNew`.

        With an `encryption_key`, the secrets of webhooks are encrypted. A write fails if other
        processes write for longer than `patience` seconds.
        """
        database, box = Database(path, patience=patience), SecretBox(encryption_key)
        subscriptions, endpoints = Subscriptions(database, box), Endpoints(database, box)
        subscriptions.seal_all()
        endpoints.seal_all()
        store = cls(
            database,
            Calls(database),
            Posts(database),
            Notices(database),
            KeyValueStore(database),
            RequestLog(database),
            Backfills(database),
            subscriptions,
            Contacts(database),
            ContactChoices(database),
            Submissions(database),
            People(database),
            SlackPeople(database),
            Links(database),
            Preferences(database),
            Audit(database),
            CallSearch(database),
            CallIndex(database),
            OwnCalls(database),
            Homes(database),
            Incidents(database),
            Texts(database),
            SendQueue(database),
            ScheduledTexts(database),
            OptOuts(database),
            Claims(database),
            MissedCallQueue(database),
            Reminders(database),
            FollowUps(database),
            Templates(database),
            AttachmentStore(database),
            CallStatistics(database),
            Digests(database),
            Rules(database),
            Channels(database),
            Bundles(database),
            Mutes(database),
            Erasures(database),
            RetentionStore(database),
            Outcomes(database),
            Notes(database),
            ScreenedNumbers(database),
            Timelines(database),
            CallbackLog(database),
            AccessTokens(database),
            StepResults(database),
            CardStates(database),
            endpoints,
            Deliveries(database),
        )
        store.key_values.opaque_key()
        return store

    def is_writable(self) -> bool:
        """Return whether the database accepts a write."""
        try:
            self.key_values.set_moment("checked", 0.0)
        except sqlite3.Error:
            return False
        return True

    def close(self) -> None:
        """Close the database."""
        self.database.close()
