"""Channel settings and mutes: who may change them, what is checked, and what is saved."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from bot.channels.command_parsing import parse_mute_until
from bot.channels.modals import (
    CHANNEL,
    NOT_MUTED,
    RESET,
    SPAN,
    UNMUTE,
    UNMUTED,
    render_mute_answer,
    render_mute_modal,
    render_muted,
)
from bot.channels.presenter import ChannelPresenter
from bot.channels.slack_connect import DAY
from bot.channels.words import settings_in_words
from bot.clock import Clock
from bot.errors import NotUnderstood
from bot.models.channels import ChannelSettings, Mute
from bot.people.lookup import locale_for_user
from bot.people.names import slack_name
from bot.people.permissions import AdminAction, Permissions
from bot.slack.client import SlackClient
from bot.slack.events import is_late
from bot.slack.list_flow import Change
from bot.slack.membership import can_post
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.store.outbox.notices import Notice
from bot.ui.formatting import Locale
from bot.ui.inputs import FROM, chosen_in
from bot.ui.lists import EDIT, NOT_IN_CHANNEL, changed_by_someone, is_outdated, nothing_done
from bot.ui.message import Message
from bot.ui.mrkdwn import name_of

SAVED, DEFAULTS = "Channel settings saved.", "The channel has the default settings again."

NOTHING = "Change at least one setting."

EXISTS = "This channel already has settings. Edit it in the list."

CHANGED = changed_by_someone("this channel's settings")

NO_CALLS_HERE = "Vocatech isn't in this channel, so no calls are posted here."

Json = dict[str, Any]


@dataclass(frozen=True)
class MuteService:
    """Mutes of channels. Every member of a channel may mute and unmute it."""

    store: Store
    slack: SlackClient
    locale: Locale
    clock: Clock
    wake: Callable[[], None]

    def form(self, channel: str) -> dict[str, Any]:
        """Return the form that asks for the duration and shows the current mute."""
        mute = self.store.channels.mute(channel, now=self.clock.now())
        return render_mute_modal(channel, mute, token=make_token(), locale=self.locale)

    def submit(self, user: str, view: Json) -> dict[str, str]:
        """Mute the channel of a submitted form; return errors by field."""
        form = json.loads(view["private_metadata"])
        if not can_post(self.slack, form["channel"]):
            return {SPAN: NO_CALLS_HERE}
        self.mute(form["channel"], chosen_in(view, SPAN), by=user, token=form["token"])
        return {}

    def mute_by_command(self, channel: str, typed: str, *, by: str) -> Json:
        """Mute a channel and return the answer; raises NotUnderstood."""
        if not can_post(self.slack, channel):
            raise NotUnderstood(
                f"This channel wasn't muted. {NO_CALLS_HERE}",
                "/vocatech mute 2h in a channel with calls",
            )
        until = self.mute(channel, typed, by=by, token=make_token())
        return render_mute_answer(until, self.locale)

    def mute(self, channel: str, typed: str, *, by: str, token: str) -> float:
        """Mute a channel and return its end (Unix seconds); raises NotUnderstood."""
        now = self.clock.now()
        locale = locale_for_user(by, store=self.store, locale=self.locale)
        until = parse_mute_until(typed, now, locale.zone, locale.region)
        self.store.mutes.begin(Mute(channel, until, by), token=token, now=now)
        self.wake()
        return until

    def unmute(self, channel: str, *, by: str) -> str | None:
        """Unmute a channel; return what to tell the user, None if the channel's message does so."""
        was_muted = self.store.mutes.lift(channel, by=by, now=self.clock.now())
        self.wake()
        return None if was_muted else NOT_MUTED


@dataclass(frozen=True)
class ChannelService:
    """Channel settings, for admins."""

    store: Store
    slack: SlackClient
    permissions: Permissions
    presenter: ChannelPresenter
    mutes: MuteService
    clock: Clock
    wake: Callable[[], None]

    def list_view(self, user: str, *, page: int = 1, notice: str = "") -> Json:
        """Return the list; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_CHANNELS)
        return self.presenter.list(page=page, notice=notice)

    def new_form(self, user: str) -> Json:
        """Return an empty form; raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_CHANNELS)
        return self.presenter.form()

    def change(self, user: str, action: str, key: str, metadata: str) -> Change:
        """Edit, unmute or reset a channel (`key`); raises NotAllowed."""
        self.permissions.need_admin(user, AdminAction.CHANGE_CHANNELS, key)
        if action == EDIT:
            return Change(form=self.presenter.form(key))
        if action == UNMUTE:
            return Change(self.mutes.unmute(key, by=user) or UNMUTED)
        if action == RESET and is_outdated(metadata, key, self.store.channels.of(key)):
            return Change(nothing_done("this channel's settings"))
        if action == RESET:
            self._save(ChannelSettings(key), user)
        return Change(DEFAULTS)

    def save(self, user: str, view: Json) -> Change:
        """Validate a submitted form and save the settings; raises NotAllowed."""
        seen = json.loads(view["private_metadata"])
        before = self.store.channels.of(seen["channel"])
        settings, errors = self.presenter.parse(view, before)
        self.permissions.need_admin(user, AdminAction.CHANGE_CHANNELS, settings.channel)
        errors = errors or self._validate(settings, before, seen)
        if errors:
            return Change(SAVED, errors)
        with self.store.submissions.once(seen["token"], now=self.clock.now()) as is_new:
            if is_new:
                self._save(settings, user)
        return Change(SAVED)

    def note_shared(self, channel: str, *, is_shared: bool, at: float = 0.0) -> None:
        """Remember whether a channel has external members; its cards then show less.

        `at` is when Slack noticed (unix seconds, 0 if unknown).
        """
        now = self.clock.now()
        if not is_shared and is_late(at, now):
            # It may be shared again by now, so Slack is asked soon.
            self.store.channels.record_no_answer(channel, looked_at=now - DAY)
        else:
            self.store.channels.set_shared(channel, is_shared=is_shared, now=now)
        self.wake()

    def _validate(
        self, settings: ChannelSettings, before: ChannelSettings, seen: Json
    ) -> dict[str, str]:
        is_new = not seen["channel"]
        if not is_new and before.fingerprint != seen["look"]:
            return {FROM: CHANGED}
        if is_new and settings.is_usual:
            return {FROM: NOTHING}
        if is_new and not self.store.channels.of(settings.channel).is_usual:
            return {CHANNEL: EXISTS}
        where = CHANNEL if is_new else FROM
        return {} if can_post(self.slack, settings.channel) else {where: NOT_IN_CHANNEL}

    def _save(self, settings: ChannelSettings, user: str) -> None:
        self.store.channels.set(settings)
        words = "; ".join(settings_in_words(settings)) or "defaults"
        detail = f"{settings.channel}: {words}"
        self.store.audit.note(user, "channel set up", detail, now=self.clock.now())
        self.wake()


def show_mute(notice: Notice, *, store: Store, locale: Locale) -> Message:
    """Return the message that tells a channel about a mute."""
    mute = notice.detail
    return render_muted(
        notice.notice_id,
        Mute(mute["channel"], mute["until"], mute["by"]),
        name=name_of(slack_name(mute["by"], store) or "Someone"),
        ended=mute.get("ended"),
        ended_by=mute.get("ended_by"),
        locale=locale,
    )
