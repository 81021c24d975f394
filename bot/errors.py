"""Errors that the app raises on purpose.

BotError
├── SettingsWrong         the settings are invalid
├── PortTaken             another program uses the port
├── StoreUnusable         the database file can't be used
│   ├── StoreDamaged      its content is damaged
│   └── DiskFull          its disk has no space left
├── StoreTooNew           the database was written by a newer program
├── AlreadyRunning        the app is already running on this database
│   └── UpgradeRefused    so a newer version can't upgrade it
├── BackupUnusable        a backup can't be written, checked or restored
├── SignatureRefused      a webhook without a valid signature
├── PayloadUnreadable     a webhook with invalid content
├── RulesWrong            a rules file is invalid
├── NotUnderstood         the typed text can't be parsed
│   └── Unclear           it has two meanings, or contradicts itself
├── NotLinked             the person has no linked extension
├── NotAllowed            only admins can do this
├── NotForOutsiders       a person from another company used the app
├── NotForGuests          a guest of the workspace used what only members can
├── StepFailed            a step of a workflow can't do what it was asked
├── Stopped               a command was stopped before it finished
└── ApiError              Vocatech didn't do what was requested
    ├── KeyRefused        the key is wrong or revoked: make no more requests
    │   └── KeyExpired    the key has expired
    ├── NotFound          there is no such record
    ├── RequestRefused    it understood and rejected the request, with its reasons
    │   └── MediaRefused  an attachment isn't safe to fetch
    ├── TooManyRequests   over its rate limit
    ├── Unavailable       it couldn't be reached, or gave no valid answer
    │   ├── ShuttingDown  the app is shutting down and makes no more requests
    │   └── AnswerLost    it may or may not have done what was requested
    │       ├── AnswerUnreadable  the answer isn't in the format of its API
    │       │   └── ListUnending  the pages of a list repeat or never end
    │       └── AnswerTooLarge    the answer exceeds the size limit
    └── OutcomeUnknown    it is unknown whether a text was sent
"""

from collections.abc import Sequence


class BotError(Exception):
    """An error that the app can explain."""


class SettingsWrong(BotError):
    """The settings are invalid; every problem is listed with its solution."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one sentence each."""
        self.problems = problems
        super().__init__("\n".join(problems))


class PortTaken(BotError):
    """Another program listens on this port already."""

    def __init__(self, port: int, remedy: str) -> None:
        """Name the port, and how to choose another."""
        super().__init__(f"Another program is using port {port}. {remedy}")


class StoreUnusable(BotError):
    """The database file can't be used."""

    def __init__(self, path: object, reason: str) -> None:
        """Name the file, the reason, and the fix."""
        super().__init__(
            f"The database {path} can't be used: {reason}. Check DATABASE_URL, and that this"
            " user can write to it."
        )


class StoreDamaged(StoreUnusable):
    """The content of the database file is damaged."""

    def __init__(self, path: object, problem: str) -> None:
        """Name the file, what SQLite found, and the fix."""
        BotError.__init__(
            self,
            f"The database {path} is damaged ({problem}). Check that DATABASE_URL names the right"
            " file. If it does, restore the latest backup with `vocatech-slack restore FILE`, and"
            " check the disk. Without a backup, move the file away: the app starts with a new one"
            " and syncs recent calls from Vocatech.",
        )


class DiskFull(StoreUnusable):
    """The disk with the database file has no space left."""

    def __init__(self, path: object) -> None:
        """Name the file, what is lost, and the fix."""
        BotError.__init__(
            self,
            f"The disk with the database {path} is full. What was stored before is still there."
            " Free up some space, and try again.",
        )


class StoreTooNew(BotError):
    """The database was written by a newer version of this program. Run that version or newer."""


class AlreadyRunning(BotError):
    """Another process runs the app on the same database."""

    def __init__(self, path: object, holder: str) -> None:
        """Name the database, and the process that holds it as it describes itself."""
        super().__init__(
            f"vocatech-slack is already running on {path} ({holder or 'starting'}). Stop that"
            " process first, or set DATABASE_URL to another file."
        )


class UpgradeRefused(AlreadyRunning):
    """Another process runs the app on a database that this version would upgrade."""

    def __init__(self, path: object, holder: str) -> None:
        """Name the database, and the process that holds it as it describes itself."""
        BotError.__init__(
            self,
            f"This version has to upgrade the database {path}, but an older vocatech-slack is"
            f" running on it ({holder or 'starting'}). Nothing was changed. Stop that process, and"
            " try again.",
        )


class BackupUnusable(BotError):
    """A backup can't be used; nothing was changed."""

    def __init__(self, path: object, reason: str) -> None:
        """Name the file and the reason, which follows a colon."""
        super().__init__(f"The backup {path} can't be used: {reason}. Nothing was changed.")


