"""The noun "person": somebody of ours who phones."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Person:
    """A user of the phone service; without an e-mail address nobody can be matched by it."""

    user_id: str
    name: str | None = None
    extension: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Company:
    """The company as its phone service knows it; `numbers` in E.164, `time_zone` an IANA name."""

    name: str | None = None
    time_zone: str | None = None
    numbers: tuple[str, ...] = ()
