"""Service for missed calls: claim, release, reassign, mark as called back, reopen."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from bot.calls.presenter import callback_of, present_call_modal
from bot.calls.words import other_party
from bot.clock import Clock
from bot.missed_calls.modals import (
    ALREADY_THEIRS,
    NO_LONGER_STORED,
    NOT_A_MEMBER,
    describe_claim,
    render_conflict,
    render_reassign_form,
)
from bot.models.calls import Call
from bot.models.missed_calls import Claim
from bot.people.names import with_contact_name
from bot.people.permissions import AdminAction, Permissions
from bot.store import Store
from bot.ui.formatting import Locale

Json = dict[str, Any]


@dataclass(frozen=True)
class ClaimService:
    """Changes to claims; `wake` updates the cards.

    Methods return a modal that explains the conflict if a colleague was faster, and None
    otherwise.
    """

    store: Store
    permissions: Permissions
    clock: Clock
    locale: Locale
    wake: Callable[[], None]

    def claim(self, call_id: str, *, by: str) -> Json | None:
        """Claim a missed call for a Slack user."""
        claim = self.store.claims.take(call_id, by, now=self.clock.now())
        return self._outcome(call_id, is_done=claim is not None and claim.slack_user == by)

    def mark_called_back(self, call_id: str, *, by: str) -> Json | None:
        """Record that a Slack user called back."""
        is_done = self.store.claims.call_back(call_id, by, now=self.clock.now())
        return self._outcome(call_id, is_done=is_done)

    def reopen(self, call_id: str, *, by: str) -> Json | None:
        """Reopen a call that was marked as called back; it may be open already."""
        self.store.claims.reopen(call_id, by, now=self.clock.now())
        return self._outcome(call_id, is_done=self.store.calls.find(call_id) is not None)

    def release(self, call_id: str, *, by: str) -> Json | None:
        """Release a claim; raises NotAllowed unless `by` is its owner or an admin."""
        found = self._claimed(call_id)
        if found is None:
            return self._outcome(call_id, is_done=False)
        _, claim = found
        if claim.slack_user != by:
            self.permissions.need_admin(by, AdminAction.RELEASE_CALLS, call_id)
        is_done = self.store.claims.release(call_id, claim.slack_user, by=by, now=self.clock.now())
        return self._outcome(call_id, is_done=is_done)

    def reassign_form(self, call_id: str, *, by: str, below: Json) -> tuple[Json, bool]:
        """Return the form to reassign a call, and True; or the conflict, and False.

        `below` is the call modal from which it is opened. Raises NotAllowed unless `by` is the
        owner or an admin.
        """
        found = self._claimed(call_id)
        if found is None:
            self.wake()
            return self._conflict(call_id), False
        call, claim = found
        if claim.slack_user != by:
            self.permissions.need_admin(by, AdminAction.REASSIGN_CALLS, call_id)
        caller = other_party(with_contact_name(call, self.store), self.locale)
        return render_reassign_form(call_id, claim.slack_user, caller=caller, below=below), True

    def reassign(self, call_id: str, *, owner: str, to: str, by: str) -> str | None:
        """Reassign a call of `owner` and notify the new one; return what is wrong, or None.

        Raises NotAllowed unless `by` is the owner or an admin.
        """
        if owner != by:
            self.permissions.need_admin(by, AdminAction.REASSIGN_CALLS, call_id)
        if to == owner:
            return ALREADY_THEIRS
        if self.store.slack_people.find(to) is None:
            return NOT_A_MEMBER
        if not self.store.claims.hand_over(call_id, owner, to, by=by, now=self.clock.now()):
            claim = self.store.claims.of(call_id)
            if claim is None or claim.slack_user != to:  # otherwise it was submitted twice
                return self._describe(call_id)
        self.wake()
        return None

    def redraw(self, known: Mapping[str, Any]) -> Json | None:
        """Return the new content of a call modal, by its metadata; None if the call is gone."""
        call = self.store.calls.find(str(known.get("call_id")))
        if call is None:
            return None
        return present_call_modal(
            call,
            self.store,
            self.locale,
            channel=known["channel"],
            seen_in=known.get("seen_in", ""),
        )

    def _claimed(self, call_id: str) -> tuple[Call, Claim] | None:
        """Return an open call with its claim; None if it is closed or unclaimed."""
        call, claim = self.store.calls.find(call_id), self.store.claims.of(call_id)
        if call is None or claim is None or self.store.missed_calls.standing(call).ending:
            return None
        return call, claim

    def _outcome(self, call_id: str, *, is_done: bool) -> Json | None:
        self.wake()
        return None if is_done else self._conflict(call_id)

    def _conflict(self, call_id: str) -> Json:
        return render_conflict(self._describe(call_id))

    def _describe(self, call_id: str) -> str:
        call = self.store.calls.find(call_id)
        return describe_claim(callback_of(call, self.store)) if call else NO_LONGER_STORED
