"""Owns the digests in the App Home: one's own, and for admins those of channels."""

from bot.digests.words import plan_in_words
from bot.models.digests import PlannedDigest
from bot.ui.action_ids import SWITCH_DIGEST
from bot.ui.blocks import Json, button, context, header, mrkdwn, section
from bot.ui.formatting import Locale

# A page has a hundred blocks at most.
MOST_DIGESTS = 12
_HOW = "`/vocatech digest on weekdays 8:30 AM` in a channel has one come there."
_HOW_OWN = "`/vocatech digest on weekdays 8:30 AM me` sets days, time and zone."


def render_own_digest(own: PlannedDigest, locale: Locale) -> list[Json]:
    """Show whether somebody gets a digest of their own calls, with a switch."""
    words = f"Off. It would come {plan_in_words(own.plan)}, about your own calls and callers."
    if own.next_run:
        words = f"It comes {plan_in_words(own.plan)}; next {locale.moment(own.next_run)}."
    return [
        header("Your digest"),
        section(mrkdwn(words), accessory=_switch(own)),
        context(mrkdwn(_HOW_OWN)),
    ]


def render_digests(planned: tuple[PlannedDigest, ...], locale: Locale) -> list[Json]:
    """Show the digests of channels, each with a switch."""
    more = len(planned) - MOST_DIGESTS
    others = f"{more:,} more channels have digests. " if more > 0 else ""
    return [
        header("Digests"),
        *(_channel(one, locale) for one in planned[:MOST_DIGESTS]),
        context(mrkdwn(f"{others}{_HOW}")),
    ]


def _channel(one: PlannedDigest, locale: Locale) -> Json:
    when = f"; next {locale.moment(one.next_run)}" if one.next_run else "; switched off"
    words = f"<#{one.plan.channel}>: {plan_in_words(one.plan)}{when}."
    return section(mrkdwn(words), accessory=_switch(one))


def _switch(one: PlannedDigest) -> Json:
    label, wanted = ("Switch off", "off") if one.plan.is_on else ("Switch on", "on")
    return button(label, SWITCH_DIGEST, f"{wanted} {one.plan.channel}")
