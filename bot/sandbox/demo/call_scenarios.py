"""Owns what the demo's buttons for calls do: little stories that happen to the phone company."""

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
    """Let a customer call, somebody answer, and the summary follow."""
    call = _talk(vocatech, speed)
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def summary_late(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Let a call be answered whose summary takes its time."""
    call = _talk(vocatech, speed)
    _wait(LATE_SUMMARY, speed)
    return [call.summarize().id]


def missed(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Let a customer call and give up, as nobody answers."""
    call = _ring(vocatech, speed, ago=25)
    return [call.hang_up(after=25).id]


def voicemail(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Let a customer who reaches nobody leave a message, which is then written down."""
    call = _ring(vocatech, speed, ago=45).voicemail(after=25)
    _wait(TALK, speed)
    call.hang_up(after=20)
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def transferred(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Let a call be answered and passed on, so that its summary comes in two parts."""
    talked = _talk_time(vocatech)
    call = _ring(vocatech, speed, ago=PICK_UP + 40 + talked).answer(after=PICK_UP)
    _wait(TALK, speed)
    call.transfer(after=40)
    _wait(TALK, speed)
    call.hang_up(after=talked)
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def outbound(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Let somebody call a customer: no webhook tells of it, only the list of calls does."""
    call = _talk(vocatech, speed, direction="outgoing")
    _wait(SUMMARY, speed)
    return [call.summarize().id]


def burst(vocatech: FakeVocatech, *, count: int = 50, speed: float = 1.0) -> CallIds:
    """Let many customers call at once; Slack takes one post a second, so it lasts."""
    calls = [vocatech.ring(ago=_talk_time(vocatech)) for _ in range(count)]
    _wait(RING, speed)
    taken = [call.answer(after=PICK_UP) for place, call in enumerate(calls) if place % 3]
    _wait(TALK, speed)
    for call in calls:
        call.hang_up(after=80 if call in taken else 20)
    _wait(SUMMARY, speed)
    return [call.summarize().id for call in calls]


def shuffled_five_times(vocatech: FakeVocatech, *, speed: float = 1.0) -> CallIds:
    """Send every event of one call five times and in no order at all."""
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
    """A button of the demo: its label, what it does in a sentence, how, and its heading.

    `run` takes the stand-in and a `speed`, and gives the ids of the calls or texts it made. One
    that is done `at_once` may refuse (LookupError). Bad weather `lasts` so many seconds, and the
    bot needs the seconds of its `aftermath` to come round.
    """

    label: str
    description: str
    run: Callable[..., list[str]]
    group: str = "Whole calls"
    key: str = ""
    at_once: bool = False
    lasts: float = 0.0
    aftermath: float = 0.0

    @property
    def title(self) -> str:
        """Say what it is where its heading is not seen."""
        return f"{self.group.partition(',')[0]}: {self.label}"


def make_action(
    label: str,
    run: Callable[..., list[str]],
    group: str = "Whole calls",
    *,
    lasts: float = 0.0,
    aftermath: float = 0.0,
) -> DemoAction:
    """Make a button of a story, which its docstring describes."""
    told = (run.__doc__ or "").strip()
    return DemoAction(label, told, run, group, lasts=lasts, aftermath=aftermath)


SCENARIOS: Final = {
    "answered": make_action("Answered", answered),
    "missed": make_action("Missed", missed),
    "voicemail": make_action("Voicemail", voicemail),
    "transferred": make_action("Transferred", transferred),
    "summary_late": make_action("Late summary", summary_late),
    "outbound": make_action("Outbound", outbound),
    "burst": make_action("50 at once", burst),
    "shuffled_five_times": make_action("Each event × 5", shuffled_five_times),
}
