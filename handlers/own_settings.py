"""Own settings: keeps what somebody wants to be told of, as the modal says."""

from typing import Any

from slack_bolt import Ack

from bot.people import Mentions, Preference
from bot.render.settings_modal import DIRECT, MENTIONS
from bot.slack_poster import SlackPoster
from bot.store import Store


def save_settings(
    ack: Ack, body: dict[str, Any], view: dict[str, Any], *, store: Store, slack: SlackPoster
) -> None:
    """Keep the settings; edits of a direct message need its channel's id, so it is asked for."""
    user, values = body["user"]["id"], view["state"]["values"]
    mentions = Mentions(values[MENTIONS][MENTIONS]["selected_option"]["value"])
    is_direct = bool(values[DIRECT][DIRECT]["selected_options"])
    known = store.preferences.of(user).direct
    if not is_direct or known:
        store.preferences.set(user, Preference(mentions, known if is_direct else None))
        ack()
        return
    store.preferences.set(user, Preference(mentions, None))
    # The modal closes before Slack is asked: what comes while it takes the answer in may be lost.
    ack()
    store.preferences.set(user, Preference(mentions, slack.open_direct(user)))
