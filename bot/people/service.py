"""Links between people in Slack and extensions, and personal settings."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.errors import NotAllowed, NotUnderstood
from bot.models.channels import QuietHours
from bot.models.people import Mentions, Person, Preference
from bot.people.lookup import locale_for_user
from bot.people.modals import (
    matching_options,
    render_link_modal,
    render_settings_modal,
    render_unmatched_modal,
)
from bot.people.permissions import AdminAction, Permissions
from bot.people.words import describe_unlink
from bot.slack.client import SlackClient
from bot.store import Store
from bot.store.links import BY_HAND
from bot.ui.blocks import Json
from bot.ui.formatting import Locale

GONE = "This extension was deleted. Choose another one."
# A list of people may have been open since before they left.
LEFT = "This person isn't a member of the workspace anymore. Nothing was changed."


@dataclass(frozen=True)
class LinkResult:
    """A new link; `taken_from` is the Slack user who had the extension before."""

    person: Person
    taken_from: str | None = None


class LinkRefused(Exception):
    """The link wasn't made; the message is for the form's field."""


@dataclass(frozen=True)
class PeopleService:
    """Links people to extensions and stores their settings; `wake` starts posting what is due."""

    store: Store
    slack: SlackClient
    permissions: Permissions
    clock: Clock
    locale: Locale
    refresh_home: Callable[[str], None]
    wake: Callable[[], None]

    def link_modal(self, asker: str, slack_user: str, *, extension: str = "") -> Json:
        """Return the form that links a person, with an extension chosen already if it is known.

        Raises NotAllowed where someone who isn't an admin links another person.
        """
        self._need_rights(asker, slack_user)
        chosen = self.store.people.by_extension(extension) if extension else None
        current = chosen or self.store.links.person_of(slack_user)
        return render_link_modal(slack_user, current, is_oneself=slack_user == asker)

    def link_modal_for(self, asker: str, mention: str | None, typed: str | None) -> Json:
        """Return the form for what was typed: nothing, a mention, an extension, or both.

        Raises NotAllowed and NotUnderstood.
        """
        person = self.store.people.by_extension(typed) if typed else None
        slack_user = self._typed_person(asker, mention, None if person else typed)
        if not any(one.extension for one in self.store.people.all()):
            raise NotUnderstood(
                "No extensions are known yet. They're synced from Vocatech at startup and once a"
                " day, and taken from calls where Vocatech lists none.",
                "try /vocatech link again after the first calls, or check /vocatech status",
            )
        if typed and not person:
            raise NotUnderstood(
                f"No extension matches “{typed[:80]}”. Nothing was changed.",
                "/vocatech link @Ana 105",
            )
        return self.link_modal(asker, slack_user, extension=typed or "")

    def extension_options(self, slack_user: str, typed: str) -> list[Json]:
        """Return the extensions that match what was typed, for the form of a person."""
        linked = self.store.links.linked_people()
        taken = {user_id for user_id, who in linked.items() if who != slack_user}
        return matching_options(self.store.people.all(), typed, taken=taken)

    def link(self, asker: str, slack_user: str, user_id: str) -> LinkResult:
        """Link a person to an extension, by its Vocatech user ID.

        Only admins link other people, or take an extension from someone. Raises NotAllowed and
        LinkRefused.
        """
        self._need_rights(asker, slack_user)
        if slack_user != asker and self.store.slack_people.find(slack_user) is None:
            raise LinkRefused(LEFT)
        person = self.store.people.find(user_id)
        if person is None:
            raise LinkRefused(GONE)
        taken_from = self.store.links.claim(slack_user, person.user_id, now=self.clock.now())
        if taken_from:
            self._need_right_to_take(asker, person, taken_from)
            self.store.links.link(slack_user, person.user_id, how=BY_HAND, now=self.clock.now())
        if taken_from or slack_user != asker:
            taken = f", taken from {taken_from}" if taken_from else ""
            detail = f"{slack_user} with {person.extension}{taken}"
            self.store.audit.note(asker, "linked somebody", detail, now=self.clock.now())
        return LinkResult(person, taken_from)

    def show_link(self, asker: str, slack_user: str, taken_from: str | None, below: str) -> None:
        """Update what a new link changes: the list under the form, by its ID, and App Homes."""
        if slack_user != asker and below:
            self.slack.refresh_modal(below, self._unmatched())
        for changed in filter(None, (slack_user, taken_from)):
            self.refresh_home(changed)

    def unlink(self, asker: str, mention: str | None, typed: str | None) -> tuple[str, str]:
        """Remove a link for good; return the Slack user and the answer.

        Raises NotAllowed and NotUnderstood.
        """
        own = self.store.links.person_of(asker)
        is_own = own is not None and own.extension is not None and typed == own.extension
        slack_user = self._typed_person(asker, mention, None if is_own else typed, word="unlink")
        person = self.store.links.person_of(slack_user)
        if mention and typed and (person is None or person.extension != typed):
            raise NotUnderstood(
                f"“{typed[:80]}” isn't the extension of this person. Nothing was changed.",
                "/vocatech unlink @Ana",
            )
        self.store.links.link(slack_user, None, how=BY_HAND, now=self.clock.now())
        if slack_user != asker:
            self.store.audit.note(asker, "unlinked somebody", slack_user, now=self.clock.now())
        return slack_user, describe_unlink(person, is_oneself=slack_user == asker)

    def unmatched_modal(self, asker: str) -> Json:
        """Return the list of people who aren't linked; raises NotAllowed except for admins."""
        self.permissions.need_admin(asker, AdminAction.SEE_UNMATCHED)
        return self._unmatched()

    def settings_modal(self, slack_user: str) -> Json:
        """Return the form with a person's settings."""
        preference = self.store.preferences.of(slack_user)
        is_admin = self.permissions.is_admin(slack_user)
        return render_settings_modal(
            preference,
            self.store.channels.of(preference.channel).quiet if preference.channel else None,
            zone=self.zone_of(slack_user),
            is_linked=self.store.links.person_of(slack_user) is not None,
            unmatched=len(self.store.links.unmatched_in_slack()) if is_admin else None,
        )

    def zone_of(self, slack_user: str) -> str:
        """Return a person's time zone (an IANA name)."""
        return locale_for_user(slack_user, store=self.store, locale=self.locale).zone.key

    def save_settings(
        self,
        slack_user: str,
        mentions: Mentions,
        quiet: QuietHours | None,
        *,
        is_direct: bool,
        acknowledge: Callable[[], object],
    ) -> None:
        """Store a person's settings, and open the direct message that they need.

        `acknowledge` closes the form. It comes before the request to Slack, which may be
        lost while a form is open.
        """
        channel = self.store.preferences.of(slack_user).channel
        self._keep(slack_user, mentions, channel, quiet, is_direct=is_direct)
        acknowledge()
        if channel is None and (is_direct or quiet):
            channel = self.slack.open_direct(slack_user)
            self._keep(slack_user, mentions, channel, quiet, is_direct=is_direct)
        self.wake()

    def _keep(
        self,
        slack_user: str,
        mentions: Mentions,
        channel: str | None,
        quiet: QuietHours | None,
        *,
        is_direct: bool,
    ) -> None:
        if channel:
            self.store.channels.set(replace(self.store.channels.of(channel), quiet=quiet))
        preference = Preference(mentions, channel if is_direct else None, channel)
        self.store.preferences.set(slack_user, preference)

    def _unmatched(self) -> Json:
        links = self.store.links
        return render_unmatched_modal(links.unmatched_in_slack(), links.unmatched_at_vocatech())

    def _need_rights(self, asker: str, slack_user: str) -> None:
        if slack_user != asker:
            self.permissions.need_admin(asker, AdminAction.LINK_OTHERS, slack_user)

    def _need_right_to_take(self, asker: str, person: Person, owner: str) -> None:
        try:
            self.permissions.need_admin(
                asker, AdminAction.TAKE_EXTENSIONS, f"{person.extension} of {owner}"
            )
        except NotAllowed:
            found = self.store.slack_people.find(owner)
            name = (found.name if found else None) or "Someone else"
            raise LinkRefused(f"{name} is linked to this extension. Ask an admin.") from None

    def _typed_person(
        self, asker: str, mention: str | None, typed: str | None, *, word: str = "link"
    ) -> str:
        """Return the Slack user who was typed, or else the asker."""
        if mention is None and typed:
            said = f"No extension or person matches “{typed[:80]}”."
            if self.store.people.by_extension(typed):
                said = f"Extension {typed[:80]} isn't linked to you."
            if typed.startswith("@"):
                said = f"“{typed[:80]}” isn't a mention. Choose the person from Slack's list."
            raise NotUnderstood(
                said,
                f"/vocatech {word} for yourself; admins can mention someone: /vocatech {word} @Ana",
            )
        if mention in {None, asker}:
            return asker
        self.permissions.need_admin(asker, AdminAction.LINK_OTHERS, str(mention))
        if self.store.slack_people.find(str(mention)) is None:
            raise NotUnderstood(
                "This person isn't known. Guests and apps can't be linked, and new people are known"
                " within a day.",
                "/vocatech link @Ana",
            )
        return str(mention)
