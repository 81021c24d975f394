"""Owns the modal in which a text is written: to whom, from where, what was said before."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.models.templates import Template
from bot.models.texts import MINUTES_OF_SENDS, MOST_CHARACTERS, MOST_SENDS, Text, TextForm
from bot.sms_segments import length_in_words, measure
from bot.texts.words import state_of, words_of, writer_of
from bot.ui.action_ids import CHOOSE_LINE, FILL_IN_TEMPLATE, SEND_REPLY, TYPE_REPLY
from bot.ui.blocks import (
    Json,
    actions,
    context,
    line,
    moment,
    mrkdwn,
    note,
    option,
    paragraph,
    plain,
    quote,
    rich,
    says,
    section,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of, shorten

TITLE = "Write a text"
WORDS, LINE = "words", "line"
MOST_TYPED = 3_000  # what Slack's field takes; more than a text may have, so that it is said
MOST_OF_A_TEXT = 150
MOST_LINES, MOST_TEMPLATES = 100, 100


@dataclass(frozen=True)
class ReplyForm:
    """What the modal shows; numbers in E.164, times in unix seconds.

    `lines` are the company's numbers, `line` the one chosen. `last` are the latest texts, oldest
    first, each with the name of our person. `leaves_at` is when a text sent now would leave, None
    for at once. `warnings` are said above the field; `obstacle` is why nothing can be sent.
    """

    writing: TextForm
    name: str | None
    lines: Sequence[str]
    line: str | None
    words: str = ""
    last: Sequence[tuple[Text, str | None]] = ()
    templates: Sequence[Template] = ()
    sends_left: int = 0
    leaves_at: float | None = None
    warnings: Sequence[str] = field(default_factory=tuple)
    obstacle: str | None = None


def render_reply_modal(form: ReplyForm, *, locale: Locale) -> Json:
    """Show the modal; without a way to send where there is an obstacle."""
    number = locale.number(form.writing.number)
    name = name_of(form.name or "")
    to = [line("To "), line(name or number, bold=True), *([line(f", {number}")] if name else [])]
    head = rich(paragraph(*to, *_from(form, locale)))
    if form.obstacle:
        return words_modal(TITLE, blocks=[head, says(form.obstacle), *_last(form, locale)])
    return {
        "type": "modal",
        "callback_id": SEND_REPLY,
        "title": plain(TITLE, 24),
        "submit": plain("Send"),
        "close": plain("Cancel"),
        "private_metadata": form.writing.to_metadata(),
        "blocks": [
            head,
            *_last(form, locale),
            *[says(f"⚠️ {warning}") for warning in form.warnings],
            *_lines(form, locale),
            *_templates(form),
            _field(form),
            _below(form, locale),
        ],
    }


def block_of_words(writing: TextForm) -> str:
    """Give the id of the field's block; another one after a template, or Slack keeps what was."""
    return f"{WORDS}:{writing.filled}"


def _from(form: ReplyForm, locale: Locale) -> list[Json]:
    if len(form.lines) != 1:
        return []
    return [line(f"  ·  from {locale.number(form.lines[0])}")]


def _last(form: ReplyForm, locale: Locale) -> list[Json]:
    """Show the last texts, so that nobody answers what was answered."""
    if not form.last:
        return [note("There are no earlier texts with this number.")]
    them = name_of(form.name or "") or "They"
    return [rich(*(_text(text, sender, them, locale) for text, sender in form.last))]


def _text(text: Text, sender: str | None, them: str, locale: Locale) -> Json:
    at = [moment(text.at, locale.plain_moment(text.at)), line("  ·  ")] if text.at else []
    state = state_of(text)
    return quote(
        *at,
        line(writer_of(text, them=them, sender=sender), bold=True),
        line(f": {words_of(text, MOST_OF_A_TEXT)}"),
        *([line(f"  ·  {state}", italic=True)] if state else []),
    )


def _lines(form: ReplyForm, locale: Locale) -> list[Json]:
    if len(form.lines) <= 1:
        return []
    options = {number: option(locale.number(number), number) for number in form.lines[:MOST_LINES]}
    menu = {"type": "static_select", "action_id": CHOOSE_LINE, "options": list(options.values())}
    chosen = {"initial_option": options[form.line]} if form.line in options else {}
    return [
        {
            "type": "input",
            "block_id": LINE,
            "label": plain("From"),
            "element": {**menu, **chosen, "placeholder": plain("One of your numbers", 150)},
        }
    ]


def _templates(form: ReplyForm) -> list[Json]:
    if not form.templates:
        return []
    menu = {
        "type": "static_select",
        "action_id": FILL_IN_TEMPLATE,
        "placeholder": plain("Use a template", 150),
        "options": [
            option(shorten(name_of(one.name), 75), str(one.template_id))
            for one in form.templates[:MOST_TEMPLATES]
        ],
    }
    # Another id after each choice, so that the same template can be chosen again.
    block = f"templates:{form.writing.filled}"
    return [actions(menu, block_id=block)]


def _field(form: ReplyForm) -> Json:
    return {
        "type": "input",
        "block_id": block_of_words(form.writing),
        "label": plain("Text"),
        "dispatch_action": True,
        "element": {
            "type": "plain_text_input",
            "action_id": TYPE_REPLY,
            "multiline": True,
            "max_length": MOST_TYPED,
            "focus_on_load": True,
            "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
            **({"initial_value": shorten(form.words, MOST_TYPED)} if form.words else {}),
        },
    }


def _below(form: ReplyForm, locale: Locale) -> Json:
    elements = [plain(length_in_words(measure(form.words.strip()), MOST_CHARACTERS))]
    if form.leaves_at is None:
        left = "1 text" if form.sends_left == 1 else f"{form.sends_left} texts"
        most = f"Vocatech takes {MOST_SENDS} in {MINUTES_OF_SENDS} minutes"
        elements.append(plain(f"{left} can leave at once; {most}"))
    else:
        gone = f"{MOST_SENDS} texts left in the last {MINUTES_OF_SENDS} minutes"
        said = f"{gone}, so this one leaves {_at(form, locale)}"
        elements.append(mrkdwn(said))
    return context(*elements, block_id="below")


def _at(form: ReplyForm, locale: Locale) -> str:
    return locale.moment(form.leaves_at) if form.leaves_at else "at once"


def render_sent_modal(leaves_at: float | None, *, locale: Locale) -> Json:
    """Say that a text is on its way, or when it leaves (unix seconds)."""
    if leaves_at is None:
        return words_modal("On its way", "Your text is on its way. Its thread shows how far it is.")
    said = f"Your text is kept, and leaves {locale.moment(leaves_at)}. Until then its thread has"
    return words_modal("Waiting", blocks=[section(mrkdwn(f"{said} a button to take it back."))])
