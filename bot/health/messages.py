"""Owns the answer to "how are you?": the asker's link, and whether the bot does its work."""

from dataclasses import dataclass

from bot.health.notices import put_into_words
from bot.models.health import KEY_REFUSED, Trouble
from bot.models.people import Person
from bot.people.words import person_in_words
from bot.ui.blocks import Json, answer, bullets, line, moment, paragraph, rich
from bot.ui.formatting import Locale

# Fifty blocks are the most; whoever has more to mend begins with these.
MOST_TROUBLES = 10


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
    troubles: tuple[Trouble, ...] = ()
    quota_left: int | None = None
    unmatched: int | None = None

    @property
    def is_for_admin(self) -> bool:
        """Say whether an admin asks."""
        return self.quota_left is not None


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
    return answer(f"{verdict} {link}", [rich(*parts), *_troubles(status)])


def _troubles(status: Status) -> list[Json]:
    """Say what is wrong, and admins what to do; in markup, where what came from outside is none."""
    blocks: list[Json] = []
    for one in status.troubles[:MOST_TROUBLES]:
        words = put_into_words(one.kind.name, one.detail)
        said = f":warning: {words.what} {words.lost}"
        said = f"{said} {words.remedy}" if status.is_for_admin else said
        blocks.append({"type": "section", "text": {"type": "mrkdwn", "text": said}})
    return blocks


def _verdict(status: Status) -> tuple[str, str]:
    if any(one.kind.name == KEY_REFUSED for one in status.troubles):
        calls = "Calls still come by webhook" if status.has_webhooks else "No call is found now"
        return (
            "The bot needs help: Vocatech refuses its API key.",
            f"Key: refused. {calls}; an admin can make a new key.",
        )
    if status.last_poll is None:
        return "The bot has just started.", "Key: not tried yet."
    if status.troubles:
        return "The bot needs help; see below.", "Key: accepted at the last look."
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
