"""Owns what the demo's buttons do: little stories that happen to the stand-in Vocatech."""

import base64
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.vocatech import Direction, VocatechStandIn
from bot.sandbox.vocatech_call_life import LiveCall

CallIds = list[str]

RING: Final = 2.0
TALK: Final = 3.0
SUMMARY: Final = 2.0
LATE_SUMMARY: Final = 20.0
TIMES: Final = 5
PICK_UP: Final = 8
A_DOT: Final = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


def _wait(seconds: float, speed: float) -> None:
    time.sleep(seconds / speed)


def _talk_time(vocatech: VocatechStandIn) -> int:
    return vocatech.random.randint(95, 420)


def _ring(
    vocatech: VocatechStandIn, speed: float, *, ago: float, direction: Direction = "incoming"
) -> LiveCall:
    call = vocatech.ring(direction=direction, ago=ago)
    _wait(RING, speed)
    return call


def _talk(
    vocatech: VocatechStandIn, speed: float, *, direction: Direction = "incoming"
) -> LiveCall:
    talked = _talk_time(vocatech)
    call = _ring(vocatech, speed, ago=PICK_UP + talked, direction=direction)
    call.answer(after=PICK_UP)
    _wait(TALK, speed)
    return call.hang_up(after=talked)


def answered(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Let a customer call, somebody answer, and the summary follow."""
    call = _talk(vocatech, speed)
    _wait(SUMMARY, speed)
    return [call.summarise().id]


def summary_late(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Let a call be answered whose summary takes its time."""
    call = _talk(vocatech, speed)
    _wait(LATE_SUMMARY, speed)
    return [call.summarise().id]


def missed(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Let a customer call and give up, as nobody answers."""
    call = _ring(vocatech, speed, ago=25)
    return [call.hang_up(after=25).id]


def voicemail(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Let a customer who reaches nobody leave a message, which is then written down."""
    call = _ring(vocatech, speed, ago=45).voicemail(after=25)
    _wait(TALK, speed)
    call.hang_up(after=20)
    _wait(SUMMARY, speed)
    return [call.summarise().id]


def transferred(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Let a call be answered and passed on, so that its summary comes in two parts."""
    talked = _talk_time(vocatech)
    call = _ring(vocatech, speed, ago=PICK_UP + 40 + talked).answer(after=PICK_UP)
    _wait(TALK, speed)
    call.transfer(after=40)
    _wait(TALK, speed)
    call.hang_up(after=talked)
    _wait(SUMMARY, speed)
    return [call.summarise().id]


def outbound(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Let somebody call a customer: no webhook tells of it, only the list of calls does."""
    call = _talk(vocatech, speed, direction="outgoing")
    _wait(SUMMARY, speed)
    return [call.summarise().id]


def burst(vocatech: VocatechStandIn, *, count: int = 50, speed: float = 1.0) -> CallIds:
    """Let many customers call at once; Slack takes one post a second, so it lasts."""
    calls = [vocatech.ring(ago=_talk_time(vocatech)) for _ in range(count)]
    _wait(RING, speed)
    taken = [call.answer(after=PICK_UP) for place, call in enumerate(calls) if place % 3]
    _wait(TALK, speed)
    for call in calls:
        call.hang_up(after=80 if call in taken else 20)
    _wait(SUMMARY, speed)
    return [call.summarise().id for call in calls]


def shuffled_five_times(vocatech: VocatechStandIn, *, speed: float = 1.0) -> CallIds:
    """Send every event of one call five times and in no order at all."""
    talked = _talk_time(vocatech)
    call = vocatech.ring(ago=PICK_UP + talked, quiet=True).answer(after=PICK_UP)
    events = call.hang_up(after=talked).summarise().events * TIMES
    vocatech.random.shuffle(events)
    for event in events:
        vocatech.webhooks.deliver(event)
        _wait((RING + TALK) / len(events), speed)
    return [call.id]


def send_picture(vocatech: VocatechStandIn) -> None:
    """Let a customer send a text with a picture."""
    picture = vocatech.media.add(A_DOT, "image/png", "label.png")
    sender = vocatech.company.callers[0].number
    vocatech.receive_text(sender, "This is the label on the box.", attachments=[picture])


@dataclass(frozen=True)
class Scenario:
    """A button of the demo: its label, what it does in a sentence, and how."""

    label: str
    description: str
    run: Callable[..., CallIds]


def _scenario(label: str, run: Callable[..., CallIds]) -> Scenario:
    return Scenario(label, (run.__doc__ or "").strip(), run)


SCENARIOS: Final = {
    "answered": _scenario("Answered call", answered),
    "missed": _scenario("Missed call", missed),
    "voicemail": _scenario("Voicemail", voicemail),
    "transferred": _scenario("Transferred call", transferred),
    "summary_late": _scenario("Late summary", summary_late),
    "outbound": _scenario("Outbound call", outbound),
    "burst": _scenario("50 calls at once", burst),
    "shuffled_five_times": _scenario("Each event five times, shuffled", shuffled_five_times),
}
