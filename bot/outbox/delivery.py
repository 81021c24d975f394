"""Delivery of one channel's posts and edits, each exactly once.

Slack knows no idempotency key, so the intent is committed before the request and its `ts` after
the answer. If the answer is missing, the app searches the channel's history for the post's
metadata. It posts again only if two searches, some seconds apart, don't find it.
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
    """The state of one channel; only its own worker uses it, so it needs no lock.

    `doubt` is the unconfirmed post that is being searched for, `searches` the number of searches. A
    deferred post lets the channel's other posts go first until a time (monotonic).
    """

    pace: RateLimiter
    edits_from: float = 0.0
    doubt: int | None = None
    searches: int = 0
    is_held: bool = True  # until a success shows otherwise
    _tries: dict[int, int] = field(default_factory=dict)
    _aside: dict[int, float] = field(default_factory=dict)

    def slow_down(self, seconds: float) -> None:
        """Post at most once in the given seconds from now on."""
        self.pace = strict_pace(seconds)

    def begin_doubt(self, post_id: int) -> None:
        """Start the search for an unconfirmed post."""
        self.doubt, self.searches = post_id, 0

    def end_doubt(self) -> None:
        """End the search."""
        self.doubt, self.searches = None, 0

    def defer(self, post_id: int, now: float, seconds: float) -> int:
        """Defer a post, twice as long each time; return how often it was deferred."""
        tries = self._tries[post_id] = self._tries.get(post_id, 0) + 1
        self._aside[post_id] = now + min(LONGEST_ASIDE, seconds * 2.0 ** (tries - 1))
        return tries

    def clear_deferral(self, post_id: int) -> None:
        """Clear the deferral of a post."""
        self._tries.pop(post_id, None)
        self._aside.pop(post_id, None)

    def deferred(self, now: float) -> list[int]:
        """Return the posts that are deferred now."""
        return [post_id for post_id, until in self._aside.items() if until > now]


log = structlog.get_logger()

LOOKS_BEFORE_POSTING_AGAIN = 2

TRIES_IN_A_ROW = 3

LONGEST_PAUSE = 1.0  # while something is due, so that new posts don't wait for old failures

TOKEN_RETRY_SECONDS = 60.0

EDITS_A_MINUTE = 48  # Slack allows 50 over the whole workspace

NO_PAUSE = 0.0


class Render(Protocol):
    """Renders a post; returns None if there is nothing to show."""

    def __call__(self, post: Post, *, may_be_a_repeat: bool = False) -> Message | None:
        """Render the post, with a note if it may be a duplicate."""


@dataclass(frozen=True)
class ChannelDelivery:
    """Post and edit what is due, one request at a time for each channel.

    `on_held` is called when a channel refuses the app, `on_open` when it accepts a post for the
    first time or again, and `on_file_refused` when Slack refuses a file.
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
        """Post or edit the next thing in a channel; return the seconds until the next try."""
        known = self._channels.get(channel) or self._meet(channel)
        if doubt := self.posts.unconfirmed(channel):
            return self._settle(doubt, render, known)
        now = self.clock.monotonic()
        deferred = known.deferred(now)
        posts_wait = known.pace.wait(now)
        edits_wait = max(self.edits.wait(now), known.edits_from - now)
        post = self.posts.next_due(
            channel, with_posts=posts_wait <= 0, with_edits=edits_wait <= 0, but=deferred
        )
        if post is None:
            waits = [wait for wait in (posts_wait, edits_wait) if wait > 0]
            return min([LONGEST_PAUSE, *waits]) if waits or deferred else NO_PAUSE
        # If anything fails from here on, even rendering, the next round starts with another post.
        known.defer(post.post_id, now, self.timing.aside)
        message = render(post)
        if message is None:
            known.clear_deferral(post.post_id)
            self.posts.mark_dead_letter(post.post_id, "nothing to show")
            return NO_PAUSE
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
            log.warning("post_unconfirmed", channel=post.channel, reason=outcome.reason)
            known.begin_doubt(post.post_id)
            left = self.timing.slack_timeout - (self.clock.monotonic() - began)
            return max(0.0, left) + self.timing.grace
        self.posts.release_lease(post.post_id)
        if isinstance(outcome, Rejected) and _is_about_file(post, outcome):
            # It stays deferred, unless `on_file_refused` parks it.
            self._count_refusal(post, outcome.reason)
            self.on_file_refused(post, outcome.reason)
            return NO_PAUSE
        return self._wait_out(post, outcome, known)

    def _succeed(self, post: Post, known: ChannelState) -> float:
        known.clear_deferral(post.post_id)
        self.metrics.posted.labels(post.kind).inc()
        # The subject of other kinds may be a phone number, which is never logged.
        call = {"call": post.subject} if post.kind is Subject.CALL else {}
        log.info("message_posted", kind=post.kind.value, channel=post.channel, **call)
        self.metrics.lag.observe(max(0.0, self.clock.now() - post.created_at))
        if known.is_held:
            known.is_held = False
            self.on_open(post.channel)
        return NO_PAUSE

    def _edit(self, post: Post, message: Message, known: ChannelState) -> float:
        if post.shown == message.look:
            self.posts.mark_shown(post, shown=message.look)
            known.clear_deferral(post.post_id)
            return NO_PAUSE
        now = self.clock.monotonic()
        if (pause := self.edits.try_take(now)) > 0:
            known.clear_deferral(post.post_id)
            known.edits_from = now + pause
            return NO_PAUSE
        outcome = self.slack.update(post.channel, post.ts or "", message)
        if isinstance(outcome, Sent):
            self.posts.mark_shown(post, shown=message.look)
            self.metrics.edited.labels(post.kind).inc()
            known.clear_deferral(post.post_id)
            return NO_PAUSE
        if isinstance(outcome, Retry):
            self._count_refusal(post, outcome.reason)
            known.clear_deferral(post.post_id)
            known.edits_from = now + outcome.seconds
            return NO_PAUSE
        # An edit is safe to repeat, so an unconfirmed one stays deferred and is retried.
        return NO_PAUSE if isinstance(outcome, Unknown) else self._wait_out(post, outcome, known)

    def _settle(  # noqa: PLR0911 (one return for each outcome)
        self, doubt: Post, render: Render, known: ChannelState
    ) -> float:
        """Find out whether an unconfirmed post is in the channel."""
        if known.doubt != doubt.post_id:
            # Found at start: the request of the previous process may still be in flight.
            known.begin_doubt(doubt.post_id)
            if not doubt.is_restored:
                return self.timing.slack_timeout + self.timing.grace
        message = render(doubt)
        if message is None:
            self.posts.mark_dead_letter(doubt.post_id, "nothing to show")
            return NO_PAUSE
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
        known.searches += 1
        needed = 1 if doubt.is_restored else LOOKS_BEFORE_POSTING_AGAIN
        if isinstance(found, Absent) and known.searches < needed:
            is_file = doubt.kind is Subject.MEDIA
            return self.timing.file_look if is_file else self.timing.second_look
        known.end_doubt()
        return self._post_again(doubt, found, render, known)

    def _post_again(
        self, doubt: Post, found: Absent | Unreadable, render: Render, known: ChannelState
    ) -> float:
        now = self.clock.monotonic()
        if known.defer(doubt.post_id, now, self.timing.aside) > TRIES_IN_A_ROW:
            # It definitely isn't there, and the channel's other posts have waited long enough.
            self.posts.release_lease(doubt.post_id)
            return NO_PAUSE
        unreadable = isinstance(found, Unreadable)
        message = render(doubt, may_be_a_repeat=unreadable)
        if message is None or not self.posts.renew_lease(doubt, now=self.clock.now()):
            return NO_PAUSE
        self.metrics.recovered.labels("unreadable" if unreadable else "absent").inc()
        return self._send(doubt, message, known)

    def _wait_out(self, post: Post, outcome: Retry | Rejected, known: ChannelState) -> float:
        """Return the pause after Slack definitely did not do something."""
        self._count_refusal(post, outcome.reason)
        if isinstance(outcome, Retry):
            known.clear_deferral(post.post_id)
            if outcome.reason == RATE_LIMITED:
                known.slow_down(self.timing.post_seconds)
            return outcome.seconds
        if outcome.about == "token":
            known.clear_deferral(post.post_id)
            log.error("slack_token_refused", reason=outcome.reason)
            return TOKEN_RETRY_SECONDS
        if head := self._head_gone(post, outcome.reason):
            # The head of a thread was deleted, or a batch message that has grown since. What
            # follows needs it.
            known.clear_deferral(post.post_id)
            self.posts.release_lease(post.post_id)
            self.posts.post_again(head)
            return NO_PAUSE
        if outcome.is_permanent or (outcome.about == "channel" and is_direct(post.channel)):
            known.clear_deferral(post.post_id)
            self.posts.mark_dead_letter(post.post_id, outcome.reason)
            self.metrics.parked.labels(outcome.reason).inc()
            return NO_PAUSE
        if outcome.about == "channel":
            known.clear_deferral(post.post_id)
            known.is_held = True
            self.on_held(post, outcome.reason)
            return self.timing.held_retry
        # Other refusals may be temporary: the post stays deferred, and other posts continue.
        return NO_PAUSE

    def _head_gone(self, post: Post, reason: str) -> int | None:
        """Return the post to send again because it was deleted."""
        if reason == "thread_not_found":
            return post.under
        # A deleted head with replies leaves a placeholder that no one can edit.
        is_gone = reason in ("message_not_found", "cant_update_message")
        is_needed = post.kind is Subject.CONVERSATION or self.posts.has_grown(post)
        return post.post_id if is_gone and is_needed else None

    def _count_refusal(self, post: Post, reason: str) -> None:
        self.metrics.slack_errors.labels(reason).inc()
        log.info("slack_refused", channel=post.channel, reason=reason)


def _is_about_file(post: Post, outcome: Rejected) -> bool:
    """Return whether Slack refuses only the file; a missing file scope isn't a bad token."""
    if post.kind is not Subject.MEDIA or outcome.reason == "thread_not_found":
        return False
    return outcome.about == "message" or outcome.reason == "missing_scope"
