"""Owns the demo's telephone in the reader's hand: one call, step by step."""

from collections.abc import Callable
from functools import partial

from bot.sandbox.delayed_tasks import DelayedTasks
from bot.sandbox.demo.call_scenarios import DemoAction
from bot.sandbox.vocatech.call_lifecycle import LiveCall
from bot.sandbox.vocatech.call_model import RINGING, TALK, VOICEMAIL, has_ended
from bot.sandbox.vocatech.company_phone import FakeVocatech

RINGS_FOR = 30.0
SUMMARY_AFTER = 4.0
GROUP = "A call by hand"


class ManualCall:
    """Rings, answers, passes on and ends calls; each step is for the newest call that can take it.

    A step that no call can take raises LookupError, with words for the reader.
    """

    def __init__(self, vocatech: FakeVocatech) -> None:
        self._vocatech = vocatech
        self._calls: list[LiveCall] = []
        self._delayed = DelayedTasks()

    def close(self) -> None:
        """Let nothing ring out or be summed up any more."""
        self._delayed.stop()

    def buttons(self) -> dict[str, DemoAction]:
        """Give the buttons by name."""
        steps = {
            "ring": ("Ring", self.ring),
            "answer": ("Answer", self.answer),
            "transfer": ("Transfer", self.transfer),
            "leave_voicemail": ("Voicemail", self.leave_voicemail),
            "hang_up": ("Hang up", self.hang_up),
        }
        return {
            name: DemoAction(label, (step.__doc__ or "").strip(), _run(step), GROUP, at_once=True)
            for name, (label, step) in steps.items()
        }

    def ring(self, speed: float) -> LiveCall:
        """Let a customer call; unless somebody answers, it is missed after 30 s."""
        call = self._vocatech.ring()
        self._calls.append(call)
        self._delayed.put(RINGS_FOR / speed, partial(self._ring_out, call))
        return call

    def answer(self, _: float) -> LiveCall:
        """Let somebody pick up."""
        return self._newest("No call rings. Ring first.", RINGING).answer()

    def transfer(self, _: float) -> LiveCall:
        """Pass the call on to somebody else."""
        return self._newest("Nobody talks. Answer a call first.", TALK).transfer()

    def leave_voicemail(self, _: float) -> LiveCall:
        """Let the caller speak to the machine, until they hang up."""
        return self._newest("No call rings. Ring first.", RINGING).voicemail()

    def hang_up(self, speed: float) -> LiveCall:
        """End the call; the summary of what was said follows after 4 s."""
        call = self._newest("There is no call. Ring first.", RINGING, TALK, VOICEMAIL).hang_up()
        self._delayed.put(SUMMARY_AFTER / speed, call.summarize)
        return call

    def _ring_out(self, call: LiveCall) -> None:
        if _stands_at(call) == RINGING:
            call.hang_up()

    def _newest(self, otherwise: str, *stages: str) -> LiveCall:
        found = [call for call in self._calls if _stands_at(call) in stages]
        if not found:
            raise LookupError(otherwise)
        return found[-1]


def _stands_at(call: LiveCall) -> str:
    """Give the kind of leg that a call is in; nothing when it is over."""
    known = call.call
    return "" if has_ended(known) else str(known["journey"][-1]["type"])


def _run(step: Callable[[float], LiveCall]) -> Callable[..., list[str]]:
    return lambda _, speed=1.0: [step(speed).id]
