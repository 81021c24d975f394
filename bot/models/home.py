"""The noun "home": what somebody's App Home tells, before it is put into words."""

from dataclasses import dataclass

from bot.models.calls import Call
from bot.models.digest_schedule import Plan
from bot.models.health import Trouble
from bot.models.missed_calls import Callback
from bot.models.people import Person


@dataclass(frozen=True)
class OwnDay:
    """The calls of a day: how many, how many of them missed, and the latest, newest first."""

    calls: int = 0
    missed: int = 0
    latest: tuple[Call, ...] = ()


@dataclass(frozen=True)
class Waiting:
    """Somebody who tried to reach us: the last of their calls, and how often they tried.

    `owner` is the name of whoever takes care of it.
    """

    call: Call
    tries: int
    owner: str | None = None


@dataclass(frozen=True)
class BrokenChannel:
    """A channel, or a person, that takes no posts of ours.

    `since` (unix seconds) is when it began to refuse us; None where only single posts, `parked`
    of them, were put aside. `reason` is Slack's word for it, `waiting` what is still to be done.
    `is_being_tried`: an admin has just asked for another try, whose end is not known yet.
    """

    channel: str
    since: float | None = None
    reason: str | None = None
    parked: int = 0
    waiting: int = 0
    is_being_tried: bool = False


@dataclass(frozen=True)
class Health:
    """How the bot is doing; moments in unix seconds, None where there was none yet.

    `expects_webhooks`: it was set up to be told of calls, and does not only ask.
    """

    expects_webhooks: bool
    last_webhook: float | None = None
    last_poll: float | None = None
    posts_waiting: int = 0
    quota_left: int = 0
    has_subscription: bool = False
    troubles: tuple[Trouble, ...] = ()

    def has(self, kind: str) -> bool:
        """Say whether there is trouble of a kind."""
        return any(one.kind.name == kind for one in self.troubles)


@dataclass(frozen=True)
class PlannedDigest:
    """A plan of digests, and when the next one comes (unix seconds); None where it is off."""

    plan: Plan
    next_run: float | None = None


@dataclass(frozen=True)
class RulesInShort:
    """How many rules for calls there are, how many never match, and how many post nowhere."""

    count: int = 0
    idle: int = 0
    broken: int = 0


@dataclass(frozen=True)
class ChannelsInShort:
    """How many channels have settings of their own, and how many are muted now."""

    with_settings: int = 0
    muted: int = 0


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
    rules: RulesInShort = RulesInShort()
    channels: ChannelsInShort = ChannelsInShort()
    tried: str = ""


@dataclass(frozen=True)
class Home:
    """All of it; without a link there are no calls of one's own to show.

    `callers` is how many numbers wait for a call back, `waiting` the latest of them. `mine` are
    those whom this person takes care of, `free` those whom nobody does.
    """

    person: Person | None = None
    today: OwnDay = OwnDay()
    callers: int = 0
    waiting: tuple[Waiting, ...] = ()
    digest: PlannedDigest | None = None
    mine: tuple[Callback, ...] = ()
    free: tuple[Callback, ...] = ()
    admin: AdminPart | None = None
