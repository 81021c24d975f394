"""Demo buttons that play a call step by step."""

from collections.abc import Callable
from functools import partial

from bot.sandbox.delayed_tasks import DelayedTasks
from bot.sandbox.demo.call_scenarios import DemoAction
from bot.sandbox.vocatech.call_lifecycle import LiveCall
from bot.sandbox.vocatech.call_model import RINGING, TALK, VOICEMAIL, has_ended
from bot.sandbox.vocatech.company_phone import FakeVocatech

RINGS_FOR = 30.0
SUMMARY_AFTER = 4.0
GROUP = "Make a call"


class ManualCall:
    """Rings, answers, transfers, and ends calls.

    Each step applies to the newest call that allows it. If there is none, LookupError says why.
    """

    def __init__(self, vocatech: FakeVocatech) -> None:
        self._vocatech = vocatech
        self._calls: list[LiveCall] = []
        self._delayed = DelayedTasks()

    def close(self) -> None:
        """Cancel everything that is due later."""
        self._delayed.stop()

    def buttons(self) -> dict[str, DemoAction]:
        """Return the buttons by name."""
        steps = {
            "ring": ("Ring", self.ring),
            "answer": ("Answer", self.answer),
            "transfer": ("Transfer", self.transfer),
            "leave_voicemail": ("Voicemail", self.leave_voicemail),
            "hang_up": ("Hang up", self.hang_up),
        }
        return {
            name: DemoAction(label, step.__doc__ or "", _run(step), GROUP, is_instant=True)
            for name, (label, step) in steps.items()
        }

    def ring(self, speed: float) -> LiveCall:
        """A customer calls. If no one answers, the call is missed after 30 s."""
        call = self._vocatech.ring()
        self._calls.append(call)
        self._delayed.put(RINGS_FOR / speed, partial(self._ring_out, call))
        return call

    def answer(self, _: float) -> LiveCall:
        """Someone answers the call."""
        return self._newest("No call is ringing. Press Ring first.", RINGING).answer()

    def transfer(self, _: float) -> LiveCall:
        """The call is transferred to a colleague."""
        return self._newest("No call is answered. Press Ring, then Answer.", TALK).transfer()

    def leave_voicemail(self, _: float) -> LiveCall:
        """The caller leaves a voicemail, until you press Hang up."""
        return self._newest("No call is ringing. Press Ring first.", RINGING).voicemail()

    def hang_up(self, speed: float) -> LiveCall:
        """The call ends. Its AI summary follows after 4 s."""
        call = self._newest("There is no call. Press Ring first.", RINGING, TALK, VOICEMAIL)
        call.hang_up()
        self._delayed.put(SUMMARY_AFTER / speed, call.summarize)
        return call

    def _ring_out(self, call: LiveCall) -> None:
        if _current_leg(call) == RINGING:
            call.hang_up()

    def _newest(self, otherwise: str, *stages: str) -> LiveCall:
        found = [call for call in self._calls if _current_leg(call) in stages]
        if not found:
            raise LookupError(otherwise)
        return found[-1]


def _current_leg(call: LiveCall) -> str:
    """Return the kind of the current leg, or "" if the call is over."""
    known = call.call
    return "" if has_ended(known) else str(known["journey"][-1]["type"])


def _run(step: Callable[[float], LiveCall]) -> Callable[..., list[str]]:
    return lambda _, speed=1.0: [step(speed).id]
