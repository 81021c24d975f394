"""Generated messages from customers, and a month of past ones."""

import random
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from bot.sandbox.company.call_volume import pick_moment, weekdays_before
from bot.sandbox.company.model import Caller, DemoCompany
from bot.sandbox.vocatech.call_model import stamp
from bot.sandbox.vocatech.carrier import OUT_OF_REACH, REASON

Message = dict[str, Any]

# `C:` is the customer, `A:` the company. `!` marks a failed message, `*` one with a picture.
CONVERSATIONS: Final = """
C: Hi, is my order ready for pickup?
A: Good morning! It is, any time until six.
C: Great, I'll be there around four.

A: This is {company}. Our fitter is on the way and will be with you in about 30 minutes.
C: Thank you, the gate is open.

C: Can you send somebody to look at a drawer that doesn't close?
A: Of course. Would Thursday between 9 and 11 suit you?
C: Thursday is fine
C: The buzzer says "Miller", second floor.
A: Noted, see you on Thursday.

A: Your quote is ready, we have sent it by e-mail. Questions? Just answer here.
C: Looks good. Can we do oak instead of walnut?
A: We can. That brings it down by $140; a new quote is on its way.
C: Perfect 👍

*C: This is the label on the box. Is it the right one?
A: It is, thanks for the picture. Please leave it closed until we come.

C: Running 10 min late, sorry!
A: No problem, we'll wait.

A: A reminder of your measuring visit tomorrow at 10. Answer here if you need to move it.
C: STOP

!A: We tried to call you about your delivery. When may we call again?

A: Your invoice is paid, thank you. Would you tell us how we did?
C: Five stars, Ana was so helpful!

C: Do you also repair chairs?
A: We do. Could you tell us what is broken, and how many there are?
C: Two chairs, one leg each. They are from the 60s, so please be gentle with them.
A: We will. Bring them in whenever it suits you, we are open until six.

C: Guten Tag, ist der Tisch noch verfügbar?
A: Ja, einer ist noch da. Sollen wir ihn bis Samstag zurücklegen?
C: Das wäre wunderbar, danke!

C: What are your opening hours on Saturday?
A: From nine until four.
"""
BY_WHATSAPP: Final = 10
LONGEST_WAIT: Final = 40


def make_texts(
    company: DemoCompany, *, seed: int, now: datetime, days: int, picture: Mapping[str, Any]
) -> Iterator[Message]:
    """Return a dozen conversations before `now`, as in `GET /messages`.

    They include a failed message, WhatsApp, a STOP, and a picture.
    """
    rng = random.Random(seed)
    past = list(weekdays_before(now.astimezone(ZoneInfo(company.time_zone)).date(), days))
    writers = rng.sample(company.callers, len(_conversations()))
    for place, (lines, writer) in enumerate(zip(_conversations(), writers, strict=True)):
        channel = "whatsapp" if place == BY_WHATSAPP else "text"
        ours = rng.choice(company.numbers)
        at = pick_moment(rng, company.time_zone, rng.choice(past))
        for line in lines:
            message = _make_text(rng, line, writer, ours, channel)
            if line.startswith("*"):
                message |= {"type": "mms", "attachments": [dict(picture)]}
            message["body"] = message["body"].format(company=company.name)
            yield message | {"sent_time": stamp(at)}
            at += timedelta(minutes=rng.uniform(1, LONGEST_WAIT))


def pick_text(rng: random.Random) -> str:
    """Return the first message of a customer."""
    first = [lines[0] for lines in _conversations() if lines[0].startswith("C: ")]
    return rng.choice(first).removeprefix("C: ")


def _conversations() -> list[list[str]]:
    return [block.splitlines() for block in CONVERSATIONS.strip().split("\n\n")]


def _make_text(rng: random.Random, line: str, writer: Caller, ours: str, channel: str) -> Message:
    side, _, body = line.lstrip("!*").partition(": ")
    message: Message = {
        "message_id": f"msg_{rng.getrandbits(128):032x}",
        "direction": "incoming" if side == "C" else "outgoing",
        "status": "read" if channel == "whatsapp" else "delivered",
        "remote_number": writer.number,
        "group_number": ours,
        "channel": channel,
        "body": body,
    }
    message |= {"remote_name": writer.name} if writer.name else {}
    message |= {"type": "sms"} if channel == "text" else {}
    return message | ({"status": "failed", REASON: OUT_OF_REACH} if line[0] == "!" else {})
