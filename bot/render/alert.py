"""Owns the word to somebody under a call's card: an edit of the card would tell nobody."""

from bot.calls import Call
from bot.channel_settings import EVERYTHING, Shown
from bot.render.call_words import headline, other_party
from bot.render.locale import Locale
from bot.render.message import Message, escape
from bot.render.pieces import line, paragraph, person, rich, says
from bot.render.rule_words import held_in_words
from bot.rules import Why
from bot.slack_ids import NOTICE_METADATA


def render_alert(
    notice_id: str,
    call: Call,
    why: Why,
    *,
    slack_user: str,
    shown: Shown = EVERYTHING,
    locale: Locale,
) -> Message:
    """Tell `slack_user` of a call; by which rule is said."""
    _, what, preposition = headline(call)
    words = " ".join(one for one in (what, preposition, other_party(call, locale)) if one)
    said = f"Please look at this: {words[0].lower()}{words[1:]}."
    by = held_in_words(why, locale, shown)
    block = rich(
        paragraph(person(slack_user), line(f" {said}\n"), line(by, italic=True)), block_id="b0"
    )
    return Message(
        text=escape(f"{said} {by}"),
        blocks=[block],
        plain_blocks=[says(f"{said} {by}", block_id="b0")],
        metadata={"event_type": NOTICE_METADATA, "event_payload": {"notice_id": notice_id}},
    )
