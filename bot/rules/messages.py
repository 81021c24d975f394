"""The mention in the thread of a call's card; an edited card notifies no one."""

from bot.calls.words import headline, other_party
from bot.models.calls import Call
from bot.models.channels import EVERYTHING, Visibility
from bot.models.rules import Why
from bot.rules.words import held_in_words
from bot.ui.action_ids import NOTICE_METADATA
from bot.ui.blocks import line, paragraph, person, rich, says
from bot.ui.formatting import Locale
from bot.ui.message import Message
from bot.ui.mrkdwn import escape


def render_alert(
    notice_id: str,
    call: Call,
    why: Why,
    *,
    slack_user: str,
    shown: Visibility = EVERYTHING,
    locale: Locale,
) -> Message:
    """Mention `slack_user` in the thread of a call, with the rule that asks for it."""
    _, what, preposition = headline(call)
    words = " ".join(one for one in (what, preposition, other_party(call, locale)) if one)
    said = f"Check this call: {words[0].lower()}{words[1:]}."
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
