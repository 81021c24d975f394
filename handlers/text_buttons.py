"""The buttons about texts: take one back, say that it was sent, see who wants none."""

from collections.abc import Callable

from slack_bolt import Ack

from bot.people.names import name_for, name_in_slack
from bot.people.permissions import Rights
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.texts.opt_outs import OptedOut, render_opt_outs
from bot.ui.blocks import Json, words_modal
from bot.ui.formatting import Locale

TOO_LATE = "It has left already, or somebody was quicker. Its thread shows how it stands."


def take_back(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    store: Store,
    slack: SlackPoster,
    wake: Callable[[], None],
) -> None:
    """Take back a text that waits for its turn."""
    ack()
    name = name_in_slack(body["user"]["id"], store) or "a colleague"
    if store.replies.take_back(action["value"], reason=f"taken back by {name}"):
        wake()
    else:
        slack.show_modal(body, words_modal("Too late", TOO_LATE))


def believe_text(
    ack: Ack,
    action: Json,
    body: Json,
    *,
    store: Store,
    slack: SlackPoster,
    wake: Callable[[], None],
) -> None:
    """Note that a text of which nobody knows was sent, as somebody says."""
    ack()
    if store.replies.believe(action["value"]):
        wake()
    else:
        slack.show_modal(body, words_modal("Known already", TOO_LATE))


def show_opt_outs(
    ack: Ack, body: Json, *, store: Store, slack: SlackPoster, rights: Rights, locale: Locale
) -> None:
    """List for an admin to whom nothing is sent."""
    ack()
    rights.need_admin(body["user"]["id"], "see who wants no texts")
    found = store.opt_outs.all()
    people = [OptedOut(one.number, name_for(one.number, store), one.at) for one in found]
    slack.show_modal(body, render_opt_outs(people, locale=locale))
