"""The reply modal: recipient, earlier texts, template menu, message field, and counts."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from bot.models.send_times import NOW, ChosenTime
from bot.models.templates import Template, find_unknown_placeholder, has_placeholder
from bot.models.texts import MAX_CHARACTERS, MAX_SENDS, Text, TextForm
from bot.sms_segments import describe_length, measure
from bot.texts.opt_out_buttons import lift_button, record_button
from bot.texts.send_time_section import SendTime, read_send_time, render_send_time
from bot.texts.words import SEND_LIMIT, body_of, contact_label, status_of, writer_of
from bot.ui.action_ids import CHOOSE_LINE, FILL_IN_TEMPLATE, SEND_REPLY, SHOW_TIMELINE, TYPE_REPLY
from bot.ui.blocks import (
    Json,
    actions,
    button,
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
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of, shorten

TITLE, CHANGE_TITLE = "New message", "Change message"
NO_ROOM = (
    "History can't open from here without losing your message, because too many windows are open."
    " Send the message or cancel it first."
)
BODY, FROM_NUMBER = "words", "line"
# The limit of Slack's field. It is above that of a text, so that the app can explain the excess.
MAX_TYPED = 3_000
MAX_PREVIEW = 150
MAX_METADATA = 3_000
MAX_NUMBERS, MAX_TEMPLATES = 100, 100


@dataclass(frozen=True)
class ReplyForm:
    """Everything the modal shows; numbers in E.164, times in unix seconds.

    `company_numbers` can be sent from, `from_number` is the selected one. `latest` are the last
    texts, oldest first, each with the name of its Slack writer. `leaves_at` is when a
    text submitted now would be sent; None means immediately. `warnings` appear above the field.
    `blocked_because` replaces the field if nothing can be sent, such as when `is_opted_out`.
    `time` is when to send it.
    """

    form: TextForm
    name: str | None
    company_numbers: Sequence[str]
    from_number: str | None
    body: str = ""
    latest: Sequence[tuple[Text, str | None]] = ()
    templates: Sequence[Template] = ()
    sends_left: int = 0
    leaves_at: float | None = None
    warnings: Sequence[str] = field(default_factory=tuple)
    blocked_because: str | None = None
    is_opted_out: bool = False
    time: SendTime | None = None


@dataclass(frozen=True)
class Entered:
    """What a user has entered so far; `from_number` in E.164."""

    form: TextForm
    body: str
    from_number: str | None
    time: ChosenTime = field(default_factory=ChosenTime)


def render_reply_modal(reply: ReplyForm, *, locale: Locale) -> Json:
    """Render the modal; without a Send button if sending is blocked."""
    number = locale.number(reply.form.number)
    name = name_of(reply.name or "")
    to = [line("To "), line(name or number, bold=True), *([line(f", {number}")] if name else [])]
    head = rich(paragraph(*to, *_only_number(reply, locale)))
    if reply.blocked_because:
        lift = [actions(lift_button(reply.form.number))] if reply.is_opted_out else []
        blocks = [head, says(reply.blocked_because), *lift, *_latest(reply, locale)]
        # For when the opt-out is lifted here.
        metadata = replace(reply.form, kept=reply.body).to_metadata()
        if len(metadata) > MAX_METADATA:
            metadata = reply.form.to_metadata()
        return {**words_modal(TITLE, blocks=blocks), "private_metadata": metadata}
    is_later = reply.time is not None and reply.time.chosen.when != NOW
    return {
        "type": "modal",
        "callback_id": SEND_REPLY,
        "title": plain(CHANGE_TITLE if reply.form.changes else TITLE, 24),
        "submit": plain("Schedule" if is_later else "Send"),
        "close": plain("Cancel"),
        "private_metadata": replace(reply.form, kept="").to_metadata(),
        "blocks": [
            head,
            *_latest(reply, locale),
            *[says(f"⚠️ {warning}") for warning in [*reply.warnings, *_about_body(reply.body)]],
            *_number_menu(reply, locale),
            *_template_menu(reply),
            _body_field(reply),
            *_counts(reply, locale),
            *(render_send_time(reply.time, reply.form.filled, locale) if reply.time else []),
            actions(
                button("History", SHOW_TIMELINE, f"number {reply.form.number}"),
                record_button(reply.form.number),
                block_id="opt_out",
            ),
        ],
    }


def keep_open(view: Json) -> Json:
    """Return the modal with the reason why it shows nothing else.

    It is the third, which is as many as Slack stacks, so another would take its place and with it
    what was typed.
    """
    head, *rest = view["blocks"]
    said = says(f"⚠️ {NO_ROOM}", block_id="no_room")
    return {**view, "blocks": [head, said, *rest]}


def read_reply_form(view: Json) -> Entered:
    """Return what was entered in the modal so far."""
    form = TextForm.from_metadata(view["private_metadata"])
    values = view["state"]["values"]
    typed = values.get(body_block_id(form), {}).get(TYPE_REPLY)
    body = form.kept if typed is None else typed.get("value") or ""
    chosen = values.get(FROM_NUMBER, {}).get(CHOOSE_LINE, {}).get("selected_option") or {}
    # Without invisible characters, so that the thread shows exactly what the customer receives.
    return Entered(form, clean(body), chosen.get("value"), read_send_time(view))


def follow_choices(entered: Entered, *, greeting: str, line: str) -> Entered:
    """Return the entered values after a change of the time, or of the number to send from.

    What a template filled in for them follows; what was typed stays.
    """
    form = entered.form
    body, greeting = _follow(entered.body, "greeting", form.greeting, greeting)
    body, line = _follow(body, "line", form.line, line)
    filled = form.filled + (body != entered.body)
    return replace(
        entered, form=replace(form, greeting=greeting, line=line, filled=filled), body=body
    )


def _follow(body: str, placeholder: str, before: str, value: str) -> tuple[str, str]:
    """Return a body with a value instead of the one before, and the value that it has now."""
    if has_placeholder(body, placeholder):
        return body, value
    if before and value and before in body:
        return body.replace(before, value, 1), value
    return body, before


def template_options(templates: Sequence[Template], typed: str) -> list[Json]:
    """Return the templates whose name or text has all typed words; by name first."""
    words = typed.casefold().split()
    by_name = [one for one in templates if all(word in one.name.casefold() for word in words)]
    by_text = [
        one
        for one in templates
        if one not in by_name and all(word in f"{one.name} {one.body}".casefold() for word in words)
    ]
    return [
        option(shorten(name_of(one.name), 75), str(one.template_id))
        for one in [*by_name, *by_text][:MAX_TEMPLATES]
    ]


def body_block_id(form: TextForm) -> str:
    """Return the field's block id; it changes with each template, or Slack keeps the old value."""
    return f"{BODY}:{form.filled}"


