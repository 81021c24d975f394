"""Delivery of one channel's posts and edits, each exactly once.

Slack knows no idempotency key, so the intent is committed before the request and its `ts` after
the answer. Where the answer is missing, the channel's history decides: the post carries our
metadata. It is posted again only when two looks, some seconds apart, have not found it.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

import structlog

from bot.clock import Clock, Timing
from bot.models.outbox import Post, Subject, is_direct
from bot.server.metrics import Metrics
from bot.server.rate_limit import RateLimiter, free_pace, strict_pace
from bot.slack.client import SlackClient
from bot.slack.errors import RATE_LIMITED, Absent, Rejected, Retry, Sent, Unknown, Unreadable
from bot.store.outbox.posts import Posts
from bot.ui.message import Message

LONGEST_ASIDE = 600.0


@dataclass
class ChannelState:
    """One channel's state; only its own lane touches it, so it needs no lock.

    `doubt` is the post that is being looked for, `looks` how often it was. A post that is set
    aside lets the channel's others go first until its moment (monotonic) has come.
    """

    pace: RateLimiter
    edits_from: float = 0.0
    doubt: int | None = None
    looks: int = 0
    is_held: bool = True  # until a success shows otherwise
    _tries: dict[int, int] = field(default_factory=dict)
    _aside: dict[int, float] = field(default_factory=dict)

    def slow_down(self, seconds: float) -> None:
        """Keep strictly to one in so many seconds from now on."""
        self.pace = strict_pace(seconds)

    def begin_doubt(self, post_id: int) -> None:
        """Note that a post may or may not stand."""
        self.doubt, self.looks = post_id, 0

    def end_doubt(self) -> None:
        """Note that it is known again what stands."""
        self.doubt, self.looks = None, 0

    def set_aside(self, post_id: int, now: float, seconds: float) -> int:
        """Let others go first for so long, twice that each time; give how often this was so."""
        tries = self._tries[post_id] = self._tries.get(post_id, 0) + 1
        self._aside[post_id] = now + min(LONGEST_ASIDE, seconds * 2.0 ** (tries - 1))
        return tries

    def take_up(self, post_id: int) -> None:
        """Forget that a post was set aside."""
        self._tries.pop(post_id, None)
        self._aside.pop(post_id, None)

    def aside(self, now: float) -> list[int]:
        """Which posts are set aside right now?"""
        return [post_id for post_id, until in self._aside.items() if until > now]


log = structlog.get_logger()

LOOKS_BEFORE_POSTING_AGAIN = 2

TRIES_IN_A_ROW = 3

LONGEST_PAUSE = 1.0  # while something is due, so that news is not kept waiting by old trouble

TOKEN_RETRY_SECONDS = 60.0

EDITS_A_MINUTE = 48  # Slack allows 50 over the whole workspace

AT_ONCE = 0.0


class Render(Protocol):
    """Gives what a post shall show; None where there is nothing to show any more."""

    def __call__(self, post: Post, *, may_be_a_repeat: bool = False) -> Message | None:
        """Render the post, with a note where it may stand in the channel already."""


@dataclass(frozen=True)
class ChannelDelivery:
    """Posts and edits what is due; one call at a time for each channel.

    `on_held` is told of a post whose channel refuses us, `on_open` of a channel that took one
    for the first time, or again, `on_file_refused` of a file that Slack does not take.
    """

    posts: Posts
    slack: SlackClient
    clock: Clock
    timing: Timing
    metrics: Metrics
    failpoint: Callable[[str], None]
    on_held: Callable[[Post, str], None]
    on_open: Callable[[str], None]
    on_file_refused: Callable[[Post, str], None]
    edits: RateLimiter = field(default_factory=lambda: RateLimiter(EDITS_A_MINUTE, 60.0))
    _channels: dict[str, ChannelState] = field(default_factory=dict)

    def do_next(self, channel: str, render: Render) -> float:
        """Do the next thing in a channel; give the seconds until there may be another."""
        known = self._channels.get(channel) or self._meet(channel)
        if doubt := self.posts.unconfirmed(channel):
            return self._settle(doubt, render, known)
        now = self.clock.monotonic()
        aside = known.aside(now)
        posts_wait = known.pace.wait(now)
        edits_wait = max(self.edits.wait(now), known.edits_from - now)
        post = self.posts.next_due(
            channel, with_posts=posts_wait <= 0, with_edits=edits_wait <= 0, but=aside
        )
        if post is None:
            waits = [wait for wait in (posts_wait, edits_wait) if wait > 0]
            return min([LONGEST_PAUSE, *waits]) if waits or aside else AT_ONCE
        # Whatever goes wrong now, even in rendering, the next round begins with another post.
        known.set_aside(post.post_id, now, self.timing.aside)
        message = render(post)
        if message is None:
            known.take_up(post.post_id)
            self.posts.mark_dead_letter(post.post_id, "nothing to show")
            return AT_ONCE
        return self._edit(post, message, known) if post.ts else self._post(post, message, known)

    def _meet(self, channel: str) -> ChannelState:
        known = ChannelState(free_pace(self.timing.post_seconds))
        self._channels[channel] = known
        return known

    def _post(self, post: Post, message: Message, known: ChannelState) -> float:
        if not self.posts.acquire_lease(post.post_id, now=self.clock.now()):
            return self.timing.grace
        return self._send(post, message, known)

    def _send(self, post: Post, message: Message, known: ChannelState) -> float:
        """Send a claimed post."""
        self.failpoint("claimed")
        began = self.clock.monotonic()
        known.pace.try_take(began)
        outcome = self.slack.post(
            post.channel, message, thread_ts=post.thread_ts, broadcast=post.aloud
        )
        self.failpoint("answered")
        if isinstance(outcome, Sent):
            self.posts.mark_posted(post, ts=outcome.ts, shown=message.look)
            self.failpoint("marked")
            return self._succeed(post, known)
        if isinstance(outcome, Unknown):
            log.warning("post_in_doubt", channel=post.channel, reason=outcome.reason)
            known.begin_doubt(post.post_id)
            left = self.timing.slack_timeout - (self.clock.monotonic() - began)
            return max(0.0, left) + self.timing.grace
        self.posts.release_lease(post.post_id)
        if isinstance(outcome, Rejected) and _is_about_file(post, outcome):
            # It stays set aside as others do, unless it is put aside for good now.
            self._count_refusal(post, outcome.reason)
            self.on_file_refused(post, outcome.reason)
            return AT_ONCE
        return self._wait_out(post, outcome, known)

    def _succeed(self, post: Post, known: ChannelState) -> float:
        known.take_up(post.post_id)
        self.metrics.posted.labels(post.kind).inc()
        self.metrics.lag.observe(max(0.0, self.clock.now() - post.created_at))
        if known.is_held:
            known.is_held = False
            self.on_open(post.channel)
        return AT_ONCE

    def _edit(self, post: Post, message: Message, known: ChannelState) -> float:
        if post.shown == message.look:
            self.posts.mark_shown(post, shown=message.look)
            known.take_up(post.post_id)
            return AT_ONCE
        now = self.clock.monotonic()
        if (pause := self.edits.try_take(now)) > 0:
            known.take_up(post.post_id)
            known.edits_from = now + pause
            return AT_ONCE
        outcome = self.slack.update(post.channel, post.ts or "", message)
        if isinstance(outcome, Sent):
            self.posts.mark_shown(post, shown=message.look)
            self.metrics.edited.labels(post.kind).inc()
            known.take_up(post.post_id)
            return AT_ONCE
        if isinstance(outcome, Retry):
            self._count_refusal(post, outcome.reason)
            known.take_up(post.post_id)
            known.edits_from = now + outcome.seconds
            return AT_ONCE
        # An edit does no harm twice, so one in doubt stays set aside and is tried again.
        return AT_ONCE if isinstance(outcome, Unknown) else self._wait_out(post, outcome, known)

    def _settle(  # noqa: PLR0911 (a line for each way it may turn out)
        self, doubt: Post, render: Render, known: ChannelState
    ) -> float:
        """Find out whether a post that was sent without an answer stands in the channel."""
        if known.doubt != doubt.post_id:
            # Found at start: the request of the process before may still be on its way.
            known.begin_doubt(doubt.post_id)
            if not doubt.is_restored:
                return self.timing.slack_timeout + self.timing.grace
        message = render(doubt)
        if message is None:
            self.posts.mark_dead_letter(doubt.post_id, "nothing to show")
            return AT_ONCE
        found = self.slack.find(
            doubt.channel,
            message,
            since=doubt.sending_since or 0.0,
            thread_ts=doubt.thread_ts,
            is_restored=doubt.is_restored,
        )
        if isinstance(found, Sent):
            self.posts.mark_reconciled(doubt, ts=found.ts)
            self.metrics.recovered.labels("found").inc()
            known.end_doubt()
            return self._succeed(doubt, known)
        if isinstance(found, Rejected):
            return self._wait_out(doubt, found, known)
        if isinstance(found, Retry | Unknown):
            return found.seconds if isinstance(found, Retry) else self.timing.second_look
        known.looks += 1
        needed = 1 if doubt.is_restored else LOOKS_BEFORE_POSTING_AGAIN
        if isinstance(found, Absent) and known.looks < needed:
            is_file = doubt.kind is Subject.MEDIA
            return self.timing.file_look if is_file else self.timing.second_look
        known.end_doubt()
        return self._post_again(doubt, found, render, known)

    def _post_again(
        self, doubt: Post, found: Absent | Unreadable, render: Render, known: ChannelState
    ) -> float:
        now = self.clock.monotonic()
        if known.set_aside(doubt.post_id, now, self.timing.aside) > TRIES_IN_A_ROW:
            # It surely does not stand, and the channel's other posts have waited long enough.
            self.posts.release_lease(doubt.post_id)
            return AT_ONCE
        unreadable = isinstance(found, Unreadable)
        message = render(doubt, may_be_a_repeat=unreadable)
        if message is None or not self.posts.renew_lease(doubt, now=self.clock.now()):
            return AT_ONCE
        self.metrics.recovered.labels("unreadable" if unreadable else "absent").inc()
        return self._send(doubt, message, known)

    def _wait_out(self, post: Post, outcome: Retry | Rejected, known: ChannelState) -> float:
        """Decide when to go on after Slack has surely not done something."""
        self._count_refusal(post, outcome.reason)
        if isinstance(outcome, Retry):
            known.take_up(post.post_id)
            if outcome.reason == RATE_LIMITED:
                known.slow_down(self.timing.post_seconds)
            return outcome.seconds
        if outcome.about == "token":
            known.take_up(post.post_id)
            log.error("slack_token_refused", reason=outcome.reason)
            return TOKEN_RETRY_SECONDS
        if head := self._head_gone(post, outcome.reason):
            # Somebody deleted the head of a thread, or a message that others had joined since it
            # was posted; what comes after it needs one.
            known.take_up(post.post_id)
            self.posts.release_lease(post.post_id)
            self.posts.post_again(head)
            return AT_ONCE
        if outcome.is_permanent or (outcome.about == "channel" and is_direct(post.channel)):
            known.take_up(post.post_id)
            self.posts.mark_dead_letter(post.post_id, outcome.reason)
            self.metrics.parked.labels(outcome.reason).inc()
            return AT_ONCE
        if outcome.about == "channel":
            known.take_up(post.post_id)
            known.is_held = True
            self.on_held(post, outcome.reason)
            return self.timing.held_retry
        # Other refusals may pass: the post stays set aside, and the channel's others go on.
        return AT_ONCE

    def _head_gone(self, post: Post, reason: str) -> int | None:
        """Give what is to stand again where it was deleted."""
        if reason == "thread_not_found":
            return post.under
        # Of a head with replies something is left, which is nobody's to edit.
        is_gone = reason in ("message_not_found", "cant_update_message")
        is_needed = post.kind is Subject.CONVERSATION or self.posts.has_grown(post)
        return post.post_id if is_gone and is_needed else None

    def _count_refusal(self, post: Post, reason: str) -> None:
        self.metrics.slack_errors.labels(reason).inc()
        log.info("slack_refused", channel=post.channel, reason=reason)


def _is_about_file(post: Post, outcome: Rejected) -> bool:
    """Say whether Slack refuses the file alone; the scope for files is no matter of the token."""
    if post.kind is not Subject.MEDIA or outcome.reason == "thread_not_found":
        return False
    return outcome.about == "message" or outcome.reason == "missing_scope"
