"""Block Kit as HTML, by templates that escape all text."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeAlias
from urllib.parse import quote

from jinja2 import ChainableUndefined, Environment, FileSystemLoader
from markupsafe import Markup

from bot.sandbox.page import chart_svg, mrkdwn_html
from bot.sandbox.page.emoji import GLYPHS, with_glyphs
from bot.sandbox.page.markdown_html import markdown_html
from bot.sandbox.page.mrkdwn_html import NameDirectory

Json: TypeAlias = dict[str, Any]

_TEMPLATES: Final = Path(__file__).parent / "templates"
_LOOPBACK: Final = ("http://127.0.0.1:", "http://localhost:", "data:image/")
_HUES: Final = 6
_PANE_ERRORS: Final = {
    "not_found": "This item wasn't found.",
    "restricted": "You don't have access to this item.",
    "internal_error": "Something went wrong. Refresh to try again.",
}
# The path of workspace files, and the types that the page shows inline.
FILES: Final = "/file/"
PICTURES: Final = ("image/png", "image/jpeg", "image/gif", "image/webp")


class BlockHtml:
    """Renders messages, modals, and App Home; all text is escaped."""

    def __init__(
        self,
        names: NameDirectory,
        *,
        app_name: str = "Vocatech",
        message_shortcuts: Sequence[object] = (),
    ) -> None:
        self._names = names
        self._message_shortcuts = message_shortcuts
        self._app_name = app_name
        self._env = Environment(
            loader=FileSystemLoader(_TEMPLATES),
            autoescape=True,
            undefined=ChainableUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._env.globals.update(self._words())

    def message(self, message: Json) -> str:
        """Render a message with its sender, time, and blocks."""
        who, is_app = self._sender(message)
        last = message.get("latest_reply")
        return self._env.get_template("message.html").render(
            message=message,
            message_shortcuts=self._message_shortcuts,
            who=who,
            is_app=is_app,
            hue=sum(who.encode()) % _HUES,
            moment=_moment(message.get("ts")),
            last=_moment(last) if last else "",
        )

    def modal(self, view: Json, errors: Mapping[str, str] | None = None) -> str:
        """Render a modal; `errors` are messages by block ID, shown at their fields."""
        left = {**(view.get("errors") or {}), **(errors or {})}
        blocks = [
            {**block, "error": left.pop(block.get("block_id", ""), None)}
            for block in view.get("blocks") or []
        ]
        return self._env.get_template("modal.html").render(
            view={**view, "blocks": blocks}, stray_errors=list(left.values())
        )

    def pane(self, pane: Json) -> str:
        """Render the side pane."""
        module = self._env.get_template("pane.html").make_module()
        return str(vars(module)["side_pane"](pane))

    def home(self, view: Json) -> str:
        """Render an App Home."""
        return self._env.get_template("home.html").render(view=view)

    def blocks(self, blocks: list[Json]) -> str:
        """Render blocks."""
        module = self._env.get_template("blocks.html").make_module()
        return str(vars(module)["blocks"](blocks))

    def page(self, *, template: str = "page.html", **values: object) -> str:
        """Render a whole page."""
        return self._env.get_template(template).render(**values)

    def _sender(self, message: Json) -> tuple[str, bool]:
        if message.get("bot_id"):
            profile = message.get("bot_profile") or {}
            return str(message.get("username") or profile.get("name") or self._app_name), True
        user = str(message.get("user") or "")
        return self._names.users().get(user, user or self._app_name), not user

    def _text(self, given: object) -> Markup:
        if isinstance(given, Mapping):
            if given.get("type") == "mrkdwn":
                return mrkdwn_html.mrkdwn_html(given.get("text"), self._names)
            return mrkdwn_html.plain_html(given.get("text"), emoji=given.get("emoji") is not False)
        return mrkdwn_html.plain_html(given)

    def _words(self) -> dict[str, object]:
        return {
            "names": self._names,
            "text": self._text,
            "plain": _plain,
            "mrkdwn": lambda text: mrkdwn_html.mrkdwn_html(text, self._names),
            "markdown_words": markdown_html,
            "link": mrkdwn_html.link_html,
            "date": mrkdwn_html.date_html,
            "pill": mrkdwn_html.pill_html,
            "user": mrkdwn_html.user_html,
            "channel": mrkdwn_html.channel_html,
            "glyph": lambda name: GLYPHS.get(str(name), f":{name}:"),
            "safe_href": mrkdwn_html.safe_href,
            "safe_image": _safe_image,
            "image_of": _image_of,
            "is_picture": lambda file: file.get("mimetype") in PICTURES,
            "file_at": _file_at,
            "in_bytes": _in_bytes,
            "named_options": _named_options,
            "pane_errors": _PANE_ERRORS,
            "as_json": lambda value: json.dumps(value, indent=2, ensure_ascii=False),
            "pie": chart_svg.pie,
            "plot": chart_svg.plot,
        }


def _moment(ts: object) -> str:
    return datetime.fromtimestamp(float(str(ts or 0)), tz=UTC).isoformat()


def _plain(given: object) -> str:
    text = given.get("text", "") if isinstance(given, Mapping) else str(given or "")
    return with_glyphs(mrkdwn_html.decode(str(text)))


def _safe_image(url: object) -> str:
    # The page loads nothing from other servers: an external image shows its alt text.
    return str(url) if str(url or "").startswith(_LOOPBACK) else ""


def _image_of(block: Json) -> str:
    """Return the address of an image block's picture: a workspace file or a URL."""
    shown = block.get("slack_file")
    if isinstance(shown, Mapping) and shown.get("id"):
        return _file_at(shown)
    return _safe_image(block.get("image_url"))


def _file_at(file: Mapping[str, Any]) -> str:
    return FILES + quote(str(file.get("id", "")), safe="")


def _in_bytes(size: object) -> str:
    if not isinstance(size, int):
        return ""
    return f"{size / 1_000_000:.1f} MB" if size >= 1_000_000 else f"{max(1, size // 1000)} kB"


def _named_options(names: Mapping[str, str], *, has_direct: bool = True) -> list[Json]:
    return [
        {"text": {"type": "plain_text", "text": name, "emoji": False}, "value": key}
        for key, name in names.items()
        if has_direct or not key.startswith("D")
    ]
