"""Service that erases a number for an admin in Slack."""

import json
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.erasures.modals import (
    render_erased,
    render_erasure_question,
    render_nothing_to_erase,
)
from bot.people.permissions import AdminAction, Permissions
from bot.phone_numbers import is_whole, parse_number
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of

Json = dict[str, Any]


@dataclass(frozen=True)
class ErasureService:
    """What only admins may do; each method raises NotAllowed for others."""

    store: Store
    permissions: Permissions
    locale: Locale
    clock: Clock

    def question(self, typed: str, *, by: str) -> Json | None:
        """Return the modal that asks to confirm, or None if no whole number was typed."""
        self.permissions.need_admin(by, AdminAction.ERASE_NUMBERS)
        number = parse_number(typed, self.locale.region)
        if number is None or not is_whole(number):
            return None
        held = self.store.erasures.held(number)
        if held.is_empty:
            return render_nothing_to_erase(number, locale=self.locale)
        return render_erasure_question(
            number,
            held,
            name=self._name(number),
            token=make_token(),
            locale=self.locale,
        )

    def number_in(self, view: Json, *, by: str) -> str:
        """Return the number (E.164) that a submitted question is about."""
        self.permissions.need_admin(by, AdminAction.ERASE_NUMBERS)
        return str(json.loads(view["private_metadata"])["number"])

    def erase(self, number: str, *, by: str) -> tuple[Json, str]:
        """Erase a number; return the view to show, and a sentence without the number."""
        self.store.erasures.erase(number, by=by, now=self.clock.now())
        said = f"Everything about the number ending in {number[-2:]} is erased."
        return render_erased(number, locale=self.locale), said

    def _name(self, number: str) -> str | None:
        owners = self.store.contacts.with_number(number)
        return name_of(owners[0].name) if len(owners) == 1 and owners[0].name else None
