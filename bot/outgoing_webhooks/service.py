"""Endpoints of outgoing webhooks, which only admins change."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from bot.clock import Clock
from bot.models.integrations.outgoing_webhooks import Endpoint
from bot.outgoing_webhooks.modals import (
    NO_COUNTS,
    ROTATE,
    SWITCH,
    parse_endpoint_form,
    render_endpoint_form,
    render_endpoints_modal,
    render_failed_events,
    render_secret,
)
from bot.outgoing_webhooks.signing import make_secret
from bot.outgoing_webhooks.validation import NAME, validate_endpoint
from bot.people.permissions import AdminAction, Permissions
from bot.slack.list_flow import Change
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.ui.formatting import Locale
from bot.ui.lists import DELETE, EDIT, changed_by_someone, is_outdated, nothing_done
from bot.ui.mrkdwn import name_of

Json = dict[str, Any]
DELETED = "This endpoint was deleted. Nothing was changed."
MORE_FAILED = "More events failed since, so none was discarded. The list below is current."
TEST, FAILED = "test", "failed"
MOST_NAMED = 5


@dataclass(frozen=True)
class EndpointService:
    """The list of endpoints, their secrets, and their failed events."""

    store: Store
    permissions: Permissions
    clock: Clock
    locale: Locale
    wake: Callable[[], None]
    allows_private: bool = False

    def list_view(self, user: str, *, page: int = 1, notice: str = "") -> Json:  # noqa: ARG002
        """Return the list, which has one page; raises NotAllowed."""
        self._need_admin(user)
        endpoints, deliveries = self.store.endpoints.all(), self.store.deliveries
        return render_endpoints_modal(
            endpoints, deliveries.counts(), locale=self.locale, notice=notice
        )

    def new_form(self, user: str) -> Json:
        """Return an empty form; raises NotAllowed."""
        self._need_admin(user)
        return render_endpoint_form(Endpoint(0, "", ""), token=make_token())

    def change(self, user: str, action: str, key: str, metadata: str) -> Change:
        """Do what a button or menu of an endpoint asks; raises NotAllowed."""
        found = self.store.endpoints.find(int(key))
        self._need_admin(user, found.name if found else key)
        if found is None:
            return Change(DELETED)
        if action in {DELETE, SWITCH} and is_outdated(metadata, key, found.version):
            return Change(nothing_done("this endpoint"))
        changes: dict[str, Callable[[Endpoint, str], Change]] = {
            EDIT: self._edit,
            DELETE: self._delete,
            ROTATE: self._rotate,
            SWITCH: self._switch,
            TEST: self._test,
            FAILED: self._show_failed,
        }
        return changes[action](found, user)

    def _edit(self, endpoint: Endpoint, _: str) -> Change:
        return Change(form=render_endpoint_form(endpoint, token=make_token()))

    def _delete(self, endpoint: Endpoint, user: str) -> Change:
        self.store.endpoints.delete(endpoint.endpoint_id, by=user, now=self.clock.now())
        said = f"“{name_of(endpoint.name)}” deleted."
        rules = [
            f"“{name_of(one.name)}”"
            for one in self.store.rules.book().rules
            if one.webhook == endpoint.name
        ]
        if not rules:
            return Change(said)
        more = f" and {len(rules) - MOST_NAMED} more" if len(rules) > MOST_NAMED else ""
        named = f"{', '.join(rules[:MOST_NAMED])}{more}"
        return Change(f"{said} Rules that still name it: {named}.")

    def _rotate(self, endpoint: Endpoint, user: str) -> Change:
        secret, now = make_secret(), self.clock.now()
        self.store.endpoints.rotate_secret(endpoint.endpoint_id, secret, by=user, now=now)
        return Change(form=render_secret(endpoint.name, secret, is_new=False))

    def _switch(self, endpoint: Endpoint, user: str) -> Change:
        changed = replace(endpoint, is_on=not endpoint.is_on)
        if not self.store.endpoints.change(changed, by=user, now=self.clock.now()):
            return Change("Someone changed this endpoint a moment ago. Nothing was changed.")
        self.wake()
        return Change(f"“{name_of(endpoint.name)}” turned {'on' if changed.is_on else 'off'}.")

    def _test(self, endpoint: Endpoint, _: str) -> Change:
        now = self.clock.now()
        is_queued = self.store.deliveries.add_test(endpoint.endpoint_id, make_token(), now=now)
        self.wake()
        if not is_queued:
            return Change(f"“{name_of(endpoint.name)}” is turned off. Turn it on first.")
        return Change("Test queued. Open this list again in a moment to see the result.")

    def _show_failed(self, endpoint: Endpoint, _: str) -> Change:
        return Change(form=self._failed(endpoint))

    def save(self, user: str, view: Json) -> Change:
        """Validate a submitted form and save the endpoint; raises NotAllowed.

        For a new endpoint, the result's `form` shows its secret.
        """
        seen = json.loads(view["private_metadata"])
        before = self.store.endpoints.find(seen["endpoint_id"])
        submitted = parse_endpoint_form(view, before)
        self._need_admin(user, submitted.name)
        errors = validate_endpoint(
            submitted, self.store.endpoints.all(), allows_private=self.allows_private
        )
        if seen["endpoint_id"] and (before is None or before.version != seen["version"]):
            errors = {NAME: changed_by_someone("this endpoint") if before else DELETED}
        now, notice = self.clock.now(), f"“{name_of(submitted.name)}” saved."
        if errors:
            return Change(notice, errors)
        with self.store.submissions.once(seen["token"], now=now) as is_new:
            if not is_new:
                return Change(notice)
            if before is None:
                secret = make_secret()
                if self.store.endpoints.create(submitted, secret, by=user, now=now) is None:
                    return Change("The limit of endpoints was reached. Nothing was saved.")
                return Change(notice, form=render_secret(submitted.name, secret, is_new=True))
            if not self.store.endpoints.change(submitted, by=user, now=now):
                return Change(changed_by_someone("this endpoint"))
            self._rename_in_rules(before.name, submitted.name, user, now)
        self.wake()
        return Change(notice)

    def _rename_in_rules(self, old: str, new: str, user: str, now: float) -> None:
        """Let the rules that name an endpoint keep it under its new name."""
        while old != new:
            book = self.store.rules.book()
            rules = [
                replace(rule, webhook=new) if rule.webhook == old else rule for rule in book.rules
            ]
            if tuple(rules) == book.rules or self.store.rules.replace(
                book, rules, by=user, now=now
            ):
                return

    def retry(self, user: str, value: str) -> Json:
        """Queue failed events again: `value` is an endpoint's ID, and a delivery's if it is one.

        Return the updated list of failed events; raises NotAllowed.
        """
        endpoint_id, _, delivery_id = value.partition(" ")
        self._need_admin(user)
        count = self.store.deliveries.retry(
            endpoint_id=int(endpoint_id),
            delivery_id=delivery_id or None,
            by=user,
            now=self.clock.now(),
        )
        self.wake()
        return self._failed_of(int(endpoint_id), f"{_events(count)} queued again.")

    def discard(self, user: str, value: str) -> Json:
        """Delete the failed events of an endpoint; return the updated list; raises NotAllowed.

        `value` is its ID and how many events were shown. If more failed since, none is deleted.
        """
        self._need_admin(user)
        endpoint_id, _, shown = value.partition(" ")
        counted = self.store.deliveries.counts().get(int(endpoint_id), NO_COUNTS).failed
        if shown and counted > int(shown):
            return self._failed_of(int(endpoint_id), MORE_FAILED)
        now = self.clock.now()
        count = self.store.deliveries.discard_failed(int(endpoint_id), by=user, now=now)
        return self._failed_of(int(endpoint_id), f"{_events(count)} discarded.")

    def _failed_of(self, endpoint_id: int, notice: str) -> Json:
        found = self.store.endpoints.find(endpoint_id)
        return self._failed(found or Endpoint(endpoint_id, "Deleted endpoint", ""), notice)

    def _failed(self, endpoint: Endpoint, notice: str = "") -> Json:
        deliveries, endpoint_id = self.store.deliveries, endpoint.endpoint_id
        count = deliveries.counts().get(endpoint_id, NO_COUNTS).failed
        return render_failed_events(endpoint, deliveries.failed(endpoint_id), count, notice=notice)

    def _need_admin(self, user: str, detail: str = "") -> None:
        self.permissions.need_admin(user, AdminAction.CHANGE_ENDPOINTS, detail)


def _events(count: int) -> str:
    return "1 event" if count == 1 else f"{count:,} events"
