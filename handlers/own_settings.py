"""Own settings: keeps what somebody wants to be told of, and when, as the modal says."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack

from bot.models.people import Mentions, Preference
from bot.models.quiet import QuietHours
from bot.people.readers import locale_of
from bot.people.settings_modal import DIRECT, MENTIONS
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.inputs import chosen_in, ticked_in
from bot.ui.quiet_fields import read_quiet


def save_settings(
    ack: Ack,
    body: dict[str, Any],
    view: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    locale: Locale,
    wake: Callable[[], None],
) -> None:
    """Keep the settings; what is direct needs the id of that channel, so it is asked for."""
    user = body["user"]["id"]
    zone = locale_of(user, store=store, locale=locale).zone.key
    quiet, wrong = read_quiet(view, zone)
    if wrong:
        ack(response_action="errors", errors=wrong)
        return
    mentions, is_direct = Mentions(chosen_in(view, MENTIONS)), bool(ticked_in(view, DIRECT))
    channel = store.preferences.of(user).channel
    _keep(user, mentions, channel, quiet, store, is_direct=is_direct)
    # The modal closes before Slack is asked: what comes while it takes the answer in may be lost.
    ack()
    if channel is None and (is_direct or quiet):
        _keep(user, mentions, slack.open_direct(user), quiet, store, is_direct=is_direct)
    wake()


def _keep(
    user: str,
    mentions: Mentions,
    channel: str | None,
    quiet: QuietHours | None,
    store: Store,
    *,
    is_direct: bool,
) -> None:
    if channel:
        store.channels.set(replace(store.channels.of(channel), quiet=quiet))
    store.preferences.set(user, Preference(mentions, channel if is_direct else None, channel))
