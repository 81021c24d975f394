"""Owns the words for a text: who wrote it, and what became of it."""

from collections.abc import Sequence

from bot.models.attachments import MOST_SHOWN, NotShown
from bot.models.texts import MINUTES_OF_SENDS, MOST_SENDS, AttachmentRef, Fate, Platform, Step, Text
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of, shorten

MOST_QUOTED = 300

MOST_SENTENCE = 600

_FATES = {
    Fate.SENT: "Sent",
    Fate.DELIVERED: "Delivered",
    Fate.READ: "Read",
}

_STEPS = {
    Step.QUEUED: "Waiting to be sent",
    Step.SENDING: "Being sent",
    Step.UNSURE: "Vocatech did not answer: I look up whether it was sent",
    Step.ASKED: "Nobody knows whether it was sent",
    Step.SENT: "Sent",
}

_KINDS = {"image": "picture", "audio": "sound", "video": "video"}


def state_of(text: Text) -> str:  # noqa: PLR0911 (a line for each way it may turn out)
    """Say what became of a text that we sent; an incoming one has arrived, which needs no word."""
    if text.is_incoming:
        return ""
    reply = text.reply
    if text.fate is Fate.FAILED:
        return _with_reason("Not delivered", text)
    if text.fate is not None:
        return _FATES[text.fate]
    if reply is None:
        return ""
    if reply.step in (Step.REFUSED, Step.TAKEN_BACK):
        return _with_reason("Not sent", text)
    if text.is_waiting and reply.leaves_at is not None:
        return f"Waiting for its turn: {MOST_SENDS} texts may leave in {MINUTES_OF_SENDS} minutes"
    return _STEPS[reply.step]


def sentence(text: Text, *, them: str, sender: str | None) -> str:
    """Say in a whole sentence who wrote what to whom, and what became of it."""
    writer = writer_of(text, them=them, sender=sender)
    to = "" if text.is_incoming else f" to {them}"
    state = state_of(text)
    words = shorten(words_of(text), MOST_SENTENCE)
    return f"{writer} wrote{to}: {words}" + (f" ({state})" if state else "")


def them_in_words(name: str | None, number: str | None, locale: Locale) -> str:
    """Name whoever is outside: by their name, else by the number (E.164)."""
    return name_of(name or "") or name_of(locale.number(number)) or "Somebody"


def words_of(text: Text, most: int | None = None) -> str:
    """Give what a text says, or says with what came along, at most so long."""
    body = clean(text.body).strip()
    said = shorten(body, most) if most else body
    along = along_with(text.attachments)
    if not said:
        return f"({along})" if along else "(without words)"
    return f"{said} ({along})" if along else said


def along_with(attachments: tuple[AttachmentRef, ...]) -> str:
    """Say what was sent along, such as `2 pictures and 1 file`."""
    counts: dict[str, int] = {}
    for one in attachments:
        kind = kind_of(one.content_type)
        counts[kind] = counts.get(kind, 0) + 1
    parts = [f"{n} {kind}{'s' if n > 1 else ''}" for kind, n in counts.items()]
    return " and ".join(parts)


def kind_of(content_type: str | None) -> str:
    """Name a kind of thing that was sent along."""
    return _KINDS.get((content_type or "").partition("/")[0], "file")


def way_of(text: Text) -> str:
    """Name the way by which it travelled where that is not the usual one."""
    return "WhatsApp" if text.platform is Platform.WHATSAPP else ""


def writer_of(text: Text, *, them: str, sender: str | None) -> str:
    """Say who wrote a text; `sender` is the name of our person."""
    if text.is_incoming:
        return them
    if text.reply is None:
        return "We (not from Slack)"
    if text.reply.slack_user is None:
        return "Automatic text"
    return name_of(sender or "") or "A colleague"


def _with_reason(what: str, text: Text) -> str:
    reason = shorten(" ".join(clean(text.reason or "").split()), MOST_QUOTED)
    return f"{what}: {reason.rstrip('.')}" if reason else what


MOST_WORDS = 900


def words_for_missing(text: Text, not_shown: Sequence[NotShown]) -> str:
    """Say what came along with a text and is not shown, and why; empty where nothing is missing."""
    said = [
        f"{name_of(one.filename or '') or f'A {kind_of(one.content_type)}'}: {one.reason}"
        for one in not_shown
    ]
    if text.is_incoming and len(text.attachments) > MOST_SHOWN:
        said.append(f"more than {MOST_SHOWN} came at once")
    if not said:
        return ""
    return f"Not shown here, but in the Vocatech app. {shorten('; '.join(said), MOST_WORDS)}."
