"""Owns the words for what went wrong: what happened, whether anything is lost, what to do."""

from bot.errors import (
    ApiError,
    BotError,
    KeyExpired,
    KeyRefused,
    NotFound,
    OutcomeUnknown,
    RequestRefused,
    TooManyRequests,
)
from bot.render.pieces import Json, words_modal

SORRY = (
    "That did not work. No call and no contact is lost. Please try again; if it keeps failing,"
    " tell whoever runs this bot."
)


def words_for(error: Exception) -> str:
    """Say in words what an error means to whoever waits for an answer."""
    if isinstance(error, ApiError):
        return _words_of_the_service(error)
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


def _words_of_the_service(error: ApiError) -> str:
    if isinstance(error, KeyExpired | KeyRefused):
        what = "has expired" if isinstance(error, KeyExpired) else "is not accepted"
        return (
            f"Vocatech's API key {what}, so nothing was changed there. Please tell an admin: they"
            " can make a new key in Vocatech's portal, under integrations."
        )
    if isinstance(error, TooManyRequests):
        return (
            "Vocatech is being asked too much right now, so nothing was changed there. Please try"
            f" again {when_to_try_again(error)}."
        )
    if isinstance(error, NotFound):
        return "Vocatech no longer has that, so nothing was changed. Perhaps it was deleted."
    if isinstance(error, RequestRefused):
        return f"Vocatech refused it, and nothing was changed there. It says: {error}"
    if isinstance(error, OutcomeUnknown):
        return str(error) or str(type(error).__doc__)
    return (
        "Vocatech could not be reached, or did not answer sensibly. No call is lost. Please check"
        " whether it was done, and try again in a minute."
    )
