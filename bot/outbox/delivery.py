"""Delivery of one channel's posts and edits, each exactly once.

Slack knows no idempotency key, so the intent is committed before the request and its `ts` after
the answer. If the answer is missing, the app searches the channel's history for the post's
metadata. It posts again only if two searches, some seconds apart, don't find it. The channel's
other posts continue in the meantime; those in the same thread wait, since their order matters.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

import structlog

from bot.clock import Clock, Timing
from bot.models.outbox import Post, Subject, is_direct
from bot.outbox.channel_state import ChannelState, PostSearch
from bot.outbox.edit_budget import EditBudget
from bot.outbox.rendering import Render
from bot.server.metrics import Metrics
from bot.server.rate_limit import Pace
from bot.slack.client import SlackClient
from bot.slack.errors import (
    RATE_LIMITED,
    FoundPosts,
    Rejected,
    Retry,
    SearchOutcome,
    Sent,
    Unknown,
    Unreadable,
)
from bot.slack.history import Wanted
from bot.store.outbox.posts import Posts
from bot.ui.message import Message

log = structlog.get_logger()

LOOKS_BEFORE_POSTING_AGAIN = 2

MOST_UNCONFIRMED = 3  # in one channel; then no new post is tried until one is settled

TRIES_IN_A_ROW = 3

LONGEST_PAUSE = 1.0  # while something is due, so that new posts don't wait for old failures

TOKEN_RETRY_SECONDS = 60.0

NO_PAUSE = 0.0


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
    edits: EditBudget
    _channels: dict[str, ChannelState] = field(default_factory=dict)

    def do_next(self, channel: str, render: Render) -> float:
        """Post, edit, or search for the next thing in a channel; return the seconds to wait."""
        known = self._channels.get(channel) or self._meet(channel)
        now = self.clock.monotonic()
        unconfirmed = self.posts.unconfirmed(channel)
        in_flight = self.timing.slack_timeout + self.timing.grace
        known.keep_searches(unconfirmed, due=now + in_flight, now=now)
        if due := [one for one in unconfirmed if known.searches[one.post_id].is_due(now)]:
            return self._search(due, render, known)
        posts_wait = known.pace.wait(now)
        missing = [one for one in unconfirmed if known.searches[one.post_id].result]
        if missing and posts_wait <= 0:
            return self._post_again(missing[0], render, known)
        edits_wait = max(self.edits.wait(now), known.edits_from - now)
        deferred = known.deferred(now)
        find = partial(
            self.posts.next_due,
            channel,
            # While Slack fails, each post that is tried becomes unconfirmed.
            with_posts=posts_wait <= 0 and len(unconfirmed) < MOST_UNCONFIRMED,
        )
        post = find(with_edits=edits_wait <= 0, but=deferred)
        if post is None and deferred and known.refuses_several:
            # A held channel is tried slowly as it is, so its deferred posts are tried, too.
            post = find(with_edits=edits_wait <= 0)
        if post and post.ts and self.edits.is_for_newer(post, now):
            edits_wait = LONGEST_PAUSE
            post = find(with_edits=False, but=deferred)
        if post is None:
            search = known.next_search()
            waits = [posts_wait, edits_wait, search - now if search else 0.0]
            waits = [wait for wait in waits if wait > 0]
            return min([LONGEST_PAUSE, *waits]) if waits or deferred or unconfirmed else NO_PAUSE
        # If anything fails from here on, even rendering, the next round starts with another post.
        known.defer(post.post_id, now, self.timing.aside)
        message = render(post)
        if message is None:
            known.clear_deferral(post.post_id)
            self.posts.mark_dead_letter(post.post_id, "nothing to show")
            return NO_PAUSE
        return self._edit(post, message, known) if post.ts else self._post(post, message, known)

    def _meet(self, channel: str) -> ChannelState:
        known = ChannelState(Pace(self.timing.post_seconds))
        self._channels[channel] = known
        return known

    def _post(self, post: Post, message: Message, known: ChannelState) -> float:
        if not self.posts.acquire_lease(post.post_id, now=self.slack.earliest_now()):
            return self.timing.grace
        return self._send(post, message, known)

    def _send(self, post: Post, message: Message, known: ChannelState) -> float:
        """Send a claimed post."""
        self.failpoint("claimed")
        began = self.clock.monotonic()
        known.pace.take(began)
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
            ended = self.clock.monotonic()
            # After an answer, even a bad one, nothing is in flight any more.
            in_flight = began + self.timing.slack_timeout + self.timing.grace
            due = ended if outcome.is_answered else max(ended + self.timing.grace, in_flight)
            known.searches[post.post_id] = PostSearch(due)
            return NO_PAUSE
        self.posts.release_lease(post.post_id)
        if isinstance(outcome, Rejected) and _is_about_file(post, outcome):
            # It stays deferred, unless `on_file_refused` parks it.
            self._count_refusal(post, outcome.reason)
            self.on_file_refused(post, outcome.reason)
            return NO_PAUSE
        return self._wait_out(post, outcome, known)

    def _succeed(self, post: Post, known: ChannelState, event: str = "message_posted") -> float:
        known.clear_deferral(post.post_id)
        known.record_success(post)
        self.metrics.posted.labels(post.kind).inc()
        # The subject of other kinds may be a phone number, which is never logged.
        call = {"call": post.subject} if post.kind is Subject.CALL else {}
        log.info(event, kind=post.kind.value, channel=post.channel, **call)
        self.metrics.lag.observe(max(0.0, self.clock.now() - post.created_at))
        if known.may_be_held:
            known.may_be_held = False
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

    def _search(self, due: list[Post], render: Render, known: ChannelState) -> float:
        """Search for unconfirmed posts of the channel, or of one thread, with one request."""
        group = [one for one in due if one.thread_ts == due[0].thread_ts]
        wanted, next_due = [], self.clock.monotonic() + self.timing.second_look
        for post in group:
            # If anything fails from here on, other posts continue.
            known.searches[post.post_id].due = next_due
            if message := render(post):
                wanted.append(Wanted(post.post_id, message, is_restored=post.is_restored))
            else:
                self.posts.mark_dead_letter(post.post_id, "nothing to show")
        if not wanted:
            return NO_PAUSE
        found = self.slack.find(
            due[0].channel,
            wanted,
            since=min(one.sending_since or 0.0 for one in group),
            thread_ts=due[0].thread_ts,
        )
        ids = {one.key for one in wanted}
        searched = [one for one in group if one.post_id in ids]
        if isinstance(found, Rejected) and (pause := self._refuse_search(searched, found, known)):
            return pause
        now = self.clock.monotonic()
        for post in searched:
            self._settle(post, found, known, now)
        return NO_PAUSE

    def _refuse_search(self, searched: list[Post], found: Rejected, known: ChannelState) -> float:
        """Return the pause after a refused search; 0.0 if the channel's other posts continue."""
        if found.about == "message" and found.reason != "thread_not_found":
            self._count_refusal(searched[0], found.reason)
            return NO_PAUSE
        is_about_each = found.about == "message" or is_direct(searched[0].channel)
        return max(
            self._wait_out(one, found, known)
            for one in (searched if is_about_each else searched[:1])
        )

    def _settle(self, post: Post, found: SearchOutcome, known: ChannelState, now: float) -> None:
        """Note the result of a search for an unconfirmed post."""
        if isinstance(found, FoundPosts) and (ts := found.ts.get(post.post_id)):
            self.posts.mark_reconciled(post, ts=ts)
            self.metrics.recovered.labels("found").inc()
            self._succeed(post, known, "message_found")
            return
        is_file = post.kind is Subject.MEDIA and isinstance(found, FoundPosts)
        known.searches[post.post_id].record(
            found,
            now=now,
            pause=self.timing.file_look if is_file else self.timing.second_look,
            looks_needed=1 if post.is_restored else LOOKS_BEFORE_POSTING_AGAIN,
        )

    def _post_again(self, post: Post, render: Render, known: ChannelState) -> float:
        """Post a message that two searches didn't find, or that can't be searched for."""
        unreadable = isinstance(known.searches[post.post_id].result, Unreadable)
        now = self.clock.monotonic()
        if known.defer(post.post_id, now, self.timing.aside) > TRIES_IN_A_ROW:
            # It definitely isn't there, and the channel's other posts have waited long enough.
            self.posts.release_lease(post.post_id)
            return NO_PAUSE
        message = render(post, may_be_a_repeat=unreadable)
        if message is None or message.is_removal:
            self.posts.mark_dead_letter(post.post_id, "nothing to show")
            return NO_PAUSE
        if not self.posts.renew_lease(post, now=self.slack.earliest_now()):
            return NO_PAUSE
        del known.searches[post.post_id]
        self.metrics.recovered.labels("unreadable" if unreadable else "absent").inc()
        return self._send(post, message, known)

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
            known.may_be_held = True
            self.on_held(post, outcome.reason)
            return self.timing.held_retry
        # Any other name, known or not: Slack did nothing. The post stays deferred, and others
        # continue, until nothing else succeeds either.
        return self._count_towards_hold(post, outcome.reason, known)

    def _count_towards_hold(self, post: Post, reason: str, known: ChannelState) -> float:
        """Hold the channel if it refuses every post; return the pause."""
        if post.ts or is_direct(post.channel):
            return NO_PAUSE
        known.record_refusal(post)
        if known.refuses_all:
            known.may_be_held = True
            self.on_held(post, reason)
        return self.timing.held_retry if known.refuses_several else NO_PAUSE

    def _head_gone(self, post: Post, reason: str) -> int | None:
        """Return the post to send again because it was deleted."""
        if reason == "thread_not_found":
            return post.under
        # A deleted head with replies leaves a placeholder that no one can edit.
        if reason not in ("message_not_found", "cant_update_message"):
            return None
        is_needed = post.kind is Subject.CONVERSATION or self.posts.has_grown(post)
        return post.post_id if is_needed else None

    def _count_refusal(self, post: Post, reason: str) -> None:
        self.metrics.slack_errors.labels(reason).inc()
        log.info("slack_refused", channel=post.channel, reason=reason)


def _is_about_file(post: Post, outcome: Rejected) -> bool:
    """Return whether Slack refuses only the file; a missing file scope isn't a bad token."""
    if post.kind is not Subject.MEDIA or outcome.reason == "thread_not_found":
        return False
    return outcome.about == "message" or outcome.reason == "missing_scope"
