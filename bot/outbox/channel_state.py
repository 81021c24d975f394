"""Delivery state of one channel: pace, deferred and unconfirmed posts, refusals in a row."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from bot.models.outbox import Post
from bot.server.rate_limit import Pace, strict_pace
from bot.slack.errors import Absent, FoundPosts, Rejected, Retry, SearchOutcome, Unreadable

LONGEST_ASIDE = 600.0

# One post may be refused for what is in it; this many in a row are refused for the channel.
REFUSALS_IN_A_ROW = 3

REFUSED_SEARCHES = 3  # then the history counts as unreadable


@dataclass
class PostSearch:
    """The search for an unconfirmed post: when the next one is due (monotonic), and the result.

    `looks` counts the searches that didn't find it, `failures` those that Slack refused.
    """

    due: float
    looks: int = 0
    failures: int = 0
    result: Absent | Unreadable | None = None

    def is_due(self, now: float) -> bool:
        """Return whether to search now."""
        return self.result is None and self.due <= now

    def record(
        self, outcome: SearchOutcome, *, now: float, pause: float, looks_needed: int
    ) -> None:
        """Record a search that didn't find the post, at `now`; the next is due after `pause`."""
        self.due = now + (outcome.seconds if isinstance(outcome, Retry) else pause)
        if isinstance(outcome, FoundPosts):
            self.looks += 1
            self.result = Absent() if self.looks >= looks_needed else None
        elif isinstance(outcome, Rejected):
            self.failures += 1
            is_final = self.failures >= REFUSED_SEARCHES
            self.result = Unreadable(outcome.reason) if is_final else None
        elif isinstance(outcome, Unreadable):
            self.result = outcome


@dataclass
class ChannelState:
    """The state of one channel; only its own worker uses it, so it needs no lock.

    A deferred post lets the channel's other posts go first until a time (monotonic). `searches`
    are the unconfirmed posts that are being searched for.
    """

    pace: Pace
    edits_from: float = 0.0
    searches: dict[int, PostSearch] = field(default_factory=dict)
    may_be_held: bool = True  # until a success shows otherwise
    _tries: dict[int, int] = field(default_factory=dict)
    _aside: dict[int, float] = field(default_factory=dict)
    _refused: dict[int, int] = field(default_factory=dict)
    _refused_alone: set[int] = field(default_factory=set)

    def slow_down(self, seconds: float) -> None:
        """Post at most once in the given seconds from now on."""
        self.pace = strict_pace(seconds)

    def keep_searches(self, unconfirmed: Iterable[Post], *, due: float, now: float) -> None:
        """Search for these posts and no others.

        Unknown ones were found at start: the request of the previous process may be in flight
        until `due`. After a restore, nothing is in flight.
        """
        found = {}
        for post in unconfirmed:
            new = PostSearch(now if post.is_restored else due)
            found[post.post_id] = self.searches.get(post.post_id, new)
        self.searches = found

    def next_search(self) -> float | None:
        """Return when the next search is due (monotonic)."""
        return min((one.due for one in self.searches.values() if not one.result), default=None)

    def defer(self, post_id: int, now: float, seconds: float) -> int:
        """Defer a post, twice as long each time; return how often it was deferred."""
        tries = self._tries[post_id] = self._tries.get(post_id, 0) + 1
        # Not a larger power, which would overflow after a few days.
        self._aside[post_id] = now + min(LONGEST_ASIDE, seconds * 2.0 ** min(tries - 1, 30))
        return tries

    def clear_deferral(self, post_id: int) -> None:
        """Clear the deferral of a post."""
        self._tries.pop(post_id, None)
        self._aside.pop(post_id, None)

    def deferred(self, now: float) -> list[int]:
        """Return the posts that are deferred now."""
        return [post_id for post_id, until in self._aside.items() if until > now]

    def record_refusal(self, post: Post) -> None:
        """Count a refusal without a known cause, unless the channel took others in the meantime.

        The posts of a thread count as one: a thread may be locked.
        """
        head = post.under or post.post_id
        if head not in self._refused_alone:
            self._refused[head] = self._refused.get(head, 0) + 1

    def record_success(self, post: Post) -> None:
        """Note that the channel takes posts, so earlier refusals were not about the channel."""
        self._refused_alone |= self._refused.keys()
        self._refused_alone.discard(post.under or post.post_id)
        self._refused.clear()

    @property
    def refuses_all(self) -> bool:
        """Whether the channel refused several posts in a row, or its only one several times."""
        return sum(self._refused.values()) >= REFUSALS_IN_A_ROW

    @property
    def refuses_several(self) -> bool:
        """Whether it refused different posts; one alone must not stop the others."""
        return self.refuses_all and len(self._refused) > 1
