"""The noun "home": what somebody's App Home tells, before it is put into words."""

from dataclasses import dataclass, field

from bot.models.calls import OwnDay
from bot.models.channels import ChannelsInShort
from bot.models.digests import PlannedDigest
from bot.models.health import BrokenChannel, Health
from bot.models.missed_calls import MissedCall, Waiting
from bot.models.people import Person
from bot.models.rules import RulesInShort


@dataclass(frozen=True)
class AdminPart:
    """What only admins see; `unmatched` people in Slack are nobody known at Vocatech.

    `opted_out` numbers want no texts. `tried` names a trouble that is being looked at again.
    """

    health: Health
    digests: tuple[PlannedDigest, ...] = ()
    broken: tuple[BrokenChannel, ...] = ()
    unmatched: int = 0
    opted_out: int = 0
    rules: RulesInShort = field(default_factory=RulesInShort)
    channels: ChannelsInShort = field(default_factory=ChannelsInShort)
    tried: str = ""


@dataclass(frozen=True)
class Home:
    """All of it; without a link there are no calls of one's own to show.

    `callers` is how many numbers wait for a call back, `waiting` the latest of them. `mine` are
    those whom this person takes care of, `free` those whom nobody does.
    """

    person: Person | None = None
    today: OwnDay = field(default_factory=OwnDay)
    callers: int = 0
    waiting: tuple[Waiting, ...] = ()
    digest: PlannedDigest | None = None
    mine: tuple[MissedCall, ...] = ()
    free: tuple[MissedCall, ...] = ()
    admin: AdminPart | None = None
