"""Owns the modal in which somebody says what the bot may tell them of."""

from bot.models.people import Mentions, Preference
from bot.models.quiet import QuietHours
from bot.ui.action_ids import SETTINGS_MODAL, SHOW_UNMATCHED
from bot.ui.blocks import Json, actions, button, form, says
from bot.ui.inputs import radio, ticks
from bot.ui.quiet_fields import quiet_fields

MENTIONS, DIRECT = "mentions", "direct"
_MENTIONS: dict[str, str] = {
    Mentions.NEVER: "Never",
    Mentions.MISSED: "On calls that I missed",
    Mentions.ALL: "On calls that I missed or took",
}
_DIRECT = {DIRECT: "Also send me calls that I missed"}
_MEANWHILE = "Calls that I would send to you alone wait meanwhile and come together."


def render_settings_modal(
    preference: Preference,
    quiet: QuietHours | None,
    *,
    zone: str,
    is_linked: bool,
    unmatched: int | None,
) -> Json:
    """Ask for the preferences, and for quiet hours in the reader's own zone (an IANA name).

    `unmatched` is how many people are, for admins only.
    """
    blocks = [] if is_linked else [says(_UNLINKED)]
    blocks += [
        radio(MENTIONS, "Mention me on cards", _MENTIONS, preference.mentions),
        ticks(DIRECT, "Direct messages", _DIRECT, [DIRECT] * (preference.direct is not None)),
        *quiet_fields(
            quiet,
            label="My quiet hours, from",
            hint=f"In your time zone ({zone}). {_MEANWHILE}",
        ),
    ]
    if unmatched is not None:
        words = f"For admins: people in Slack who are not matched with an extension: {unmatched:,}."
        row = button("Show unmatched people", SHOW_UNMATCHED, "show")
        blocks += [says(words), actions(row)]
    return form("Your settings", blocks, callback_id=SETTINGS_MODAL, metadata="")


_UNLINKED = (
    "You are not linked with an extension yet, so nobody knows which calls are yours."
    " /vocatech link does that."
)
