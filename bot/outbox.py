"""Owns the protocol by which a message stands in a channel exactly once, and is then kept new.

Slack knows no idempotency key, so the intent is committed before the request and its `ts` after
the answer. Where the answer is missing, the channel's history decides: the post carries our
metadata. It is posted again only when two looks, some seconds apart, have not found it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.clock import Clock
from bot.metrics import Metrics
from bot.pace import Pace
from bot.render.message import Message
from bot.slack_answers import Absent, Done, NotNow, Refused, Unreadable, Unsure
from bot.slack_poster import SlackPoster
from bot.store.posts import Post, Posts

log = structlog.get_logger()
LOOKS_BEFORE_POSTING_AGAIN = 2
LONGEST_SET_ASIDE = 600.0
TOKEN_RETRY_SECONDS = 60.0
EDIT_RETRY_SECONDS = 2.0
EDITS_A_MINUTE = 48  # Slack allows 50 over the whole workspace
AT_ONCE = 0.0


class Render(Protocol):
    """Gives what a post shall show; None where there is nothing to show any more."""

    def __call__(self, post: Post, *, may_be_a_repeat: bool = False) -> Message | None:
        """Render the post, with a note where it may stand in the channel already."""


@dataclass(frozen=True)
class Timing:
    """Seconds that depend on others' behaviour; a test makes them short.

    `slack_timeout`: how long a request to Slack may take. `grace`: how long after that Slack may
    still be about to post. `second_look`: from one look into a channel to the next.
    `held_retry`: between two tries in a channel that refuses us.
    """

    slack_timeout: float = 10.0
    grace: float = 5.0
    second_look: float = 5.0
    held_retry: float = 300.0


def _free_pace() -> Pace:
    """About one a second, as Slack asks, with a little slack for two at once."""
    return Pace(2, 2.0)


def _strict_pace() -> Pace:
    """One a second and not more, for a channel where Slack has said that it was too fast."""
    return Pace(1, 1.05)


@dataclass
class _Channel:
    """What is remembered of a channel while the process lives; only its own lane touches it."""

    pace: Pace = field(default_factory=_free_pace)
    doubt: int | None = None  # the post that is being looked for
    looks: int = 0
    tries: dict[int, int] = field(default_factory=dict)
    set_aside: dict[int, float] = field(default_factory=dict)
    is_held: bool = True  # until a success shows otherwise


@dataclass(frozen=True)
class Outbox:
    """Posts and edits what is due; one call at a time for each channel.

    `on_held` is told of a post whose channel refuses us, `on_open` of a channel that took one
    for the first time, or again.
    """

    posts: Posts
    slack: SlackPoster
    clock: Clock
    timing: Timing
    metrics: Metrics
    boundary: Callable[[str], None]
    on_held: Callable[[Post, str], None]
    on_open: Callable[[str], None]
    edits: Pace = field(default_factory=lambda: Pace(EDITS_A_MINUTE, 60.0))
    _channels: dict[str, _Channel] = field(default_factory=dict)

    def do_next(self, channel: str, render: Render) -> float:
        """Do the next thing in a channel; give the seconds until there may be another."""
        known = self._channels.setdefault(channel, _Channel())
        if doubt := self.posts.in_doubt(channel):
            return self._settle(doubt, render, known)
        now = self.clock.monotonic()
        aside = {post_id: until - now for post_id, until in known.set_aside.items() if until > now}
        posts_wait, edits_wait = known.pace.wait(now), self.edits.wait(now)
        post = self.posts.next_due(
            channel, with_posts=posts_wait <= 0, with_edits=edits_wait <= 0, but=aside
        )
        if post is None:
            waits = [*aside.values(), posts_wait, edits_wait]
            return min((wait for wait in waits if wait > 0), default=AT_ONCE)
        message = render(post)
        if message is None:
            self.posts.park(post.post_id, "nothing to show")
            return AT_ONCE
        return self._edit(post, message, known) if post.ts else self._post(post, message, known)

    def _post(self, post: Post, message: Message, known: _Channel) -> float:
        if not self.posts.claim(post.post_id, now=self.clock.now()):
            return self.timing.grace
        return self._send(post, message, known)

    def _send(self, post: Post, message: Message, known: _Channel) -> float:
        """Send a claimed post."""
        self.boundary("claimed")
        known.pace.take(self.clock.monotonic())
        outcome = self.slack.post(post.channel, message)
        self.boundary("answered")
        if isinstance(outcome, Done):
            self.posts.mark_posted(post, ts=outcome.ts, shown=message.look)
            self.boundary("marked")
            self.metrics.posted.labels(post.kind).inc()
            self.metrics.lag.observe(max(0.0, self.clock.now() - post.created_at))
            return self._succeed(post, known)
        if isinstance(outcome, Unsure):
            log.warning("post_in_doubt", channel=post.channel, reason=outcome.reason)
            known.doubt, known.looks = post.post_id, 0
            return self.timing.grace
        self.posts.give_back(post.post_id)
        return self._wait_out(post, outcome, known)

    def _edit(self, post: Post, message: Message, known: _Channel) -> float:
        if post.shown == message.look:
            self.posts.mark_shown(post, shown=message.look)
            return AT_ONCE
        self.edits.take(self.clock.monotonic())
        outcome = self.slack.update(post.channel, post.ts or "", message)
        if isinstance(outcome, Done):
            self.posts.mark_shown(post, shown=message.look)
            self.metrics.edited.labels(post.kind).inc()
            return self._succeed(post, known)
        # An edit does no harm twice, so a doubt about one is simply tried again.
        if isinstance(outcome, Unsure):
            outcome = NotNow(EDIT_RETRY_SECONDS, outcome.reason)
        return self._wait_out(post, outcome, known)

    def _succeed(self, post: Post, known: _Channel) -> float:
        known.tries.pop(post.post_id, None)
        known.set_aside.pop(post.post_id, None)
        if known.is_held:
            known.is_held = False
            self.on_open(post.channel)
        return AT_ONCE

    def _settle(self, doubt: Post, render: Render, known: _Channel) -> float:
        """Find out whether a post that was sent without an answer stands in the channel."""
        if known.doubt != doubt.post_id:
            # Found at start: the request of the process before may still be on its way.
            known.doubt, known.looks = doubt.post_id, 0
            return self.timing.slack_timeout + self.timing.grace
        message = render(doubt)
        if message is None:
            self.posts.park(doubt.post_id, "nothing to show")
            return AT_ONCE
        found = self.slack.find(doubt.channel, message, since=doubt.sending_since or 0.0)
        if isinstance(found, NotNow | Unsure):
            return found.seconds if isinstance(found, NotNow) else self.timing.second_look
        if isinstance(found, Done):
            self.posts.mark_found(doubt, ts=found.ts)
            self.metrics.recovered.labels("found").inc()
            known.doubt = None
            return AT_ONCE
        known.looks += 1
        if isinstance(found, Absent) and known.looks < LOOKS_BEFORE_POSTING_AGAIN:
            return self.timing.second_look
        known.doubt = None
        return self._post_again(doubt, found, render, known)

    def _post_again(
        self, doubt: Post, found: Absent | Unreadable, render: Render, known: _Channel
    ) -> float:
        unreadable = isinstance(found, Unreadable)
        message = render(doubt, may_be_a_repeat=unreadable)
        if message is None or not self.posts.renew_claim(doubt, now=self.clock.now()):
            return AT_ONCE
        self.metrics.recovered.labels("unreadable" if unreadable else "absent").inc()
        return self._send(doubt, message, known)

    def _wait_out(self, post: Post, outcome: NotNow | Refused, known: _Channel) -> float:
        """Decide when to go on after Slack has surely not done something."""
        self.metrics.slack_errors.labels(outcome.reason).inc()
        log.info("slack_refused", channel=post.channel, reason=outcome.reason)
        if isinstance(outcome, NotNow):
            if outcome.reason == "ratelimited":
                known.pace = _strict_pace()
            return outcome.seconds
        if outcome.about == "token":
            log.error("slack_token_refused", reason=outcome.reason)
            return TOKEN_RETRY_SECONDS
        if outcome.about == "channel":
            known.is_held = True
            self.on_held(post, outcome.reason)
            return self.timing.held_retry
        if outcome.is_hopeless:
            self.posts.park(post.post_id, outcome.reason)
            self.metrics.parked.labels(outcome.reason).inc()
            return AT_ONCE
        # Other refusals may pass; the channel's other posts go on meanwhile.
        tries = known.tries[post.post_id] = known.tries.get(post.post_id, 0) + 1
        pause = min(LONGEST_SET_ASIDE, 2.0**tries)
        known.set_aside[post.post_id] = self.clock.monotonic() + pause
        return AT_ONCE
