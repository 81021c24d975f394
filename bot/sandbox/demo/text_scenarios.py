"""Demo buttons for SMS and WhatsApp messages."""

from collections.abc import Callable, Mapping
from typing import Final

from bot.sandbox.company.pictures import make_picture
from bot.sandbox.company.texts import pick_text
from bot.sandbox.demo.call_scenarios import DemoAction
from bot.sandbox.http import Fault
from bot.sandbox.vocatech.company_phone import FakeVocatech

# So few that a second message soon comes from the same customer.
WRITERS: Final = 4
ANSWERS: Final = (
    "We'll call you back today.",
    "It is ready for you.",
    "Thank you, we've noted it.",
)


def text_in(vocatech: FakeVocatech) -> list[str]:
    """A customer sends an SMS."""
    return _write(vocatech, _pick_writer(vocatech), pick_text(vocatech.random))


def picture_in(vocatech: FakeVocatech) -> list[str]:
    """A customer sends a picture."""
    drawn = make_picture(vocatech.random.randrange(1000))
    picture = vocatech.media.add(drawn, "image/png", "label.png")
    return _write(vocatech, _pick_writer(vocatech), "This is the label on the box.", picture)


def stop_in(vocatech: FakeVocatech) -> list[str]:
    """A customer opts out with STOP."""
    return _write(vocatech, _pick_writer(vocatech), "STOP")


def start_in(vocatech: FakeVocatech) -> list[str]:
    """The last customer that opted out opts back in with START."""
    texts = [vocatech.messages.get(one) for one in reversed(vocatech.messages.ids())]
    stopped = (text["remote_number"] for text in texts if text["body"] == "STOP")
    return _write(vocatech, next(stopped, _pick_writer(vocatech)), "START")


def unknown_in(vocatech: FakeVocatech) -> list[str]:
    """Someone who is not a contact sends an SMS."""
    number = f"+1646555{vocatech.random.randint(170, 199):04}"
    return _write(vocatech, number, pick_text(vocatech.random))


def whatsapp_in(vocatech: FakeVocatech) -> list[str]:
    """A customer sends a WhatsApp message."""
    sender, words = _pick_writer(vocatech), pick_text(vocatech.random)
    return [vocatech.receive_text(sender, words, channel="whatsapp")["message_id"]]


def portal_out(vocatech: FakeVocatech) -> list[str]:
    """A colleague replies in Vocatech, not in Slack."""
    words = vocatech.random.choice(ANSWERS)
    return [vocatech.send_from_portal(_pick_writer(vocatech), words)["message_id"]]


def next_fails(vocatech: FakeVocatech) -> list[str]:
    """The carrier rejects the next SMS that you send."""
    vocatech.messages.fail_next()
    return []


def answer_lost(vocatech: FakeVocatech) -> list[str]:
    """Vocatech accepts your next SMS, but its response is lost."""
    vocatech.faults.add(Fault(path="/messages", method="POST", drop="after", times=1))
    return []


def _pick_writer(vocatech: FakeVocatech) -> str:
    return vocatech.random.choice(vocatech.company.callers[:WRITERS]).number


def _write(vocatech: FakeVocatech, sender: str, words: str, *pictures: str) -> list[str]:
    return [vocatech.receive_text(sender, words, attachments=pictures)["message_id"]]


def _scenario(label: str, run: Callable[[FakeVocatech], list[str]]) -> DemoAction:
    """Return a button for a function that takes no time."""
    return DemoAction(label, run.__doc__ or "", lambda vocatech, **_: run(vocatech), "SMS")


TEXT_SCENARIOS: Final[Mapping[str, DemoAction]] = {
    "text_in": _scenario("Incoming SMS", text_in),
    "picture_in": _scenario("Picture", picture_in),
    "unknown_in": _scenario("Unknown number", unknown_in),
    "whatsapp_in": _scenario("WhatsApp", whatsapp_in),
    "stop_in": _scenario("STOP", stop_in),
    "start_in": _scenario("START", start_in),
    "portal_out": _scenario("Colleague replies", portal_out),
    "next_fails": _scenario("Fail next SMS", next_fails),
    "answer_lost": _scenario("Lose SMS response", answer_lost),
}
