"""The errors that we raise on purpose.

BotError
├── SettingsWrong         the settings cannot be used
├── PortTaken             another program listens there already
├── StoreUnusable         the database file cannot be used
├── StoreTooNew           the database was written by a newer program
├── SignatureRefused      a webhook that is not proved to be the provider's
├── PayloadUnreadable     a webhook that makes no sense
├── RulesWrong            a file of rules cannot be used
├── NotUnderstood         somebody typed what makes no sense
├── NotLinked             somebody is meant who has no extension that is known
├── NotAllowed            only admins may do this
├── NotForOutsiders      somebody of another company wants something
├── Stopped               somebody ended a command before it was done
└── ApiError              the phone service did not do what was asked
    ├── KeyRefused        the key is wrong or revoked: stop calling
    │   └── KeyExpired    the key was right once
    ├── NotFound          there is no such thing there
    ├── RequestRefused    it understood and said no, with its reasons
    │   └── MediaRefused  an attachment that is not safe to fetch
    ├── TooManyRequests   over its limits
    ├── Unavailable       it could not be reached, or answered nonsense
    │   ├── ShuttingDown  the bot stops, and asks nothing more
    │   └── AnswerLost    it was asked, and may or may not have done it
    │       ├── AnswerUnreadable  it answered, but not as its API does
    │       │   └── ListUnending  the pages of a list repeat, or have no end
    │       └── AnswerTooLarge  it answered more than we read at once
    └── OutcomeUnknown    a text may or may not have been sent
"""

from collections.abc import Sequence


class BotError(Exception):
    """Something went wrong that the bot knows how to explain."""


class SettingsWrong(BotError):
    """The settings cannot be used; every problem is listed with its remedy."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one sentence each."""
        self.problems = problems
        super().__init__("\n".join(problems))


class PortTaken(BotError):
    """Another program listens on this port already."""

    def __init__(self, port: int, remedy: str) -> None:
        """Say which port, and how to choose another."""
        super().__init__(f"Port {port} is taken by another program. {remedy}")


class StoreUnusable(BotError):
    """The database file cannot be used."""

    def __init__(self, path: object, reason: str) -> None:
        """Say which file, why, and what to do."""
        super().__init__(
            f"The database {path} cannot be used: {reason}. Check DATABASE_URL, and that this"
            " user may write there."
        )


class StoreTooNew(BotError):
    """The database was written by a newer version of this program; run that version, or newer."""


class SignatureRefused(BotError):
    """The request does not prove that it comes from Vocatech."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, a word or two that can be counted."""
        self.reason = reason
        super().__init__(reason)


class PayloadUnreadable(BotError):
    """The request is signed as it should be, but its content makes no sense."""


class RulesWrong(BotError):
    """The file of rules cannot be used; every problem is listed with its line."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one sentence each."""
        self.problems = problems
        listed = "".join(f"\n  - {one}" for one in problems)
        super().__init__(f"The rules were not changed. Please mend this first:{listed}")


class NotUnderstood(BotError):
    """What was typed cannot be read."""

    def __init__(self, reason: str, example: str) -> None:
        """Keep what was understood and what was not, in a sentence, and something that works."""
        self.reason = reason
        self.example = example
        super().__init__(f"{reason} For example: {example}")


class NotLinked(BotError):
    """Whoever is meant is not linked with an extension; /vocatech link does that."""

    def __init__(self, slack_user: str | None, *, has_no_extension: bool) -> None:
        """Keep who it is, None for whoever asks, and whether they are linked all the same."""
        self.slack_user = slack_user
        self.has_no_extension = has_no_extension
        super().__init__(str(type(self).__doc__))


class Stopped(BotError):
    """The command was ended before it was done; what it did so far stays."""


class NotAllowed(BotError):
    """Only admins may do this."""

    def __init__(self, what: str) -> None:
        """Say what, in a few words that follow "may"."""
        super().__init__(f"Sorry, only admins may {what}. Nothing was changed. Please ask one.")


class NotForOutsiders(BotError):
    """Somebody of another company wants something of the bot."""

    def __init__(self) -> None:
        """Say so politely; nothing that they could not see is told."""
        super().__init__(
            "Sorry, this works only for people of the company whose calls these are. Nothing was"
            " changed. Please ask one of them in this channel."
        )


class ApiError(BotError):
    """Vocatech did not do what was asked."""


class KeyRefused(ApiError):
    """Vocatech refuses the API key; make a new one in its admin portal, under integrations."""


class KeyExpired(KeyRefused):
    """The Vocatech API key has expired; make a new one in its admin portal, under integrations."""


class NotFound(ApiError):
    """Vocatech has no such thing."""


class RequestRefused(ApiError):
    """Vocatech understood the request and refused it."""

    def __init__(self, reason: str, *, rows: Sequence[tuple[int, str]] = ()) -> None:
        """Keep what it said; `rows` are the places in a batch that failed, each with its reason."""
        self.rows = tuple(rows)
        super().__init__(reason)


class MediaRefused(RequestRefused):
    """The attachment is not fetched: its address, its kind or its size is not safe."""


class TooManyRequests(ApiError):
    """Vocatech says that we ask too often."""

    def __init__(self, retry_after: float | None = None) -> None:
        """Keep how many seconds to wait, where that is known."""
        self.retry_after = retry_after
        again = "" if retry_after is None else f"; again in {retry_after:.0f} s"
        super().__init__(f"asked too often{again}")


class Unavailable(ApiError):
    """Vocatech was not reached or did not answer sensibly; the work is kept and tried again."""


class ShuttingDown(Unavailable):
    """The bot is being stopped, and asks Vocatech nothing more."""


class AnswerLost(Unavailable):
    """Vocatech was asked, but its answer did not come or made no sense."""


class AnswerUnreadable(AnswerLost):
    """Something answered, but not as Vocatech's API does."""


class ListUnending(AnswerUnreadable):
    """The pages of a list repeat or have no end, so nobody knows whether it was whole."""


class AnswerTooLarge(AnswerLost):
    """Vocatech answered more than the bot reads at once."""

    def __init__(self) -> None:
        """Say so in one sentence."""
        super().__init__("the answer is too large")


class OutcomeUnknown(ApiError):
    """The text may or may not have been sent; it is not sent again until that is known."""


def may_pass(error: ApiError) -> bool:
    """Say whether the same request may succeed later, without anybody changing it."""
    return isinstance(error, Unavailable | TooManyRequests | KeyRefused)
