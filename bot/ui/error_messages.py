"""Owns the words for what went wrong: what happened, whether anything is lost, what to do."""

from bot.errors import (
    AnswerLost,
    ApiError,
    BotError,
    KeyExpired,
    KeyRefused,
    NotFound,
    OutcomeUnknown,
    RequestRefused,
    TooManyRequests,
)
from bot.ui.blocks import Json, words_modal
from bot.ui.mrkdwn import name_of

SORRY = (
    "That did not work. No call and no contact is lost. Please try again; if it keeps failing,"
    " tell whoever runs this bot."
)


def words_for(error: Exception, *, kept: str | None = None) -> str:
    """Say in words what an error means to whoever waits for an answer.

    `kept` is a sentence about what is not lost, where nothing was to be changed at Vocatech.
    """
    if isinstance(error, ApiError):
        return _words_of_the_service(error, kept)
    return str(error) if isinstance(error, BotError) else SORRY


def when_to_try_again(error: TooManyRequests) -> str:
    """Say when Vocatech may be asked again, such as "in 20 seconds"."""
    if error.retry_after is None:
        return "in a minute"
    seconds = max(1, round(error.retry_after))
    return "in a second" if seconds == 1 else f"in {seconds} seconds"


def render_trouble_modal(words: str) -> Json:
    """Say in a modal what went wrong."""
    return words_modal("That did not work", words)


def _words_of_the_service(  # noqa: PLR0911 (one line a meaning)
    error: ApiError, kept: str | None
) -> str:
    safe = kept or "Nothing was changed."
    if isinstance(error, KeyExpired | KeyRefused):
        what = "has expired" if isinstance(error, KeyExpired) else "is not accepted"
        return (
            f"Vocatech's API key {what}. {safe} Please tell an admin: they can make a new key in"
            " Vocatech's portal, under integrations."
        )
    if isinstance(error, TooManyRequests):
        again = when_to_try_again(error)
        return f"Vocatech is being asked too much right now. {safe} Please try again {again}."
    if isinstance(error, NotFound):
        return f"Vocatech no longer has that; perhaps it was deleted. {safe}"
    if isinstance(error, RequestRefused):
        # A refusal of the whole request begins with its status.
        reason = name_of(str(error).split(": ", 1)[-1] if str(error)[:3].isdigit() else str(error))
        return f"Vocatech did not take it: {reason.rstrip('.')}. {safe}"
    if isinstance(error, OutcomeUnknown):
        return str(error) or str(type(error).__doc__)
    if isinstance(error, AnswerLost):
        said = "Vocatech was asked, but its answer was lost or made no sense."
        if kept:
            return f"{said} {kept} Please try again in a minute."
        return f"{said} So it may or may not be done; please look before you try again."
    return f"Vocatech could not be reached. {safe} Please try again in a minute."
