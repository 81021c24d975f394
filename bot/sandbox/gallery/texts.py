"""Owns the examples about texts: threads, what became of a text, writing one, templates."""

from dataclasses import replace

from bot.attachments.messages import render_media
from bot.models.attachments import Attachment, NotShown
from bot.models.opt_outs import OptOutKeyword
from bot.models.templates import Template
from bot.models.texts import Fate, Step, Text, TextForm
from bot.sandbox.company.pictures import make_picture
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.templates.modals import render_template_form, render_templates_modal
from bot.texts.compose_form import ReplyForm, render_reply_modal, render_sent_modal
from bot.texts.messages import (
    render_conversation,
    render_text,
    render_text_trouble,
    render_two_texts,
)
from bot.texts.modals import OptedOut, Recipient, render_opt_outs, render_recipients_modal
from bot.ui.message import Message

NUMBER = "+12125550123"
LINES = tuple(f"+1212555{at:04}" for at in range(100, 103))
READY = Template(1, None, "Order is ready", "Hi {first name}, your order is ready. {me}")
LONG_TEMPLATE = Template(2, facts.ANA, facts.LONG_NAME[:60], facts.LONG_WORDS[:1_600])
FORM = ReplyForm(
    TextForm("token", NUMBER, call_id="call-2"),
    "Maria Lopez",
    LINES[:1],
    LINES[0],
    last=[(facts.TEXT_IN, None), (replace(facts.TEXT_OUT, fate=Fate.DELIVERED), "Ana Torres")],
    templates=(READY,),
    words="Hi Maria, we'll call you back before noon. Ana",
    sends_left=4,
)


def _line(
    name: str,
    when: str,
    text: Text,
    sender: str | None = None,
    not_shown: tuple[NotShown, ...] = (),
) -> Example:
    def make() -> Message:
        return render_text(text, name=None, sender=sender, not_shown=not_shown, locale=LOCALE)

    return Example(name, when, make)


def _sent(step: Step, fate: Fate | None = None, leaves_at: float | None = None) -> Text:
    reply = replace(facts.REPLY, step=step, leaves_at=leaves_at)
    return replace(facts.TEXT_OUT, fate=fate, reply=reply)


def _head(text: Text, *, opted_out_at: float | None = None, name: str | None = None) -> Message:
    return render_conversation(
        NUMBER, text, name=name, sender="Ana Torres", opted_out_at=opted_out_at,
        has_contact=True, locale=LOCALE,
    )  # fmt: skip


THREADS = Group(
    "Texts in their threads",
    (
        Example("Head of a thread", "One for each number; it shows the latest text.",
                lambda: _head(facts.TEXT_IN)),
        Example("Head of a thread after STOP", "Nobody can write there until START.",
                lambda: _head(replace(facts.TEXT_IN, body="STOP"), opted_out_at=facts.NOW)),
        Example("The longest head of a thread", "A whole text of 1,600 characters, cut.",
                lambda: _head(facts.LONGEST_TEXT, name=facts.LONG_NAME)),
        _line("Text from a customer", "In the thread, as soon as it came.", facts.TEXT_IN),
        _line("WhatsApp from a customer", "By which way it came is said.", facts.BY_WHATSAPP),
        _line("STOP from a customer", "What follows from it is said.",
              replace(facts.TEXT_IN, body="STOP", wish=OptOutKeyword.STOP)),
        _line("Text from a customer, with something that is not shown",
              "What is too large, gone, or would run is refused.", facts.TEXT_IN, None,
              (NotShown("setup.exe", "application/x-msdownload", "programs are not shown"),)),
        _line("The longest text", "1,600 characters by somebody with a long name.",
              facts.LONGEST_TEXT),
        Example("Picture", "Below the text that it came along with.",
                lambda: render_media(
                    Attachment("t1", 0, "label.png", "image/png", None, facts.NOW, 0, facts.NOW),
                    make_picture(), facts.TEXT_IN, locale=LOCALE)),
    ),
)  # fmt: skip

