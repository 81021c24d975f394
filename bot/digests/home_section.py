"""Digests in App Home: the reader's own, and for admins those of channels."""

from collections.abc import Sequence

from bot.digests.words import plan_in_words
from bot.models.digests import PlannedDigest
from bot.ui.action_ids import SHOW_ADMIN_LIST, SWITCH_DIGEST
from bot.ui.blocks import Json, actions, button, context, divider, header, mrkdwn, section
from bot.ui.formatting import Locale

# A view has at most 100 blocks.
MAX_DIGESTS = 8
# The list of all digests, as the value of its button.
ALL_DIGESTS = "digests"
_HOW = "To schedule a digest in a channel, type `/vocatech digest on weekdays 8:30 AM` there."
_HOW_OWN = "To change the days, time, or time zone, type `/vocatech digest on weekdays 8:30 AM me`."


def render_own_digest(own: PlannedDigest, locale: Locale) -> list[Json]:
    """Return a row about the reader's own digest, with a switch."""
    words = f"Off. When on, it's posted {plan_in_words(own.plan)}, about your own calls."
    if own.next_run:
        words = f"On, {plan_in_words(own.plan)}. Next: {locale.moment(own.next_run)}"
    return [
        section(mrkdwn(f"*Your digest*\n{words}"), accessory=_switch(own)),
        context(mrkdwn(_HOW_OWN)),
    ]


def render_digests(planned: Sequence[PlannedDigest], locale: Locale) -> list[Json]:
    """Return rows about the digests of channels, each with a switch."""
    more = len(planned) - MAX_DIGESTS
    all_of_them = button(f"Show {more:,} more", SHOW_ADMIN_LIST, ALL_DIGESTS)
    return [
        divider(),
        header("Digests"),
        *(digest_row(one, locale) for one in planned[:MAX_DIGESTS]),
        *([actions(all_of_them)] if more > 0 else []),
        context(mrkdwn(_HOW)),
    ]


def digest_row(one: PlannedDigest, locale: Locale) -> Json:
    """Return a row about the digest of a channel, with a switch."""
    when = f"Next: {locale.moment(one.next_run)}" if one.next_run else "Off"
    words = f"<#{one.plan.channel}>  ·  {plan_in_words(one.plan)}\n{when}"
    return section(mrkdwn(words), accessory=_switch(one))


def _switch(one: PlannedDigest) -> Json:
    label, wanted = ("Switch off", "off") if one.plan.is_on else ("Switch on", "on")
    return button(label, SWITCH_DIGEST, f"{wanted} {one.plan.channel}")
