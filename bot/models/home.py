"""What App Home shows."""

from dataclasses import dataclass, field

from bot.models.callback_times import CallbackReport
from bot.models.calls import OwnDay
from bot.models.channels import ChannelsInShort
from bot.models.customers.follow_ups import ListedFollowUp
from bot.models.digests import PlannedDigest
from bot.models.health import BrokenChannel, Health
from bot.models.missed_calls import MissedCall, Waiting
from bot.models.people import Person
from bot.models.rules import RulesInShort
from bot.models.send_times import ScheduledText


@dataclass(frozen=True)
class AdminPart:
    """What only admins see.

    `unmatched` people in Slack have no extension. `opted_out` counts numbers, `outcomes`
    those to choose from, `spam` numbers that are marked as spam, `users` those of Vocatech,
    `endpoints` those of outgoing webhooks. `tried` is the name of an incident that is being
    checked again.
    """

    health: Health
    digests: tuple[PlannedDigest, ...] = ()
    broken: tuple[BrokenChannel, ...] = ()
    unmatched: int = 0
    opted_out: int = 0
    rules: RulesInShort = field(default_factory=RulesInShort)
    channels: ChannelsInShort = field(default_factory=ChannelsInShort)
    tried: str = ""
    outcomes: int = 0
    spam: int = 0
    users: int = 0
    endpoints: int = 0
    callbacks: CallbackReport = field(default_factory=CallbackReport)


@dataclass(frozen=True)
class Home:
    """A person's App Home; without a linked extension there are no calls of their own.

    `today_at` is noon of the person's day (unix seconds). `mine` are the latest callers of the
    `mine_count` that this person has claimed, and `free` those of the `free_count` that no one has.
    `callers` counts the numbers that called this person's extension and weren't called back;
    `waiting` are the latest of them. `follow_ups` are the ones due first of the `follow_up_count`
    that this person has or set. `scheduled` are this person's next scheduled texts, of
    `scheduled_count`.
    """

    person: Person | None = None
    name: str | None = None
    today_at: float = 0.0
    today: OwnDay = field(default_factory=OwnDay)
    texts_sent: int = 0
    callers: int = 0
    waiting: tuple[Waiting, ...] = ()
    digest: PlannedDigest | None = None
    mine: tuple[MissedCall, ...] = ()
    mine_count: int = 0
    free: tuple[MissedCall, ...] = ()
    free_count: int = 0
    follow_ups: tuple[ListedFollowUp, ...] = ()
    follow_up_count: int = 0
    scheduled: tuple[ScheduledText, ...] = ()
    scheduled_count: int = 0
    admin: AdminPart | None = None
