"""Generated transcripts, summaries, and sentiments."""

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from bot.sandbox.company.topics import TOPICS
from bot.sandbox.vocatech.call_model import TALK, CallRecord, Employee

OPENING: Final = """
A: {company}, this is {agent}. How can I help? / Thank you for calling {company}, {agent} speaking.
C: Hello {agent}, {caller} here. / Hi, my name is {caller}. / Hi, this is {caller}.
"""
CALLING: Final = """
C: Hello? / {caller} speaking. / Hello, {caller} here.
A: Hello {caller}, {agent} from {company}. You had asked us to call. / Hello, it's {agent}
 from {company}, I'm returning your call.
C: Oh, thanks for calling back. / Ah, that was quick. / Yes, good that you call.
A: Of course. What can I do for you?
"""
DETOURS: Final = """
A: Can I check your number? Is it the one that you are calling from?
C: Yes, the same one, it's the best way to reach me. / It is, but please text, I'm often in class.

A: May I have your address again, to be safe?
C: It's {street}. The bell is the one without a name. / {street}, round the back.
A: Got it, thank you.
C: The old entry had our last flat in it, I think.

C: Sorry, the connection is bad. Could you say that again? / Sorry, the dog. Once more, please?
A: No trouble. I was just saying that I've noted it all down.
C: Now I hear you well.

C: You are in the new place by the harbor now, aren't you? / Is the showroom open on Saturdays?
A: We are, since spring, and open until four on Saturdays. Do come by.
"""
CLOSING: Final = """
A: Is there anything else I can do for you? / Does that help? / Anything else?
C: No, that was all. Thank you, {agent}. / That's everything, thanks a lot. / No, that's all.
A: Thank you for calling, {caller}. Have a good day. / You're welcome. Goodbye, {caller}!
C: You too. Bye! / Thanks, bye-bye. / Goodbye.
"""
HANDOVER: Final = """
C: I'm calling about {product}, order {ref}. / It's about my quote {ref}. Who can I talk to?
A: {other} looks after that. / That would be {other}, who knows the details.
C: Could you put me through? / Is {other} there today?
A: One moment please, I'm putting you through. / Yes, please hold the line.
C: Thank you. / Sure, I'll wait.
"""
VOICEMAIL: Final = """
C: Hello, this is {caller}. I'm calling about {product}. / Hi, {caller} here, about {product}.
C: I just wanted to ask if {day} at {time} still works. / Could somebody call me back, please?
C: I'm at home until {time}. / You can reach me on this number. / Thank you, goodbye.
"""
SLOTS: Final = {
    "product": "the kitchen/the bookcase/the dining table/the wardrobe/the corner bench/the desk",
    "day": "Monday/Tuesday/Wednesday/Thursday",
    "other_day": "Friday/Saturday/Monday the 14th/Tuesday the 22nd",
    "time": "nine thirty/ten/eleven fifteen/half past two/three/four fifteen",
    "street": "14 Canal Street/230 Orchard Avenue/7 Mill Lane/81 Lincoln Road/1902 Birch Drive",
    "caller": "Jamie/Robin/Alex/Pat/Chris/Sam",
}
_SOMETIMES_UNKNOWN: Final = 0.15


@dataclass(frozen=True)
class Transcript:
    """The transcript of one segment of a call; the sentiment may be None."""

    summary: str
    transcript: str
    sentiment: str | None


@dataclass(frozen=True)
class _Topic:
    moods: Sequence[str]
    turns: Sequence[str]
    summary: Sequence[str]


@cache
def _topics() -> Sequence[_Topic]:
    made = []
    for block in TOPICS.strip().split("\n\n"):
        head, *lines = block.splitlines()
        turns = [line for line in lines if not line.startswith("S:")]
        summary = [line.removeprefix("S: ") for line in lines if line.startswith("S:")]
        made.append(_Topic(head.partition(": ")[2].split(), turns, summary))
    return made


def _generate(
    rng: random.Random,
    *,
    company: str,
    person: Employee | None,
    caller: str | None = None,
    outgoing: bool = False,
) -> Transcript:
    """Return a generated conversation, or a voicemail if there is no person."""
    slots = _slots(rng, company, person, caller)
    if person is None:
        summary = "{who} left a message about {product} and asks to be called back."
        return Transcript(_fill(rng, summary, slots), _say(rng, _lines(VOICEMAIL), slots), None)
    topic = rng.choice(_topics())
    turns = _lines(CALLING if outgoing else OPENING) + list(topic.turns)
    for detour in rng.sample(DETOURS.strip().split("\n\n"), rng.randrange(4)):
        turns += _lines(detour)
    transcript = _say(rng, turns + _lines(CLOSING), slots)
    first, *rest = topic.summary
    kept = sorted(rng.sample(range(len(rest)), rng.randint(1, len(rest))))
    summary = " ".join(_fill(rng, line, slots) for line in [first, *(rest[i] for i in kept)])
    mood = None if rng.random() < _SOMETIMES_UNKNOWN else rng.choice(topic.moods)
    return Transcript(summary, transcript, mood)


def hand_over(
    rng: random.Random, *, company: str, person: Employee, to: Employee, caller: str | None = None
) -> Transcript:
    """Return the generated conversation before a transfer."""
    slots = _slots(rng, company, person, caller) | {"other": to.first_name}
    summary = "{who} asked about {product}; {agent} passed the call on to {other}."
    transcript = _say(rng, _lines(OPENING) + _lines(HANDOVER), slots)
    return Transcript(_fill(rng, summary, slots), transcript, None)


def _slots(
    rng: random.Random, company: str, person: Employee | None, caller: str | None
) -> dict[str, str]:
    slots = {name: rng.choice(choices.split("/")) for name, choices in SLOTS.items()}
    slots |= {"ref": str(rng.randint(20_000, 49_999)), "amount": f"${rng.randint(9, 89) * 45:,}"}
    slots |= {"company": company, "who": caller or "The caller"}
    slots["product_cap"] = slots["product"].capitalize()
    if caller and caller.split():
        slots["caller"] = caller.split()[0]
    if person is not None:
        slots["agent"] = person.first_name
    return slots


def _lines(text: str) -> list[str]:
    return text.strip().replace("\n ", " ").splitlines()


def _say(rng: random.Random, turns: Sequence[str], slots: dict[str, str]) -> str:
    speakers = {"A": slots.get("agent", "Agent"), "C": "Caller"}
    said: list[list[str]] = []
    for turn in turns:
        speaker, words = speakers[turn[0]], _fill(rng, turn[3:], slots)
        if said and said[-1][0] == speaker:
            said[-1][1] += f" {words}"
        else:
            said.append([speaker, words])
    return "\n".join(f"{speaker}: {words}" for speaker, words in said)


def _fill(rng: random.Random, line: str, slots: dict[str, str]) -> str:
    return re.sub(r"\{(\w+)\}", lambda found: slots[found[1]], rng.choice(line.split(" / ")))


def make_transcript(
    rng: random.Random, call: CallRecord, place: int, *, company: str
) -> Transcript:
    """Return a generated transcript of one segment of a call."""
    journey, caller = call["journey"], call.get("remote_name")
    person, *others = [_person(leg) for leg in journey[place:]]
    if person is not None and others and others[0] is not None:
        return hand_over(rng, company=company, person=person, to=others[0], caller=caller)
    outgoing = call["direction"] == "outgoing"
    return _generate(rng, company=company, person=person, caller=caller, outgoing=outgoing)


def _person(leg: CallRecord) -> Employee | None:
    if leg["type"] != TALK:
        return None
    return Employee(leg["extension_name"], leg["extension"], "")
