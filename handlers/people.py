"""Linking: what the modals about people and extensions set off, for oneself and for others."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from slack_bolt import Ack

from bot.clock import Clock
from bot.errors import NotAllowed, NotUnderstood
from bot.models.channels import QuietHours
from bot.models.people import Mentions, Person, Preference
from bot.people.lookup import locale_for_user
from bot.people.modals import (
    DIRECT,
    EXTENSION,
    MENTIONS,
    choices,
    render_link_modal,
    render_linked,
    render_settings_modal,
    render_unmatched_modal,
)
from bot.people.permissions import Permissions
from bot.people.words import person_in_words
from bot.slack.client import SlackClient
from bot.store import Store
from bot.store.links import BY_HAND
from bot.ui.action_ids import CHOOSE_EXTENSION
from bot.ui.blocks import answer
from bot.ui.command_text import CommandText, Token
from bot.ui.formatting import Locale
from bot.ui.inputs import chosen_in, read_quiet, ticked_in

LINK_OTHERS, SEE_UNMATCHED = "link somebody else", "see who is not matched"

TAKE = "take an extension from somebody else"

GONE = "This extension is no longer known; it was deleted meanwhile. Please choose another."


def open_link(
    ack: Ack,
    action: dict[str, Any],
    body: dict[str, Any],
    *,
    store: Store,
    slack: SlackClient,
    rights: Permissions,
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
    ack: Ack, body: dict[str, Any], *, store: Store, slack: SlackClient, rights: Permissions
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
    slack: SlackClient,
    rights: Permissions,
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


def _refresh_list_below(view: dict[str, Any], store: Store, slack: SlackClient) -> None:
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


def save_settings(
    ack: Ack,
    body: dict[str, Any],
    view: dict[str, Any],
    *,
    store: Store,
    slack: SlackClient,
    locale: Locale,
    wake: Callable[[], None],
) -> None:
    """Keep the settings; what is direct needs the id of that channel, so it is asked for."""
    user = body["user"]["id"]
    zone = locale_for_user(user, store=store, locale=locale).zone.key
    quiet, wrong = read_quiet(view, zone)
    if wrong:
        ack(response_action="errors", errors=wrong)
        return
    mentions, is_direct = Mentions(chosen_in(view, MENTIONS)), bool(ticked_in(view, DIRECT))
    channel = store.preferences.of(user).channel
    _keep(user, mentions, channel, quiet, store, is_direct=is_direct)
    # The modal closes before Slack is asked: what comes while it takes the answer in may be lost.
    ack()
    if channel is None and (is_direct or quiet):
        _keep(user, mentions, slack.open_direct(user), quiet, store, is_direct=is_direct)
    wake()


def _keep(
    user: str,
    mentions: Mentions,
    channel: str | None,
    quiet: QuietHours | None,
    store: Store,
    *,
    is_direct: bool,
) -> None:
    if channel:
        store.channels.set(replace(store.channels.of(channel), quiet=quiet))
    store.preferences.set(user, Preference(mentions, channel if is_direct else None, channel))


def open_settings(
    asked: CommandText, *, store: Store, slack: SlackClient, rights: Permissions, locale: Locale
) -> None:
    """Open what somebody sets for themselves."""
    asked.ack()
    preference = store.preferences.of(asked.asker)
    is_admin = rights.is_admin(asked.asker)
    view = render_settings_modal(
        preference,
        store.channels.of(preference.channel).quiet if preference.channel else None,
        zone=locale_for_user(asked.asker, store=store, locale=locale).zone.key,
        is_linked=store.links.person_of(asked.asker) is not None,
        unmatched=len(store.links.unmatched_in_slack()) if is_admin else None,
    )
    slack.open_modal(asked.trigger_id, view)


def link_somebody(
    asked: CommandText, *, store: Store, slack: SlackClient, rights: Permissions
) -> None:
    """Open the form that links the asker, or whom an admin names."""
    whom = _typed_person(asked.asker, asked.rest, rights, store)
    _check_that_extensions_are_known(store)
    asked.ack()
    view = render_link_modal(whom, store.links.person_of(whom), is_oneself=whom == asked.asker)
    slack.open_modal(asked.trigger_id, view)


def unlink_somebody(
    asked: CommandText,
    *,
    store: Store,
    rights: Permissions,
    clock: Clock,
    refresh_home: Callable[[str], None],
) -> None:
    """Take a link back."""
    whom = _typed_person(asked.asker, asked.rest, rights, store)
    asked.ack(**answer(_unlink(whom, asked.asker, store, clock)))
    refresh_home(whom)


def _typed_person(asker: str, rest: list[Token], rights: Permissions, store: Store) -> str:
    """Give who is to be linked; raises NotAllowed for another than the asker, but for admins."""
    whom = next((token.text for token in rest if token.is_mention), None)
    if whom is None and rest:
        raise NotUnderstood(
            f"I understood that you want to link somebody, but not whom: {rest[0].text[:80]}.",
            "/vocatech link to link yourself; an admin may mention somebody: /vocatech link @Ana",
        )
    if whom in {None, asker}:
        return asker
    rights.need_admin(asker, LINK_OTHERS, str(whom))
    if store.slack_people.find(str(whom)) is None:
        raise NotUnderstood(
            "I do not know this person: guests and apps cannot be linked, and whoever is new is"
            " known within a day.",
            "/vocatech link @Ana",
        )
    return str(whom)


def _check_that_extensions_are_known(store: Store) -> None:
    if not any(person.extension for person in store.people.all()):
        raise NotUnderstood(
            "No extension is known yet: I ask Vocatech for them at start and once a day, and take"
            " them from calls where it does not say.",
            "try /vocatech link again after the first calls, or see /vocatech status",
        )


def _unlink(whom: str, asker: str, store: Store, clock: Clock) -> str:
    """Take a link back, for good, and say so."""
    person, who = store.links.person_of(whom), "You" if whom == asker else "They"
    store.links.link(whom, None, how=BY_HAND, now=clock.now())
    if whom != asker:
        store.audit.note(asker, "unlinked somebody", whom, now=clock.now())
    again = "/vocatech link makes a new link."
    if person is None:
        return f"{who} were not linked, and will not be by e-mail. {again}"
    return f"{who} are no longer linked with {person_in_words(person)}. {again}"
