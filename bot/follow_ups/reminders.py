"""Jobs that remind people of follow-ups, and close those that a conversation settled."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import structlog

from bot.clock import Clock
from bot.models.customers.follow_ups import Closing
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES, classify
from bot.store import Store
from bot.store.customers.follow_ups import Conversation

log = structlog.get_logger()
# A reminder leaves within 20 seconds of its time.
SECONDS_BETWEEN_REMINDERS = 5.0
SECONDS_BETWEEN_LOOKS = 30.0


@dataclass(frozen=True)
class FollowUpReminders:
    """Two jobs; `wake` starts posting what is due. Each returns no extra pause.

    `check_people` hands back the follow-ups of people who aren't members any more, as Slack says.
    """

    store: Store
    slack: SlackClient
    clock: Clock
    wake: Callable[[], None]
    failpoint: Callable[[str], None]
    check_people: Callable[[Iterable[str]], None] = lambda _: None

    def send_due(self) -> float:
        """Queue the reminders that are due, except for people in their quiet hours."""
        now, follow_ups = self.clock.now(), self.store.follow_ups
        owners = follow_ups.due_owners(now=now)
        if not owners:
            return 0.0
        self.check_people(owners)
        owners = follow_ups.due_owners(now=now)
        for settled in follow_ups.settled(due_by=now):
            self._close(settled, now)
        channels = {one: self._direct_channel(one) for one in owners if self._is_member(one)}
        awake = {
            owner: channel
            for owner, channel in channels.items()
            if not self.store.channels.is_quiet(channel, now=now)
        }
        self.failpoint("before reminder")
        queued = follow_ups.queue_reminders(awake, now=now)
        self.failpoint("reminder queued")
        if queued:
            log.info("follow_up_reminders_queued", count=len(queued))
            self.wake()
        return 0.0

    def close_settled(self) -> float:
        """Close the follow-ups that a conversation with the caller settled."""
        settled = self.store.follow_ups.settled()
        for one in settled:
            self._close(one, self.clock.now())
        if settled:
            self.wake()
        return 0.0

    def _close(self, settled: Conversation, now: float) -> None:
        call = self.store.calls.find(settled.call_id)
        extension = call.extension if call else None
        by = self.store.links.slack_user_of(extension) if extension else None
        if self.store.follow_ups.close(settled.follow_up_id, Closing.TALK, by=by, now=now):
            log.info("follow_up_closed", call_id=settled.call_id)

    def _is_member(self, slack_user: str) -> bool:
        """Return whether a person may get company data; everyone before the first sync."""
        people = self.store.slack_people
        return people.find(slack_user) is not None or not people.all()

    def _direct_channel(self, slack_user: str) -> str:
        """Return a person's direct message channel, or their user ID if Slack doesn't say.

        Slack has a history only for channels, and a post without an answer is searched for there.
        """
        if known := self.store.preferences.of(slack_user).channel:
            return known
        try:
            channel = self.slack.open_direct(slack_user)
        except FAILURES as error:
            log.warning("direct_channel_not_opened", reason=classify(error).reason)
            return slack_user
        # Read again: the person may have saved their settings during the request.
        preference = self.store.preferences.of(slack_user)
        self.store.preferences.set(slack_user, replace(preference, channel=channel))
        return channel
