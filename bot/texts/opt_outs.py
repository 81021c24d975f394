"""Opt-outs that people record, lift and list by hand."""

from collections.abc import Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.people.names import contact_name, resolve_number
from bot.people.permissions import AdminAction, Permissions
from bot.store import Store
from bot.texts.modals import OptedOut, render_opt_outs
from bot.ui.blocks import Json
from bot.ui.formatting import Locale

# A person who wrote to a number within this time owns the conversation.
OWNED_SECONDS = 7 * 86_400.0
# Claims of the latest calls from a number count.
LATEST_CALLS = 5


@dataclass(frozen=True)
class OptOutService:
    """Opt-outs by hand: for admins and for the owner of a conversation."""

    store: Store
    clock: Clock
    locale: Locale
    permissions: Permissions
    wake: Callable[[], None]

    def record_opt_out(self, handle: str, *, by: str, is_out: bool) -> None:
        """Record or lift the opt-out of a number by hand.

        `handle` is a button's value. Raises NotAllowed unless `by` is an admin or owns the
        conversation: they claimed a call from the number, or wrote to it last.
        """
        number = resolve_number(handle, self.store)
        if number is None or not self._owns(number, by):
            self.permissions.need_admin(by, AdminAction.CHANGE_OPT_OUTS)
        if number and (self.store.opt_outs.of(number) is not None) is not is_out:
            self.store.opt_outs.record(number, by, is_out=is_out, now=self.clock.now())
            self.wake()

    def _owns(self, number: str, slack_user: str) -> bool:
        now = self.clock.now()
        writer = self.store.send_queue.last_writer(
            number, since=now - OWNED_SECONDS, before=now + 1
        )
        calls = self.store.calls.latest_with([number], limit=LATEST_CALLS)
        claims = [self.store.claims.of(call.call_id) for call in calls]
        return slack_user in {writer, *(claim.slack_user for claim in claims if claim)}

    def list_opt_outs(self, *, viewer: str) -> Json:
        """Return the list of opt-outs; raises NotAllowed unless `viewer` is an admin."""
        self.permissions.need_admin(viewer, AdminAction.SEE_OPT_OUTS)
        people = [
            OptedOut(one.number, contact_name(one.number, self.store), one.at)
            for one in self.store.opt_outs.all()
        ]
        return render_opt_outs(people, locale=self.locale)
