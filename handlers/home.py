"""App Home: shown to whoever opens it, and its buttons that try again what is broken."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack

from bot.clock import Clock
from bot.errors import NotAllowed
from bot.home.presenter import HomePresenter
from bot.people.external_users import ExternalUsers
from bot.people.permissions import Permissions
from bot.store import Store
from bot.vocatech.client import VocatechClient


def show_home(event: dict[str, Any], *, home: HomePresenter, outsiders: ExternalUsers) -> None:
    """Show somebody their Home; the tab with the messages needs nothing from us.

    Slack does not say here of which company they are, and an outsider has no Home.
    """
    if event.get("tab") == "home" and not outsiders.is_one(event["user"]):
        # Slack sends along what stands there, and nothing where nothing was published yet.
        home.show(event["user"], is_shown="view" in event)


def try_channel_again(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    home: HomePresenter,
    rights: Permissions,
    store: Store,
    clock: Clock,
    hurry: Callable[[str], None],
) -> None:
    """Try at once what waits for a channel that refused us; raises NotAllowed."""
    ack()
    user, channel = body["user"]["id"], action["value"]
    try:
        rights.need_admin(user, "try a channel again", channel)
    except NotAllowed:
        home.show(user)  # without the button, which they had from when they were an admin
        raise
    store.troubles.take_up(channel)
    store.audit.note(user, "tried a channel again", channel, now=clock.now())
    # Shown first: the try may be over before the page is drawn.
    try:
        home.show(user, tried=channel)
    finally:
        hurry(channel)


def look_again(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    home: HomePresenter,
    rights: Permissions,
    store: Store,
    vocatech: VocatechClient,
    clock: Clock,
    hurry_job: Callable[[str], None],
) -> None:
    """Look at once whether a trouble is over; raises NotAllowed."""
    ack()
    user, name = body["user"]["id"], action["value"]
    try:
        rights.need_admin(user, "have something looked at again", name)
    except NotAllowed:
        home.show(user)  # without the button, which they had from when they were an admin
        raise
    store.audit.note(user, "had something looked at again", name, now=clock.now())
    vocatech.wire.turns.reopen()
    # Shown first: the look may be over before the page is drawn.
    try:
        home.show(user, tried=name)
    finally:
        for trouble in store.troubles.open():
            if trouble.name == name:
                hurry_job(trouble.job)
