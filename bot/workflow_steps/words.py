"""What steps say, in plain text: workflows put it into messages and forms."""

from bot.calls.words import sentence, summary_of
from bot.models.calls import Call
from bot.models.contacts import Contact
from bot.texts.words import SEND_LIMIT
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of, shorten

MOST_OF_A_SUMMARY = 160
OFF = "Steps of Vocatech are turned off. Ask the person who runs the Vocatech app to turn them on."
GAPS = "Some calls of these days may not be stored. To fetch them, use /calls."
UNKNOWN_STEP = "This step no longer exists. Remove it from the workflow."
NOT_FOR_YOU = (
    "Only members of this workspace can run steps of Vocatech, not guests or people from other"
    " companies. Nothing was done. New members can try again in a minute."
)
NOT_ACCEPTED = "Slack didn't accept the result of this step. Ask an admin to update the Slack app."


def plain(text: str) -> str:
    """Return outside text on one line, without what Slack could read as a mention or a link."""
    return " ".join(clean(text).split()).replace("<", "‹").replace(">", "›")


def describe_text(leaves_at: float | None, *, is_scheduled: bool, locale: Locale) -> str:
    """Return when an SMS leaves (unix seconds; None: now), and why it waits."""
    if leaves_at is None:
        return "The SMS is queued and leaves now."
    at = locale.plain_moment(leaves_at)
    if is_scheduled:
        return f"The SMS is scheduled for {at}."
    return f"The SMS is queued. It leaves on {at}, because of the limit ({SEND_LIMIT})."


def describe_contact(
    contact: Contact, others: int, last: Call | None, locale: Locale, *, is_sure: bool
) -> str:
    """Return a contact, how many others match, and the last call (None: none is known).

    `is_sure`: it's surely the one that is meant.
    """
    number = locale.number(next(iter(contact.numbers), None))
    known = (name_of(contact.name or ""), name_of(contact.company or ""), number)
    who = ", ".join(dict.fromkeys(filter(None, known)))
    sentences = [f"{plain(who) or 'A contact without a name'}."]
    if last is not None:
        sentences.append(f"Last call: {describe_call(last, locale)}")
    if others:
        also = "1 other contact matches" if others == 1 else f"{others} other contacts match"
        sentences.append(f"{also}, too.")
    elif not is_sure:
        sentences.append("Only a part matches.")
    return " ".join(sentences)


def describe_call(call: Call, locale: Locale) -> str:
    """Return a call on one line: when, what, and a summary if there is one."""
    at = call.started_at or call.ended_at
    when = f"{locale.plain_moment(at)}: " if at is not None else ""
    summary = shorten(summary_of(call), MOST_OF_A_SUMMARY)
    said = f" Summary (AI-generated): {summary}" if summary else ""
    return plain(f"{when}{sentence(call, locale)}{said}")