SENDING = Group(
    "What became of a text",
    (
        _line("Waiting text", "Where five left in the last ten minutes; it can be taken back.",
              _sent(Step.QUEUED, leaves_at=facts.NOW + 240), "Ana Torres"),
        _line("Sent text", "Vocatech has taken it.", _sent(Step.SENT, Fate.SENT), "Ana Torres"),
        _line("Delivered text", "The customer has it.", _sent(Step.SENT, Fate.DELIVERED),
              "Ana Torres"),
        _line("Failed text", "With the carrier's reason.",
              replace(_sent(Step.SENT, Fate.FAILED), reason="The number is a landline"),
              "Ana Torres"),
        _line("Text taken back", "Before its turn came.", _sent(Step.TAKEN_BACK), "Ana Torres"),
        _line("Text that nobody knows about", "Vocatech's answer was lost: the writer decides.",
              _sent(Step.ASKED), "Ana Torres"),
        Example("A text needs its writer", "In the thread, to whoever wrote it.",
                lambda: render_text_trouble("n", text=_sent(Step.ASKED), slack_user=facts.ANA,
                                            name=None, locale=LOCALE)),
        Example("Two wrote at once", "To the first of two who wrote within a minute.",
                lambda: render_two_texts("n", other=facts.BEN, name="Maria Lopez", number=NUMBER,
                                         words="It is ready.", locale=LOCALE)),
    ),
)  # fmt: skip

WRITING = Group(
    "Writing a text",
    (
        Example("Reply via SMS", "After Reply via SMS on a card, in a thread or on a contact.",
                lambda: render_reply_modal(FORM, locale=LOCALE)),
        Example("Reply that has to wait", "Five have just left, and the company has more numbers.",
                lambda: render_reply_modal(
                    replace(FORM, lines=LINES, leaves_at=facts.NOW + 240,
                            warnings=("Ben Whitaker wrote to them a minute ago.",)),
                    locale=LOCALE)),
        Example("Reply that cannot be", "What stands in the way is said before anybody types.",
                lambda: render_reply_modal(
                    replace(FORM, obstacle="They wrote STOP, so nothing is sent to them."),
                    locale=LOCALE)),
        Example("The longest reply", "100 numbers, 100 templates, the longest texts and names.",
                lambda: render_reply_modal(
                    replace(FORM, name=facts.LONG_NAME, words=facts.LONG_WORDS,
                            lines=[f"+1212555{at:04}" for at in range(100, 200)],
                            last=[(facts.LONGEST_TEXT, facts.LONG_NAME)] * 5,
                            templates=[replace(LONG_TEMPLATE, template_id=at) for at in
                                       range(100)]), locale=LOCALE)),
        Example("On its way", "After Send.", lambda: render_sent_modal(None, locale=LOCALE)),
        Example("Kept until its turn", "After Send, where it has to wait.",
                lambda: render_sent_modal(facts.NOW + 240, locale=LOCALE)),
        Example("Several recipients", "After /sms Maria, where more than one number fits.",
                lambda: render_recipients_modal(
                    (Recipient(NUMBER, "Maria Lopez", 1), Recipient("+12125550124", "Maria Ito")),
                    typed="Maria", words="", locale=LOCALE)),
        Example("100 recipients", "The first fifty can be chosen.",
                lambda: render_recipients_modal(
                    [Recipient(f"+1212555{at:04}", facts.LONG_NAME, at) for at in range(100, 200)],
                    typed=facts.LONG_NAME, words=facts.LONG_WORDS, locale=LOCALE)),
        Example("Templates", "After /vocatech templates.",
                lambda: render_templates_modal((READY, LONG_TEMPLATE), is_admin=True,
                                               said="The template is saved.")),
        Example("A template", "After Edit or New template.",
                lambda: render_template_form(READY, example="Hi Maria, your order is ready. Ana",
                                             is_admin=True, token="token")),
        Example("Who wants no texts", "From the App Home, for admins.",
                lambda: render_opt_outs([OptedOut(NUMBER, "Maria Lopez", facts.NOW)] * 120,
                                        locale=LOCALE)),
    ),
)  # fmt: skip
