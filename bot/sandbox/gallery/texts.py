"""Examples of texts: threads, delivery statuses, the reply modal, and templates."""

from dataclasses import replace
from typing import Any
from zoneinfo import ZoneInfo

from bot.attachments.messages import render_attachment
from bot.models.attachments import Attachment, NotShown
from bot.models.opt_outs import OptOutKeyword
from bot.models.send_times import MORNING, OTHER, ChosenTime, ScheduledText, moment_of
from bot.models.send_times import NOW as NOW_CHOSEN
from bot.models.templates import Template
from bot.models.texts import DeliveryStatus, SendState, Text, TextForm
from bot.sandbox.company.pictures import make_picture
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.templates.modals import render_template_form, render_templates_modal
from bot.texts.form import ReplyForm, render_reply_modal
from bot.texts.messages import (
    render_conversation,
    render_erased_conversation,
    render_erased_notice,
    render_text,
)
from bot.texts.modals import (
    OptedOut,
    Recipient,
    render_opt_outs,
    render_recipients_modal,
    render_scheduled_modal,
    render_sent_modal,
    render_too_late_to_change,
    render_whole_text,
)
from bot.texts.notice_messages import render_delivery_problem, render_two_texts
from bot.texts.policy import OPTED_OUT
from bot.texts.send_time_section import SendTime
from bot.ui.message import Message

NUMBER = "+12125550123"
NUMBERS = tuple(f"+1212555{at:04}" for at in range(100, 103))
READY = Template(1, None, "Order is ready", "Hi {first name}, your order is ready. {me}")
LONG_TEMPLATE = Template(2, facts.ANA, facts.LONG_NAME[:60], facts.LONG_WORDS[:1_600])
DELIVERED = replace(facts.TEXT_OUT, status=DeliveryStatus.DELIVERED)
FORM = ReplyForm(
    TextForm("token", NUMBER, call_id="call-2"),
    "Maria Lopez",
    NUMBERS[:1],
    NUMBERS[0],
    latest=[(facts.TEXT_IN, None), (DELIVERED, "Ana Torres")],
    templates=(READY,),
    body="Hi Maria, we'll call you back before noon. Ana",
    sends_left=4,
)
SCHEDULED = ScheduledText(
    "text_1", NUMBER, NUMBERS[0], FORM.body, facts.ANA, "C0CALLS001", facts.NOW + 17 * 3_600,
    "America/Los_Angeles", 1, "Maria Lopez",
)  # fmt: skip
LONG_SCHEDULED = replace(SCHEDULED, body=facts.LONG_WORDS[:1_600], name=facts.LONG_NAME)
LONG_BODY = "Hi Maria – your order is ready 🎉 Pick it up any time until six, or tell us when. Ana"


def _time(when: str, zone: str = "America/Los_Angeles", **more: Any) -> SendTime:
    chosen, there = ChosenTime(when, zone, **more), ZoneInfo(zone)
    return SendTime(chosen, there, facts.NOW, facts.NOW, moment_of(chosen, facts.NOW, there))


FORM = replace(FORM, time=_time(NOW_CHOSEN, zone="America/New_York"))


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


def _sent(
    state: SendState, status: DeliveryStatus | None = None, leaves_at: float | None = None
) -> Text:
    reply = replace(facts.REPLY, state=state, leaves_at=leaves_at)
    return replace(facts.TEXT_OUT, status=status, reply=reply)


def _head(text: Text, *, opted_out_at: float | None = None, name: str | None = None) -> Message:
    return render_conversation(
        NUMBER, text, name=name, sender="Ana Torres", opted_out_at=opted_out_at,
        has_contact=True, locale=LOCALE,
    )  # fmt: skip


