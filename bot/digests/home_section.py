"""Owns the digests in the App Home: one's own, and for admins those of channels."""

from slackblocks import Block, Button, ContextBlock, HeaderBlock, SectionBlock, Text, TextType

from bot.digests.words import plan_in_words
from bot.models.digests import PlannedDigest
from bot.ui.action_ids import SWITCH_DIGEST
from bot.ui.formatting import Locale

# A page has a hundred blocks at most.
MOST_DIGESTS = 12
_HOW = "`/vocatech digest on weekdays 8:30` in a channel has one come there."
_HOW_OWN = "`/vocatech digest on weekdays 8:30 me` sets days, time and zone."


def render_own_digest(own: PlannedDigest, locale: Locale) -> list[Block]:
    """Show whether somebody gets a digest of their own calls, with a switch."""
    words = f"Off. It would come {plan_in_words(own.plan)}, about your own calls and callers."
    if own.next_run:
        words = f"It comes {plan_in_words(own.plan)}; next {locale.moment(own.next_run)}."
    return [
        HeaderBlock("Your digest"),
        SectionBlock(_mrkdwn(words), accessory=_switch(own)),
        ContextBlock([_mrkdwn(_HOW_OWN)]),
    ]


def render_digests(planned: tuple[PlannedDigest, ...], locale: Locale) -> list[Block]:
    """Show the digests of channels, each with a switch."""
    more = len(planned) - MOST_DIGESTS
    others = f"{more:,} more channels have digests. " if more > 0 else ""
    return [
        HeaderBlock("Digests"),
        *(_channel(one, locale) for one in planned[:MOST_DIGESTS]),
        ContextBlock([_mrkdwn(f"{others}{_HOW}")]),
    ]


def _channel(one: PlannedDigest, locale: Locale) -> SectionBlock:
    when = f"; next {locale.moment(one.next_run)}" if one.next_run else "; switched off"
    words = f"<#{one.plan.channel}>: {plan_in_words(one.plan)}{when}."
    return SectionBlock(_mrkdwn(words), accessory=_switch(one))


def _switch(one: PlannedDigest) -> Button:
    label, wanted = ("Switch off", "off") if one.plan.is_on else ("Switch on", "on")
    return Button(label, action_id=SWITCH_DIGEST, value=f"{wanted} {one.plan.channel}")


def _mrkdwn(text: str) -> Text:
    """Give our own words with markup; nothing from outside may stand in them."""
    return Text(text, type_=TextType.MARKDOWN)
