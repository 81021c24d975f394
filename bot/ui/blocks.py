"""Block Kit elements; text in them is never read as markup."""

from collections.abc import Sequence
from typing import Any

from bot.ui.action_ids import WORDS_MODAL
from bot.ui.mrkdwn import clean, escape, shorten

Json = dict[str, Any]
MOST_WORDS = 2_900


def plain(text: str, most: int = MOST_WORDS) -> Json:
    """Return text without markup and emoji codes; never empty, because Slack refuses that."""
    return {"type": "plain_text", "text": shorten(clean(text), most) or " ", "emoji": False}


def mrkdwn(text: str) -> Json:
    """Return mrkdwn; the caller escapes any text from outside."""
    return {"type": "mrkdwn", "text": text}


def section(text: Json | None = None, **more: Any) -> Json:
    """Return a section with a text, or with `fields` in two columns."""
    return {"type": "section", **({"text": text} if text else {}), **more}


def says(text: str, **more: Any) -> Json:
    """Return a section with plain text."""
    return section(plain(text), **more)


def header(title: str) -> Json:
    """Return a title in large letters."""
    return {"type": "header", "text": plain(title, 150)}


def divider() -> Json:
    """Return a line between two parts of a page."""
    return {"type": "divider"}


def line(text: str, **style: bool) -> Json:
    """Return a piece of rich text; `style` is `bold`, `italic`, or `code`."""
    piece: Json = {"type": "text", "text": shorten(clean(text), MOST_WORDS) or " "}
    wanted = {name: True for name, is_on in style.items() if is_on}
    return {**piece, "style": wanted} if wanted else piece


def paragraph(*pieces: Json) -> Json:
    """Return pieces of rich text as one paragraph."""
    return {"type": "rich_text_section", "elements": list(pieces)}


def rich(*parts: Json, **more: str) -> Json:
    """Return paragraphs and lists as one block."""
    return {"type": "rich_text", "elements": list(parts), **more}


def quote(*pieces: Json) -> Json:
    """Return pieces of rich text as a quotation."""
    return {"type": "rich_text_quote", "elements": list(pieces)}


def bullets(*items: Json) -> Json:
    """Return paragraphs as a bulleted list."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def emoji(name: str) -> Json:
    """Return an emoji as a piece of rich text."""
    return {"type": "emoji", "name": name}


def moment(at: float, fallback: str) -> Json:
    """Return a time (unix seconds) that Slack shows in the reader's own zone and clock."""
    return {
        "type": "date",
        "timestamp": int(at),
        "format": "{date_short_pretty} at {time}",
        "fallback": fallback,
    }


def person(slack_user: str) -> Json:
    """Return a mention of a Slack user."""
    return {"type": "user", "user_id": slack_user}


def button(label: str, action_id: str, value: str | None = None, **more: Any) -> Json:
    """Return a button."""
    piece = {"type": "button", "text": plain(label, 75), "action_id": action_id, **more}
    return piece if value is None else {**piece, "value": value}


def overflow(action_id: str, options: Sequence[Json]) -> Json:
    """Return a menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def option_group(label: str, options: Sequence[Json]) -> Json:
    """Return options under a label in a menu."""
    return {"label": plain(label, 75), "options": list(options)}


def select_menu(placeholder: str, action_id: str, groups: Sequence[Json]) -> Json:
    """Return a menu of option groups; `placeholder` is what it shows while it is closed."""
    return {
        "type": "static_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "option_groups": list(groups),
    }


def actions(*elements: Json, **more: str) -> Json:
    """Return buttons and menus in a row."""
    return {"type": "actions", "elements": list(elements), **more}


def context(*elements: Json, **more: str) -> Json:
    """Return small gray texts."""
    return {"type": "context", "elements": list(elements), **more}


def note(words: str) -> Json:
    """Return one small gray text."""
    return context(plain(words))


def titled_list(title: str, lines: Sequence[str]) -> Json:
    """Return lines as a list under a title."""
    return rich(
        paragraph(line(title, bold=True)), bullets(*(paragraph(line(one)) for one in lines))
    )


def asked_first(title: str, text: str, *, yes: str, no: str, **more: str) -> Json:
    """Return the confirmation dialog of a button, for its `confirm`."""
    words = {"title": plain(title, 100), "text": plain(text, 300)}
    return {**words, "confirm": plain(yes, 30), "deny": plain(no, 30), **more}


def option(label: str, value: str) -> Json:
    """Return an option."""
    return {"text": plain(label, 75), "value": value}


def answer(text: str, blocks: Sequence[Json] | None = None) -> Json:
    """Return an answer that only one person sees; `text` is a complete sentence."""
    return {
        "response_type": "ephemeral",
        "text": escape(shorten(clean(text), MOST_WORDS)),
        "blocks": list(blocks) if blocks else [says(text)],
    }


def form(title: str, blocks: Sequence[Json], *, callback_id: str, metadata: str) -> Json:
    """Return a modal that can be submitted."""
    return {
        "type": "modal",
        "title": plain(title, 24),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "callback_id": callback_id,
        "private_metadata": metadata,
        "blocks": list(blocks),
    }


def words_modal(title: str, *words: str, blocks: Sequence[Json] = ()) -> Json:
    """Return a modal to read."""
    return {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain("Close"),
        "callback_id": WORDS_MODAL,
        "blocks": [*map(says, words), *blocks],
    }


def numbered(blocks: Sequence[Json]) -> list[Json]:
    """Return blocks with IDs by position."""
    return [{**block, "block_id": f"b{number}"} for number, block in enumerate(blocks)]