THREADS = Group(
    "SMS threads",
    (
        Example("Head of a thread", "One per number and channel; it shows the latest message.",
                lambda: _head(facts.TEXT_IN)),
        Example("Head of a thread after a reply", "With the delivery status.",
                lambda: _head(DELIVERED)),
        Example("Head of a thread after STOP", "No replies until the contact sends START.",
                lambda: _head(replace(facts.TEXT_IN, body="STOP"), opted_out_at=facts.NOW)),
        Example("The longest head of a thread", "A message of 1,600 characters, shortened.",
                lambda: _head(facts.LONGEST_TEXT, name=facts.LONG_NAME)),
        _line("Message from a customer", "In the thread, when it arrives.", facts.TEXT_IN),
        _line("WhatsApp message from a customer", "The platform is named.", facts.BY_WHATSAPP),
        _line("STOP from a customer", "With its effect.",
              replace(facts.TEXT_IN, body="STOP", opt_out=OptOutKeyword.STOP)),
        _line("Message with an attachment that is not shown",
              "Files that are too large, deleted, or executable aren't shown.",
              facts.TEXT_IN, None,
              (NotShown("setup.exe", "application/x-msdownload", "programs aren't shown"),)),
        _line("The longest message", "1,600 characters, from a contact with a long name.",
              facts.LONGEST_TEXT),
        Example("Image", "Below the message that it was attached to.",
                lambda: render_attachment(
                    Attachment("t1", 0, "label.png", "image/png", None, facts.NOW, 0, facts.NOW),
                    make_picture(), facts.TEXT_IN, locale=LOCALE)),
    ),
)  # fmt: skip

SENDING = Group(
    "Delivery statuses",
    (
        _line("Queued message", "If five were sent in the last ten minutes; it can be canceled.",
              _sent(SendState.QUEUED, leaves_at=facts.NOW + 240), "Ana Torres"),
        _line("Scheduled message", "Until its time, it can be changed and canceled.",
              replace(facts.TEXT_OUT, status=None, reply=replace(
                  facts.REPLY, state=SendState.SCHEDULED, send_at=facts.NOW + 17 * 3_600,
                  zone="America/Los_Angeles")), "Ana Torres"),
        _line("Sent message", "Vocatech accepted it.",
              _sent(SendState.SENT, DeliveryStatus.SENT), "Ana Torres"),
        _line("Delivered message", "It reached the customer.", DELIVERED, "Ana Torres"),
        _line("Failed message", "With the carrier's reason.",
              replace(_sent(SendState.SENT, DeliveryStatus.FAILED),
                      reason="The number is a landline"), "Ana Torres"),
        _line("Canceled message", "Before it was sent.",
              replace(_sent(SendState.CANCELED), reason="canceled by Ben Whitaker"), "Ana Torres"),
        _line("Unconfirmed message", "Vocatech's response was lost: the writer decides.",
              _sent(SendState.NEEDS_CONFIRMATION), "Ana Torres"),
        Example("A message failed", "In the thread, to its writer.",
                lambda: render_delivery_problem(
                    "n", text=replace(_sent(SendState.SENT, DeliveryStatus.FAILED),
                                      reason="The number is a landline"),
                    is_unconfirmed=False, slack_user=facts.ANA, name=None, locale=LOCALE)),
        Example("A message is unconfirmed", "In the thread, to its writer.",
                lambda: render_delivery_problem(
                    "n", text=_sent(SendState.NEEDS_CONFIRMATION), is_unconfirmed=True,
                    slack_user=facts.ANA, name=None, locale=LOCALE)),
        Example("Two people texted the same number", "To the first writer, within a minute.",
                lambda: render_two_texts("n", other=facts.BEN, name="Maria Lopez", number=NUMBER,
                                         words="It is ready.", locale=LOCALE)),
        Example("Thread of an erased number", "After `vocatech-slack forget`.",
                lambda: render_erased_conversation(1)),
        Example("Notice about an erased number", "After `vocatech-slack forget`.",
                lambda: render_erased_notice("n")),
    ),
)  # fmt: skip

