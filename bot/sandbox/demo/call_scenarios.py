"""Demo buttons that play a complete call."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from bot.sandbox.vocatech.call_lifecycle import LiveCall
from bot.sandbox.vocatech.company_phone import Direction, FakeVocatech

CallIds = list[str]

RING: Final = 2.0
TALK: Final = 3.0
SUMMARY: Final = 2.0
LATE_SUMMARY: Final = 20.0
TIMES: Final = 5
PICK_UP: Final = 8


def _wait(seconds: float, speed: float) -> None:
    time.sleep(seconds / speed)


def _talk_time(vocatech: FakeVocatech) -> int:
    return vocatech.random.randint(95, 420)


def _ring(
    vocatech: FakeVocatech, speed: float, *, ago: float, direction: Direction = "incoming"
) -> LiveCall:
    call = vocatech.ring(direction=direction, ago=ago)
    _wait(RING, speed)
    return call


def _talk(vocatech: FakeVocatech, speed: float, *, direction: Direction = "incoming") -> LiveCall:
    talked = _talk_time(vocatech)
    call = _ring(vocatech, speed, ago=PICK_UP + talked, direction=direction)
    call.answer(after=PICK_UP)
    _wait(TALK, speed)
    return call.hang_up(after=talked)


def answered(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """A customer calls, someone answers, and the AI summary follows."""
    call = _talk(vocatech, speed)
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def summary_late(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """An answered call whose summary arrives 20 s later."""
    call = _talk(vocatech, speed)
    _wait(LATE_SUMMARY, speed)
    return [call.summarize().id]


def missed(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """A customer calls, and no one answers."""
    call = _ring(vocatech, speed, ago=25)
    return [call.hang_up(after=25).id]


def voicemail(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """No one answers, and the caller leaves a voicemail."""
    call = _ring(vocatech, speed, ago=45).voicemail(after=25)
    _wait(TALK, speed)
    call.hang_up(after=20)
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def transferred(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """An answered call is transferred, so its summary has two parts."""
    talked = _talk_time(vocatech)
    call = _ring(vocatech, speed, ago=PICK_UP + 40 + talked).answer(after=PICK_UP)
    _wait(TALK, speed)
    call.transfer(after=40)
    _wait(TALK, speed)
    call.hang_up(after=talked)
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def outbound(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """A colleague calls a customer. No webhook is sent; polling finds the call."""
    call = _talk(vocatech, speed, direction="outgoing")
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def burst(vocatech: FakeVocatech, *, count: int = 50, speed: float = 1.0) -> CallIds:
    """50 customers call at the same time. Slack accepts one message per second."""
    calls = [vocatech.ring(ago=_talk_time(vocatech)) for _ in range(count)]
    _wait(RING, speed)
    taken = [call.answer(after=PICK_UP) for place, call in enumerate(calls) if place % 3]
    _wait(TALK, speed)
    for call in calls:
        call.hang_up(after=80 if call in taken else 20)
    _wait(SUMMARY, speed)
    return [call.summarize().id for call in calls]


def shuffled_five_times(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Sends every webhook of one call five times, in random order."""
    talked = _talk_time(vocatech)
    call = vocatech.ring(ago=PICK_UP + talked, quiet=True).answer(after=PICK_UP)
    events = call.hang_up(after=talked).summarize().events * TIMES
    vocatech.random.shuffle(events)
    for event in events:
        vocatech.webhooks.deliver(event)
        _wait((RING + TALK) / len(events), speed)
    return [call.id]


@dataclass(frozen=True)
class DemoAction:
    """A button of the demo.

    `run` takes the fake Vocatech and a `speed`, and returns the IDs of the calls or messages it
    created. If `is_instant`, it runs before the click is answered and may raise LookupError.
    A fault `lasts` some seconds; the app may need `aftermath` seconds more to recover.
    """

    label: str
    description: str
    run: Callable[..., list[str]]
    group: str = "Complete calls"
    key: str = ""
    is_instant: bool = False
    lasts: float = 0.0
    aftermath: float = 0.0

    @property
    def title(self) -> str:
        """Group and label, for the log."""
        return f"{self.group.partition(' (')[0]}: {self.label}"


def make_action(
    label: str,
    run: Callable[..., list[str]],
    group: str = "Complete calls",
    *,
    lasts: float = 0.0,
    aftermath: float = 0.0,
) -> DemoAction:
    """Return a button for a function; its docstring is the description."""
    description = (run.__doc__ or "").strip()
    return DemoAction(label, description, run, group, lasts=lasts, aftermath=aftermath)


SCENARIOS: Final = {
    "answered": make_action("Answered", answered),
    "missed": make_action("Missed", missed),
    "voicemail": make_action("Voicemail", voicemail),
    "transferred": make_action("Transferred", transferred),
    "summary_late": make_action("Late summary", summary_late),
    "outbound": make_action("Outgoing", outbound),
    "burst": make_action("50 calls at once", burst),
    "shuffled_five_times": make_action("Send every event 5 times", shuffled_five_times),
}
