"""Owns who of Slack did something here and is not known yet, until Slack is asked about them."""

from dataclasses import dataclass, field

from bot.store import Store


@dataclass(frozen=True)
class Newcomers:
    """Each is asked about once: guests and strangers stay unknown, however often they come."""

    store: Store
    _waiting: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)

    def notice(self, slack_user: str | None) -> None:
        """Note that somebody did something; quick, since they wait for an answer."""
        if not slack_user or slack_user in self._asked:
            return
        if self.store.slack_people.find(slack_user) is None:
            self._waiting.add(slack_user)

    def waiting(self) -> list[str]:
        """Give those about whom nobody has asked yet."""
        return sorted(self._waiting)

    def settle(self, slack_user: str) -> None:
        """Note that Slack has said who somebody is, or that it will not."""
        self._asked.add(slack_user)
        self._waiting.discard(slack_user)