WRITING = Group(
    "Writing messages",
    (
        Example("Reply via SMS", "After Reply via SMS on a card, in a thread, or on a contact.",
                lambda: render_reply_modal(FORM, locale=LOCALE)),
        Example("Reply in two segments", "The counts name the characters that cause it.",
                lambda: render_reply_modal(replace(FORM, body=LONG_BODY, sends_left=5),
                                           locale=LOCALE)),
        Example("Reply that is sent later", "The times are the recipient's; their zone can change.",
                lambda: render_reply_modal(
                    replace(FORM, time=_time(MORNING)), locale=LOCALE)),
        Example("Reply at a chosen date and time", "After Choose a date and time.",
                lambda: render_reply_modal(
                    replace(FORM, time=_time(OTHER, day="2026-12-01", minute=540)),
                    locale=LOCALE)),
        Example("Reply at night", "Before 8 AM or after 9 PM at the recipient's, with an offer.",
                lambda: render_reply_modal(
                    replace(FORM, time=_time(NOW_CHOSEN, zone="Asia/Tokyo")), locale=LOCALE)),
        Example("Reply that has to wait", "At the send limit, in a company with several numbers.",
                lambda: render_reply_modal(
                    replace(FORM, company_numbers=NUMBERS, leaves_at=facts.NOW + 240,
                            warnings=("Ben Whitaker texted this number less than a minute ago.",)),
                    locale=LOCALE)),
        Example("Reply that is blocked", "The reason appears before anything is typed.",
                lambda: render_reply_modal(
                    replace(FORM, blocked_because=OPTED_OUT, is_opted_out=True), locale=LOCALE)),
        Example("The longest reply", "100 numbers, 100 templates, and the longest texts and names.",
                lambda: render_reply_modal(
                    replace(FORM, name=facts.LONG_NAME, body=facts.LONG_WORDS,
                            company_numbers=[f"+1212555{at:04}" for at in range(100, 200)],
                            latest=[(facts.LONGEST_TEXT, facts.LONG_NAME)] * 5,
                            templates=[replace(LONG_TEMPLATE, template_id=at) for at in
                                       range(100)]), locale=LOCALE)),
        Example("Message queued", "After Send.", lambda: render_sent_modal(None, locale=LOCALE)),
        Example("Message queued for later", "After Send, at the send limit.",
                lambda: render_sent_modal(facts.NOW + 240, locale=LOCALE)),
        Example("Message scheduled", "After Schedule, outside a channel.",
                lambda: render_sent_modal(facts.NOW + 17 * 3_600, "America/Los_Angeles",
                                          locale=LOCALE)),
        Example("Scheduled messages", "From App Home, if there are more than five.",
                lambda: render_scheduled_modal([SCHEDULED, LONG_SCHEDULED] * 50, locale=LOCALE)),
        Example("No scheduled messages", "After the last one was canceled in the list.",
                lambda: render_scheduled_modal([], locale=LOCALE)),
        Example("Too late to change", "What was typed is shown, to be copied.",
                lambda: render_too_late_to_change(FORM.body)),
        Example("A long message", "After Show all, below a message that is cut in its thread.",
                lambda: render_whole_text(facts.LONGEST_TEXT)),
        Example("Several recipients", "After /sms Maria, if more than one number matches.",
                lambda: render_recipients_modal(
                    (Recipient(NUMBER, "Maria Lopez", 1), Recipient("+12125550124", "Maria Ito")),
                    typed="Maria", body="", locale=LOCALE)),
        Example("Several recipients and a second name", "After /sms Maria and Ben see you.",
                lambda: render_recipients_modal(
                    (Recipient(NUMBER, "Maria Lopez", 1), Recipient("+12125550124", "Maria Ito")),
                    typed="Maria", body="and Ben see you", also="Ben Adler", locale=LOCALE)),
        Example("100 recipients", "The first fifty can be chosen.",
                lambda: render_recipients_modal(
                    [Recipient(f"+1212555{at:04}", facts.LONG_NAME, at) for at in range(100, 200)],
                    typed=facts.LONG_NAME, body=facts.LONG_WORDS, locale=LOCALE)),
        Example("Templates", "After /vocatech templates.",
                lambda: render_templates_modal((READY, LONG_TEMPLATE), is_admin=True,
                                               notice="“Ready” saved.")),
        Example("A template", "After Edit or New template.",
                lambda: render_template_form(READY, example="Hi Maria, your order is ready. Ana",
                                             is_admin=True, token="token")),
        Example("Opt-outs", "From the App Home, for admins.",
                lambda: render_opt_outs([OptedOut(NUMBER, "Maria Lopez", facts.NOW)] * 120,
                                        locale=LOCALE)),
    ),
)  # fmt: skip
