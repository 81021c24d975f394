"""Linking: what the modals about people and extensions set off, for oneself and for others."""

import json
from collections.abc import Callable
from typing import Any

from slack_bolt import Ack

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.models.people import Person
from bot.people.modals import (
    EXTENSION,
    choices,
    render_link_modal,
    render_linked,
    render_unmatched_modal,
)
from bot.people.permissions import Rights
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.store.links import BY_HAND
from bot.ui.action_ids import CHOOSE_EXTENSION

LINK_OTHERS, SEE_UNMATCHED = "link somebody else", "see who is not matched"
TAKE = "take an extension from somebody else"
GONE = "This extension is no longer known; it was deleted meanwhile. Please choose another."


def open_link(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    rights: Rights,
) -> None:
    """Open the modal that links the person whose button was pressed, or else who pressed it."""
    ack()
    asker = body["user"]["id"]
    whom = action.get("value") or asker
    if whom != asker:
        rights.need_admin(asker, LINK_OTHERS, whom)
    view = render_link_modal(whom, store.links.person_of(whom), is_oneself=whom == asker)
    slack.show_modal(body, view)


def show_unmatched(
    ack: Ack, body: dict[str, Any], *, store: Store, slack: SlackPoster, rights: Rights
) -> None:
    """Show an admin who is not matched."""
    ack()
    rights.need_admin(body["user"]["id"], SEE_UNMATCHED)
    slack.show_modal(body, _unmatched(store))


def offer_extensions(
    ack: Ack, payload: dict[str, Any], body: dict[str, Any], *, store: Store
) -> None:
    """Give the extensions that fit what was typed."""
    whom = _whom(body["view"])
    taken = {user_id for user_id, who in store.links.linked_people().items() if who != whom}
    ack(options=choices(store.people.all(), payload.get("value", ""), taken=taken))


def save_link(
    ack: Ack,
    body: dict[str, Any],
    view: dict[str, Any],
    *,
    store: Store,
    slack: SlackPoster,
    rights: Rights,
    clock: Clock,
    refresh_home: Callable[[str], None],
) -> None:
    """Link somebody; only an admin takes an extension from somebody else, or links others."""
    asker, whom = body["user"]["id"], _whom(view)
    if whom != asker:
        rights.need_admin(asker, LINK_OTHERS, whom)
    chosen = view["state"]["values"][EXTENSION][CHOOSE_EXTENSION]["selected_option"]
    person = store.people.find(chosen["value"])
    if person is None:
        ack(response_action="errors", errors={EXTENSION: GONE})
        return
    taken_from = store.links.claim(whom, person.user_id, now=clock.now())
    if taken_from:
        try:
            rights.need_admin(asker, TAKE, f"{person.extension} of {taken_from}")
        except NotAllowed:
            words = f"{_name(taken_from, store)} is linked with it in Slack. Please ask an admin."
            ack(response_action="errors", errors={EXTENSION: words})
            return
        store.links.link(whom, person.user_id, how=BY_HAND, now=clock.now())
    if taken_from or whom != asker:
        _note(asker, whom, person, taken_from, store, clock)
    ack(response_action="update", view=render_linked(person, was_taken_from=taken_from))
    if whom != asker:
        _refresh_list_below(view, store, slack)
    for changed in filter(None, (whom, taken_from)):
        refresh_home(changed)


def _note(
    asker: str, whom: str, person: Person, taken_from: str | None, store: Store, clock: Clock
) -> None:
    taken = f", taken from {taken_from}" if taken_from else ""
    detail = f"{whom} with {person.extension}{taken}"
    store.audit.note(asker, "linked somebody", detail, now=clock.now())


def _refresh_list_below(view: dict[str, Any], store: Store, slack: SlackPoster) -> None:
    """Bring the list up to date from which the modal was opened, if it was."""
    below = view.get("previous_view_id")
    if below:
        slack.refresh_modal(below, _unmatched(store))


def _unmatched(store: Store) -> dict[str, Any]:
    links = store.links
    return render_unmatched_modal(links.unmatched_in_slack(), links.unmatched_at_vocatech())


def _name(slack_user: str, store: Store) -> str:
    found = store.slack_people.find(slack_user)
    return (found.name if found else None) or "Somebody else"


def _whom(view: dict[str, Any]) -> str:
    return str(json.loads(view["private_metadata"])["slack_user"])
