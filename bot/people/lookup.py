"""Lookups about people: mentions, direct messages, admins to notify, locale."""

from collections.abc import Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.models.calls import Call
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES
from bot.store import Store
from bot.ui.formatting import Locale


def find_mentions(call: Call, store: Store) -> str | None:
    """Return the Slack user to mention on a call: its owner, unless they turned it off."""
    slack_user = store.links.slack_user_of(call.extension) if call.extension else None
    if slack_user and store.preferences.of(slack_user).wants_mention(call):
        return slack_user
    return None


def direct_channels_for(call: Call, store: Store) -> list[str]:
    """Return the direct message channel where the person who missed the call wants it."""
    if not call.needs_a_call_back or not call.extension:
        return []
    slack_user = store.links.slack_user_of(call.extension)
    direct = store.preferences.of(slack_user).direct if slack_user else None
    return [direct] if direct else []


def admins_to_notify(named: Sequence[str], store: Store, slack: SlackClient) -> list[str]:
    """Return who gets messages about problems: those `named` in the settings, else the workspace's.

    If everyone named has left, the workspace's admins get them, too: someone must read them.
    """
    people = store.slack_people
    if named and (any(map(people.find, named)) or not people.all()):
        return [*named]
    if any(_is_active(one, slack) for one in named):  # guests aren't in the synced list
        return [*named]
    return [*dict.fromkeys([*slack.admins(), *named])]


def _is_active(slack_user: str, slack: SlackClient) -> bool:
    """Return whether Slack says that a person has an account that isn't deactivated."""
    try:
        return not slack.person(slack_user).get("deleted")
    except FAILURES:
        return False


def locale_for_user(slack_user: str, *, store: Store, locale: Locale) -> Locale:
    """Return a person's locale, with the company's time zone if theirs isn't known."""
    known = store.slack_people.find(slack_user)
    if known is None or not known.zone:
        return locale
    try:
        return replace(locale, zone=ZoneInfo(known.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return locale