class SignatureRefused(BotError):
    """The request has no valid signature from Vocatech."""

    def __init__(self, reason: str) -> None:
        """Keep the reason, one or two words for a metric."""
        self.reason = reason
        super().__init__(reason)


class PayloadUnreadable(BotError):
    """The request is signed correctly, but its content is invalid."""


class RulesWrong(BotError):
    """The rules file is invalid; every problem is listed with its line."""

    def __init__(self, problems: list[str]) -> None:
        """Keep the problems, one sentence each."""
        self.problems = problems
        listed = "".join(f"\n  - {one}" for one in problems)
        super().__init__(f"The rules were not changed. Fix these problems first:{listed}")


class NotUnderstood(BotError):
    """The typed text can't be parsed."""

    def __init__(self, reason: str, example: str) -> None:
        """Keep the reason, as a sentence, and a correct example."""
        self.reason = reason
        self.example = example
        super().__init__(f"{reason} For example: {example}")


class NotLinked(BotError):
    """A person isn't linked to an extension."""

    def __init__(self, colleague: str | None, *, has_no_extension: bool) -> None:
        """Keep a colleague's name, empty if unknown, and whether only the extension is missing.

        Without a `colleague`, it is the person who asked.
        """
        self.colleague = colleague
        self.lack = "not linked to an extension yet"
        if has_no_extension:
            self.lack = "linked to a Vocatech user without an extension"
        super().__init__(f"You're {self.lack}. To link yours, type /vocatech link.")


class Stopped(BotError):
    """The command was stopped before it finished. Completed work is kept."""


class NotAllowed(BotError):
    """Only admins may do this."""

    def __init__(self, what: str) -> None:
        """Name the action, in a few words that follow "can"."""
        super().__init__(f"Only admins can {what}. Nothing was changed. Ask an admin for help.")


class NotForOutsiders(BotError):
    """A person from another company tried to use the app."""

    def __init__(self) -> None:
        """Explain that politely, without any information that they couldn't see before."""
        super().__init__(
            "Only members of the company that owns these calls can do this. Nothing was changed."
            " Ask one of them in this channel."
        )


class NotForGuests(BotError):
    """A guest of the workspace tried to use what only members can."""

    def __init__(self) -> None:
        """Say what guests can do, and what to do if it's a mistake."""
        super().__init__(
            "Guests of this workspace can't do this, and nothing was changed. Guests can read the"
            " calls of their channels: type `/calls` there. If you aren't a guest, try again in a"
            " minute."
        )


class StepFailed(BotError):
    """A step of a workflow can't do what it was asked; the message is what the workflow shows."""


class ApiError(BotError):
    """Vocatech didn't do what was requested."""


class KeyRefused(ApiError):
    """Vocatech rejected the API key. Create a new one in its admin portal, under integrations."""


class KeyExpired(KeyRefused):
    """The Vocatech API key expired. Create a new one in its admin portal, under integrations."""


class NotFound(ApiError):
    """Vocatech has no such record."""


class RequestRefused(ApiError):
    """Vocatech understood the request and rejected it."""

    def __init__(self, reason: str, *, rows: Sequence[tuple[int, str]] = ()) -> None:
        """Keep the reason; `rows` are the failed positions of a batch, each with its reason."""
        self.rows = tuple(rows)
        super().__init__(reason)


class MediaRefused(RequestRefused):
    """The attachment isn't fetched: its address, type or size isn't safe."""


class TooManyRequests(ApiError):
    """Vocatech's rate limit was exceeded."""

    def __init__(self, retry_after: float | None = None) -> None:
        """Keep how many seconds to wait, if known."""
        self.retry_after = retry_after
        again = "" if retry_after is None else f"; retry in {retry_after:.0f} s"
        super().__init__(f"too many requests{again}")


class Unavailable(ApiError):
    """Vocatech couldn't be reached or gave no valid answer. The work is kept and retried."""


class ShuttingDown(Unavailable):
    """The app is shutting down and makes no more requests."""


class AnswerLost(Unavailable):
    """Vocatech received a request, but its answer didn't arrive or was invalid."""


class AnswerUnreadable(AnswerLost):
    """The answer isn't in the format of Vocatech's API."""


class ListUnending(AnswerUnreadable):
    """The pages of a list repeat or never end, so it is unknown whether the list is complete."""


class AnswerTooLarge(AnswerLost):
    """Vocatech's answer exceeds the size limit."""

    def __init__(self) -> None:
        """Describe it in one sentence."""
        super().__init__("the answer is too large")


class OutcomeUnknown(ApiError):
    """It is unknown whether the text was sent. It isn't sent again until that is known."""


def may_pass(error: ApiError) -> bool:
    """Return whether the same request may succeed later without any change."""
    return isinstance(error, Unavailable | TooManyRequests | KeyRefused)
