"""Forms that take longer to submit than Slack waits for an answer."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES
from bot.store.submissions import Submissions
from bot.ui.blocks import says
from bot.ui.message import Message
from bot.ui.mrkdwn import escape

# Slack shows our answer to a submission when it arrives. An outcome that overtook the answer would
# be replaced by "Saving…", which would then stay.
SECONDS_FOR_SLACK = 0.4

THREADS = 8

Json = dict[str, Any]


@dataclass(frozen=True)
class SlowForm:
    """A submission in progress; `answered_at` are monotonic seconds."""

    view_id: str
    user: str
    answered_at: float


class SlowForms:
    """Answers a submission with a progress view first, and shows the outcome afterwards.

    An outcome that is ready too early waits in a thread of this pool, never in a listener's.
    """

    def __init__(self, slack: SlackClient, submissions: Submissions, clock: Clock) -> None:
        """Keep what is needed; threads start with the first outcome."""
        self._slack = slack
        self._submissions = submissions
        self._clock = clock
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="outcome")

    def is_repeated(self, token: str) -> bool:
        """Return whether this form was submitted before."""
        return self._submissions.knows(token)

    def begin(
        self, ack: Callable[..., Any], body: Json, token: str, *, progress: Json, repeated: Json
    ) -> SlowForm | None:
        """Answer a submission with `progress`; None, after `repeated`, if it was sent before."""
        is_new = self._submissions.take(token, now=self._clock.now())
        ack(response_action="update", view=progress if is_new else repeated)
        if not is_new:
            return None
        return SlowForm(body["view"]["id"], body["user"]["id"], self._clock.monotonic())

    def finish(self, form: SlowForm, outcome: Json, text: str) -> None:
        """Show the outcome in the modal, or send `text` to the user if the modal was closed."""
        wait = form.answered_at + SECONDS_FOR_SLACK - self._clock.monotonic()
        if wait > 0:
            self._pool.submit(self._show_later, wait, form, outcome, text)
        else:
            self._show(form, outcome, text)

    def close(self) -> None:
        """Wait for the outcomes that are still to be shown."""
        self._pool.shutdown()

    def _show_later(self, wait: float, form: SlowForm, outcome: Json, text: str) -> None:
        time.sleep(wait)
        self._show(form, outcome, text)

    def _show(self, form: SlowForm, outcome: Json, text: str) -> None:
        try:
            self._slack.update_modal(form.view_id, outcome, seen_hash=None)
        except FAILURES:
            self._slack.post(form.user, Message(escape(text), [says(text)], [says(text)]))
