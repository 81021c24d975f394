"""Handlers for people: links with extensions, personal settings."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
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


@dataclass(frozen=True)
class PeopleHandlers:
    """Links between people and extensions, and personal settings."""

    store: Store
    slack: SlackClient
    permissions: Permissions
    clock: Clock
    refresh_home: Callable[[str], None]
    locale: Locale
    wake: Callable[[], None]

    def open_link(self, ack: Ack, action: dict[str, Any], body: dict[str, Any]) -> None:
        """Open the modal that links the person whose button was pressed, or else who pressed it."""
        ack()
        asker = body["user"]["id"]
        whom = action.get("value") or asker
        if whom != asker:
            self.permissions.need_admin(asker, LINK_OTHERS, whom)
        view = render_link_modal(whom, self.store.links.person_of(whom), is_oneself=whom == asker)
        self.slack.show_modal(body, view)

    def show_unmatched(self, ack: Ack, body: dict[str, Any]) -> None:
        """Show an admin who is not matched."""
        ack()
        self.permissions.need_admin(body["user"]["id"], SEE_UNMATCHED)
        self.slack.show_modal(body, _unmatched(self.store))

    def offer_extensions(self, ack: Ack, payload: dict[str, Any], body: dict[str, Any]) -> None:
        """Give the extensions that fit what was typed."""
        whom = _whom(body["view"])
        taken = {
            user_id for user_id, who in self.store.links.linked_people().items() if who != whom
        }
        ack(options=choices(self.store.people.all(), payload.get("value", ""), taken=taken))

    def save_link(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Link somebody; only an admin takes an extension from somebody else, or links others."""
        asker, whom = body["user"]["id"], _whom(view)
        if whom != asker:
            self.permissions.need_admin(asker, LINK_OTHERS, whom)
        chosen = view["state"]["values"][EXTENSION][CHOOSE_EXTENSION]["selected_option"]
        person = self.store.people.find(chosen["value"])
        if person is None:
            ack(response_action="errors", errors={EXTENSION: GONE})
            return
        taken_from = self.store.links.claim(whom, person.user_id, now=self.clock.now())
        if taken_from:
            try:
                self.permissions.need_admin(asker, TAKE, f"{person.extension} of {taken_from}")
            except NotAllowed:
                name = _name(taken_from, self.store)
                words = f"{name} is linked with it in Slack. Please ask an admin."
                ack(response_action="errors", errors={EXTENSION: words})
                return
            self.store.links.link(whom, person.user_id, how=BY_HAND, now=self.clock.now())
        if taken_from or whom != asker:
            _note(asker, whom, person, taken_from, self.store, self.clock)
        ack(response_action="update", view=render_linked(person, was_taken_from=taken_from))
        if whom != asker:
            _refresh_list_below(view, self.store, self.slack)
        for changed in filter(None, (whom, taken_from)):
            self.refresh_home(changed)

    def save_settings(self, ack: Ack, body: dict[str, Any], view: dict[str, Any]) -> None:
        """Keep the settings; what is direct needs the id of that channel, so it is asked for."""
        user = body["user"]["id"]
        zone = locale_for_user(user, store=self.store, locale=self.locale).zone.key
        quiet, wrong = read_quiet(view, zone)
        if wrong:
            ack(response_action="errors", errors=wrong)
            return
        mentions, is_direct = Mentions(chosen_in(view, MENTIONS)), bool(ticked_in(view, DIRECT))
        channel = self.store.preferences.of(user).channel
        _keep(user, mentions, channel, quiet, self.store, is_direct=is_direct)
        # The modal closes first: what Slack is sent while it takes in the answer may be lost.
        ack()
        if channel is None and (is_direct or quiet):
            _keep(
                user, mentions, self.slack.open_direct(user), quiet, self.store, is_direct=is_direct
            )
        self.wake()

    def open_settings(self, asked: CommandText) -> None:
        """Open what somebody sets for themselves."""
        asked.ack()
        preference = self.store.preferences.of(asked.asker)
        is_admin = self.permissions.is_admin(asked.asker)
        view = render_settings_modal(
            preference,
            self.store.channels.of(preference.channel).quiet if preference.channel else None,
            zone=locale_for_user(asked.asker, store=self.store, locale=self.locale).zone.key,
            is_linked=self.store.links.person_of(asked.asker) is not None,
            unmatched=len(self.store.links.unmatched_in_slack()) if is_admin else None,
        )
        self.slack.open_modal(asked.trigger_id, view)

    def link_somebody(self, asked: CommandText) -> None:
        """Open the form that links the asker, or whom an admin names."""
        whom = _typed_person(asked.asker, asked.rest, self.permissions, self.store)
        _check_that_extensions_are_known(self.store)
        asked.ack()
        view = render_link_modal(
            whom, self.store.links.person_of(whom), is_oneself=whom == asked.asker
        )
        self.slack.open_modal(asked.trigger_id, view)

    def unlink_somebody(self, asked: CommandText) -> None:
        """Take a link back."""
        whom = _typed_person(asked.asker, asked.rest, self.permissions, self.store)
        asked.ack(**answer(_unlink(whom, asked.asker, self.store, self.clock)))
        self.refresh_home(whom)


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
