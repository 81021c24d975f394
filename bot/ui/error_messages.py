"""Error messages: what happened, whether anything was lost, and what to do next."""

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
from bot.ui.blocks import MOST_WORDS, Json, answer, line, paragraph, quote, rich, says, words_modal
from bot.ui.command_text import read_words
from bot.ui.mrkdwn import clean, name_of

SORRY = (
    "Something went wrong. No calls or contacts were lost. Try again; if it keeps failing, tell an"
    " admin of this app."
)


def words_for(error: Exception, *, kept: str | None = None) -> str:
    """Return what an error means to the person who waits for an answer.

    `kept` is a sentence about what isn't lost, for requests that change nothing at Vocatech.
    """
    if isinstance(error, ApiError):
        return _words_for_api_error(error, kept)
    return str(error) if isinstance(error, BotError) else SORRY


def when_to_try_again(error: TooManyRequests) -> str:
    """Return when to try again, such as "in 20 seconds"."""
    if error.retry_after is None:
        return "in a minute"
    seconds = max(1, round(error.retry_after))
    return "in a second" if seconds == 1 else f"in {seconds} seconds"


def render_trouble_modal(words: str) -> Json:
    """Return an error as a modal."""
    return words_modal("Something went wrong", words)


# Shorter ones are quoted in the answer, or quickly typed again.
FEWEST_TYPED = 60


def render_command_error(words: str, command: str, typed: str) -> Json:
    """Return the answer to a command that did nothing, with a long text to copy.

    Slack doesn't keep what was typed, which may be a whole message to a customer.
    """
    shown = clean(read_words(typed))
    if len(shown) < FEWEST_TYPED:
        return answer(words)
    whole = f"{command} {shown}"
    parts = [whole[at : at + MOST_WORDS] for at in range(0, len(whole), MOST_WORDS)]
    copy = rich(paragraph(line("You typed:")), quote(*map(line, parts)))
    return answer(words, [says(words), copy])


def _words_for_api_error(  # noqa: PLR0911 (one return for each meaning)
    error: ApiError, kept: str | None
) -> str:
    safe = kept or "Nothing was changed."
    if isinstance(error, KeyExpired | KeyRefused):
        what = (
            "The Vocatech API key has expired."
            if isinstance(error, KeyExpired)
            else "Vocatech rejected the API key."
        )
        return (
            f"{what} {safe} Ask an admin to create a new key in the Vocatech portal, under"
            " Integrations."
        )
    if isinstance(error, TooManyRequests):
        again = when_to_try_again(error)
        return f"Vocatech is busy. {safe} Try again {again}."
    if isinstance(error, NotFound):
        return f"This no longer exists in Vocatech. It may have been deleted. {safe}"
    if isinstance(error, RequestRefused):
        # A refusal of the whole request starts with its HTTP status.
        reason = name_of(str(error).split(": ", 1)[-1] if str(error)[:3].isdigit() else str(error))
        return f"Vocatech refused it: {reason.rstrip('.')}. {safe}"
    if isinstance(error, OutcomeUnknown):
        return str(error) or str(type(error).__doc__)
    if isinstance(error, AnswerLost):
        said = "Vocatech's answer was lost or unreadable."
        if kept:
            return f"{said} {kept} Try again in a minute."
        return f"{said} The change may or may not have been made. Check before you try again."
    return f"Vocatech can't be reached. {safe} Try again in a minute."
