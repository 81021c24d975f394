"""Owns the answer to "how are you?": the asker's link, and whether the bot does its work."""

from dataclasses import dataclass

from bot.people import Person
from bot.render.locale import Locale
from bot.render.people_words import person_in_words
from bot.render.pieces import Json, answer, bullets, line, moment, paragraph, rich


@dataclass(frozen=True)
class Status:
    """What is told; moments in unix seconds, None for what has not happened.

    `quota_left` (requests to Vocatech) and `unmatched` (people) are None for all but admins;
    `has_webhooks` says whether any are expected.
    """

    person: Person | None
    last_webhook: float | None
    last_poll: float | None
    has_webhooks: bool
    waiting: int
    is_key_refused: bool
    quota_left: int | None = None
    unmatched: int | None = None


def render_status(status: Status, *, locale: Locale) -> Json:
    """Answer with the status."""
    link = _link(status.person)
    verdict, how = _verdict(status)
    facts = [
        paragraph(line(how)),
        _moment("Last look at Vocatech: ", status.last_poll, locale),
        _moment("Last webhook: ", status.last_webhook, locale)
        if status.has_webhooks or status.last_webhook
        else paragraph(line("Webhooks: not set up, so calls are found by asking.")),
        paragraph(line(f"Posts and edits that wait for Slack: {status.waiting:,}.")),
    ]
    if status.quota_left is not None:
        facts.append(paragraph(line(f"Requests to Vocatech left right now: {status.quota_left}.")))
    if status.unmatched is not None:
        facts.append(paragraph(line(_unmatched(status.unmatched))))
    parts = [paragraph(line(verdict, bold=True)), bullets(*facts), paragraph(line(f"\n{link}"))]
    return answer(f"{verdict} {link}", [rich(*parts)])


def _verdict(status: Status) -> tuple[str, str]:
    if status.is_key_refused:
        calls = "Calls still come by webhook" if status.has_webhooks else "No call is found now"
        return (
            "The bot needs help: Vocatech refuses its API key.",
            f"Key: refused. {calls}; an admin can make a new key.",
        )
    if status.last_poll is None:
        return "The bot has just started.", "Key: not tried yet."
    return "The bot is well.", "Key: accepted at the last look."


def _link(person: Person | None) -> str:
    if person is None:
        return "You are not linked with an extension; /vocatech link does that."
    return f"You are linked with {person_in_words(person)}."


def _unmatched(people: int) -> str:
    if not people:
        return "Everybody in Slack is matched with an extension."
    return f"People in Slack without an extension: {people:,}; see /vocatech settings."


def _moment(what: str, at: float | None, locale: Locale) -> Json:
    if at is None:
        return paragraph(line(f"{what}none yet."))
    return paragraph(line(what), moment(at, locale.plain_moment(at)))
