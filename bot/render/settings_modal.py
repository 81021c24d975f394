"""Owns the modal in which somebody says what the bot may tell them of."""

from bot.people import Mentions, Preference
from bot.render.pieces import Json, actions, button, form, option, plain, says
from bot.slack_ids import SETTINGS_MODAL, SHOW_UNMATCHED

MENTIONS, DIRECT = "mentions", "direct"
_MENTIONS = {
    Mentions.NEVER: "Never",
    Mentions.MISSED: "On calls that I missed",
    Mentions.ALL: "On calls that I missed or took",
}


def render_settings_modal(
    preference: Preference, *, is_linked: bool, unmatched: int | None
) -> Json:
    """Ask for the preferences; `unmatched` is how many people are, for admins only."""
    blocks = [] if is_linked else [says(_UNLINKED)]
    blocks += [_mentions(preference.mentions), _direct(is_on=preference.direct is not None)]
    if unmatched is not None:
        words = f"For admins: people in Slack who are not matched with an extension: {unmatched:,}."
        row = button("Show unmatched people", SHOW_UNMATCHED, "show")
        blocks += [says(words), actions(row)]
    return form("Your settings", blocks, callback_id=SETTINGS_MODAL, metadata="")


_UNLINKED = (
    "You are not linked with an extension yet, so nobody knows which calls are yours."
    " /vocatech link does that."
)


def _mentions(chosen: Mentions) -> Json:
    options = {kind: option(words, kind) for kind, words in _MENTIONS.items()}
    return {
        "type": "input",
        "block_id": MENTIONS,
        "label": plain("Mention me on cards"),
        "element": {
            "type": "radio_buttons",
            "action_id": MENTIONS,
            "options": list(options.values()),
            "initial_option": options[chosen],
        },
    }


def _direct(*, is_on: bool) -> Json:
    box = option("Also send me calls that I missed", DIRECT)
    element: Json = {"type": "checkboxes", "action_id": DIRECT, "options": [box]}
    if is_on:
        element["initial_options"] = [box]
    return {
        "type": "input",
        "block_id": DIRECT,
        "optional": True,
        "label": plain("Direct messages"),
        "element": element,
    }
