"""The demo's self-test for SMS: a reply is delivered once, and STOP is respected."""

from collections.abc import Callable
from typing import Any

from bot.sandbox.demo.environment import CHANNEL, READER, DemoEnvironment

ANSWER = "Yes, come any time until six."
Wait = Callable[[Callable[[], bool], float], bool]


def check_reply(demo: DemoEnvironment, wait: Wait) -> bool:
    """Reply to a customer in the modal; return whether it is delivered exactly once."""
    [message_id] = demo.play("text_in")
    number = str(demo.vocatech.messages.get(message_id)["remote_number"])
    before = len(demo.vocatech.sent_texts(number))
    if not wait(lambda: _head(demo, number) is not None, 15.0):
        return False
    head = _head(demo, number) or {}
    demo.slack.click(READER, CHANNEL, head["ts"], "reply_to_text")
    if not wait(lambda: demo.slack.open_view(READER) is not None, 3.0):
        return False
    view = demo.slack.open_view(READER) or {}
    demo.slack.type_in_view(READER, view["id"], "type_reply", ANSWER)
    demo.slack.submit_view(READER, view["id"])
    is_delivered = wait(lambda: _says(demo, number, ANSWER, "Delivered"), 30.0)
    return is_delivered and len(demo.vocatech.sent_texts(number)) == before + 1


def check_opt_out(demo: DemoEnvironment, wait: Wait) -> bool:
    """Send STOP as a customer; return whether replies are no longer possible."""
    [message_id] = demo.play("stop_in")
    number = str(demo.vocatech.messages.get(message_id)["remote_number"])
    return wait(
        lambda: (
            _says(demo, number, "Opted out") and "Reply via SMS" not in str(_head(demo, number))
        ),
        15.0,
    )


def _head(demo: DemoEnvironment, number: str) -> dict[str, Any] | None:
    shown = f"({number[2:5]}) {number[5:8]}-{number[8:]}"
    for message in demo.slack.messages(CHANNEL):
        is_head = message.get("metadata", {}).get("event_type") == "vocatech_conversation"
        if is_head and shown in str(message["blocks"]):
            return message
    return None


def _says(demo: DemoEnvironment, number: str, *words: str) -> bool:
    head = _head(demo, number)
    lines = demo.slack.thread(CHANNEL, head["ts"]) if head else []
    return any(all(word in str(line) for word in words) for line in lines)
