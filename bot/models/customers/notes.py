"""Notes on calls, contacts, and numbers."""

from dataclasses import dataclass
from typing import Self

MAX_NOTE = 20_000  # characters
CALL, CONTACT, NUMBER = "call", "contact", "number"


@dataclass(frozen=True)
class NoteTarget:
    """What a note is about: a call, a contact, or only a number (E.164)."""

    kind: str
    key: str

    @classmethod
    def parse(cls, value: str) -> Self:
        """Return the target in the value of a button, such as `call c1`."""
        kind, _, key = value.partition(" ")
        return cls(kind, key)

    @property
    def value(self) -> str:
        """The target as the value of a button."""
        return f"{self.kind} {self.key}"

    @property
    def call_id(self) -> str | None:
        """The call, if it is about one."""
        return self.key if self.kind == CALL else None

    @property
    def contact_id(self) -> int | None:
        """The contact, if it is about one."""
        return int(self.key) if self.kind == CONTACT else None


@dataclass(frozen=True)
class Note:
    """A note; times in unix seconds. `version` grows with each change."""

    note_id: int
    body: str
    written_by: str
    at: float
    writer_name: str | None = None
    number: str | None = None
    call_id: str | None = None
    contact_id: int | None = None
    changed_by: str | None = None
    changed_at: float | None = None
    version: int = 1

    @property
    def target(self) -> NoteTarget:
        """What the note is about."""
        if self.call_id is not None:
            return NoteTarget(CALL, self.call_id)
        if self.contact_id is not None:
            return NoteTarget(CONTACT, str(self.contact_id))
        return NoteTarget(NUMBER, self.number or "")
