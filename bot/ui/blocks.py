"""Owns the small parts that answers and modals are made of; text in them never comes alive."""

from collections.abc import Sequence
from typing import Any

from bot.ui.action_ids import WORDS_MODAL
from bot.ui.mrkdwn import clean, escape, shorten

Json = dict[str, Any]
MOST_WORDS = 2_900


def plain(text: str, most: int = MOST_WORDS) -> Json:
    """Give text in which neither markup nor emoji codes come alive; Slack refuses empty text."""
    return {"type": "plain_text", "text": shorten(clean(text), most) or " ", "emoji": False}


def mrkdwn(text: str) -> Json:
    """Return our own words with Slack's markup; escape whatever in them is from outside."""
    return {"type": "mrkdwn", "text": text}


def section(text: Json | None = None, **more: Any) -> Json:
    """Return a section with a text, or with `fields` in two columns."""
    return {"type": "section", **({"text": text} if text else {}), **more}


def says(text: str, **more: Any) -> Json:
    """Give a block with a text."""
    return section(plain(text), **more)


def header(title: str) -> Json:
    """Return a title in large letters."""
    return {"type": "header", "text": plain(title, 150)}


def divider() -> Json:
    """Return a line between two parts of a page."""
    return {"type": "divider"}


def line(text: str, **style: bool) -> Json:
    """Give a piece of rich text; `style` is `bold`, `italic` or `code`."""
    piece: Json = {"type": "text", "text": shorten(clean(text), MOST_WORDS) or " "}
    wanted = {name: True for name, is_on in style.items() if is_on}
    return {**piece, "style": wanted} if wanted else piece


def paragraph(*pieces: Json) -> Json:
    """Give pieces of rich text as one paragraph."""
    return {"type": "rich_text_section", "elements": list(pieces)}


def rich(*parts: Json, **more: str) -> Json:
    """Give paragraphs and lists as one block."""
    return {"type": "rich_text", "elements": list(parts), **more}


def quote(*pieces: Json) -> Json:
    """Return pieces of rich text as a quotation."""
    return {"type": "rich_text_quote", "elements": list(pieces)}


def bullets(*items: Json) -> Json:
    """Give paragraphs as a list."""
    return {"type": "rich_text_list", "style": "bullet", "elements": list(items)}


def emoji(name: str) -> Json:
    """Give an icon, as a piece of rich text."""
    return {"type": "emoji", "name": name}


def moment(at: float, fallback: str) -> Json:
    """Give a moment (unix seconds), shown in the reader's own zone."""
    return {
        "type": "date",
        "timestamp": int(at),
        "format": "{date_short_pretty} at {time}",
        "fallback": fallback,
    }


def person(slack_user: str) -> Json:
    """Name somebody in Slack."""
    return {"type": "user", "user_id": slack_user}


def button(label: str, action_id: str, value: str | None = None, **more: Any) -> Json:
    """Give a button."""
    piece = {"type": "button", "text": plain(label, 75), "action_id": action_id, **more}
    return piece if value is None else {**piece, "value": value}


def overflow(action_id: str, options: Sequence[Json]) -> Json:
    """Return a menu behind three dots."""
    return {"type": "overflow", "action_id": action_id, "options": list(options)}


def actions(*elements: Json, **more: str) -> Json:
    """Give buttons and menus in a row."""
    return {"type": "actions", "elements": list(elements), **more}


def context(*elements: Json, **more: str) -> Json:
    """Return texts that stand small and gray below others."""
    return {"type": "context", "elements": list(elements), **more}


def note(words: str) -> Json:
    """Give words that stand small and grey below others."""
    return context(plain(words))


def titled_list(title: str, lines: Sequence[str]) -> Json:
    """Give lines as a list under a title."""
    return rich(
        paragraph(line(title, bold=True)), bullets(*(paragraph(line(one)) for one in lines))
    )


def asked_first(title: str, text: str, *, yes: str, no: str, **more: str) -> Json:
    """Give the question that a button asks before it does anything; for its `confirm`."""
    words = {"title": plain(title, 100), "text": plain(text, 300)}
    return {**words, "confirm": plain(yes, 30), "deny": plain(no, 30), **more}


def option(label: str, value: str) -> Json:
    """Give a choice."""
    return {"text": plain(label, 75), "value": value}


def answer(text: str, blocks: Sequence[Json] | None = None) -> Json:
    """Answer a command, for the asker alone; `text` is a whole sentence."""
    return {
        "response_type": "ephemeral",
        "text": escape(shorten(clean(text), MOST_WORDS)),
        "blocks": list(blocks) if blocks else [says(text)],
    }


def form(title: str, blocks: Sequence[Json], *, callback_id: str, metadata: str) -> Json:
    """Give a modal that can be submitted."""
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
    """Give a modal to read."""
    return {
        "type": "modal",
        "title": plain(title, 24),
        "close": plain("Close"),
        "callback_id": WORDS_MODAL,
        "blocks": [*map(says, words), *blocks],
    }


def numbered(blocks: Sequence[Json]) -> list[Json]:
    """Return blocks named by their place."""
    return [{**block, "block_id": f"b{number}"} for number, block in enumerate(blocks)]