def _about_body(body: str) -> list[str]:
    unknown = find_unknown_placeholder(body)
    return [f"{unknown} isn't a placeholder. The contact would get it as it is."] if unknown else []


def _only_number(reply: ReplyForm, locale: Locale) -> list[Json]:
    if len(reply.company_numbers) != 1:
        return []
    return [line(f"  ·  from {locale.number(reply.company_numbers[0])}")]


def _latest(reply: ReplyForm, locale: Locale) -> list[Json]:
    """Render the latest texts, so that no one answers what was already answered."""
    if not reply.latest:
        return [note("No earlier messages with this number.")]
    contact = contact_label(reply.name, reply.form.number, locale)
    return [rich(*(_text(text, sender, contact, locale) for text, sender in reply.latest))]


def _text(text: Text, sender: str | None, contact: str, locale: Locale) -> Json:
    at = [moment(text.at, locale.plain_moment(text.at)), line("  ·  ")] if text.at else []
    status = status_of(text)
    return quote(
        *at,
        line(writer_of(text, contact=contact, sender=sender), bold=True),
        line(f": {body_of(text, MAX_PREVIEW)}"),
        *([line(f"  ·  {status}", italic=True)] if status else []),
    )


def _number_menu(reply: ReplyForm, locale: Locale) -> list[Json]:
    if len(reply.company_numbers) <= 1:
        return []
    numbers = reply.company_numbers[:MAX_NUMBERS]
    options = {number: option(locale.number(number), number) for number in numbers}
    menu = {"type": "static_select", "action_id": CHOOSE_LINE, "options": list(options.values())}
    chosen = {"initial_option": options[reply.from_number]} if reply.from_number in options else {}
    return [
        {
            "type": "input",
            "block_id": FROM_NUMBER,
            "label": plain("From"),
            "element": {**menu, **chosen, "placeholder": plain("Choose a number", 150)},
        }
    ]


def _template_menu(reply: ReplyForm) -> list[Json]:
    if not reply.templates:
        return []
    menu = {
        "type": "external_select",
        "action_id": FILL_IN_TEMPLATE,
        "placeholder": plain("Insert a template", 150),
        "min_query_length": 0,
    }
    # The id changes after each choice, so that the same template can be chosen again.
    return [actions(menu, block_id=f"templates:{reply.form.filled}")]


def _body_field(reply: ReplyForm) -> Json:
    return {
        "type": "input",
        "block_id": body_block_id(reply.form),
        "label": plain("Message"),
        "dispatch_action": True,
        "element": {
            "type": "plain_text_input",
            "action_id": TYPE_REPLY,
            "multiline": True,
            "max_length": MAX_TYPED,
            "focus_on_load": True,
            "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
            **({"initial_value": shorten(reply.body, MAX_TYPED)} if reply.body else {}),
        },
    }


def _counts(reply: ReplyForm, locale: Locale) -> list[Json]:
    """Render the length and the send limit, each in its own line."""
    length = plain(describe_length(measure(reply.body.strip()), MAX_CHARACTERS))
    if reply.time and reply.time.chosen.when != NOW:  # the limit counts when it is due
        return [context(length, block_id="below")]
    if reply.leaves_at is None:
        left = plain(f"{reply.sends_left} of {MAX_SENDS} messages left (limit: {SEND_LIMIT})")
    else:
        at = locale.moment(reply.leaves_at)
        left = mrkdwn(f"Limit reached ({SEND_LIMIT}). Your message will be sent {at}.")
    return [context(length, block_id="below"), context(left, block_id="limit")]
