"""Owns how somebody in Slack reads times: in the zone where they are."""

from dataclasses import replace
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from bot.store import Store
from bot.ui.formatting import Locale


def locale_of(slack_user: str, *, store: Store, locale: Locale) -> Locale:
    """Give the locale of somebody; the company's zone where theirs is not known here."""
    known = store.slack_people.find(slack_user)
    if known is None or not known.zone:
        return locale
    try:
        return replace(locale, zone=ZoneInfo(known.zone))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return locale
