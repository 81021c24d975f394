"""The message to a colleague whose customer got another text right afterwards."""

from bot.models.outbox import TWO_TEXTS
from bot.people.names import contact_name
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.store.send_queue import Draft


def notify_of_second_text(draft: Draft, *, first: str, store: Store, now: float) -> None:
    """Tell the first writer (a Slack user) that a colleague just texted the same number."""
    detail = {
        "other": draft.slack_user,
        "name": contact_name(draft.number, store),
        "number": draft.number,
        "words": draft.body,
    }
    store.notices.add(Notice(f"{TWO_TEXTS} {draft.text_id}", TWO_TEXTS, detail), [first], now=now)
