"""Digest commands, and posting of due digests."""

import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from bot.clock import Clock, zone_names
from bot.digests.command_parsing import DigestAction, DigestCommand, parse_digest_command
from bot.digests.generator import DigestCache, DigestGenerator
from bot.digests.messages import (
    render_no_plan,
    render_plan,
    render_posted_now,
    render_switched_off,
)
from bot.errors import NotLinked, NotUnderstood
from bot.health.service import resolve_incident
from bot.models.digest_schedule import DigestPlan, Period
from bot.models.digests import Digest
from bot.models.health import DIGEST_FAILED, incident_name
from bot.people.lookup import locale_for_user
from bot.people.permissions import AdminAction, Permissions
from bot.slack.client import SlackClient
from bot.slack.membership import can_post
from bot.store import Store
from bot.ui.blocks import Json
from bot.ui.formatting import full_date


@dataclass(frozen=True)
class DigestService:
    """Commands about the digests of channels, which admins change, and about one's own."""

    store: Store
    slack: SlackClient
    generator: DigestGenerator
    permissions: Permissions
    clock: Clock
    wake: Callable[[], None]

    def read(self, asker: str, channel: str, typed: list[str]) -> tuple[DigestCommand, DigestPlan]:
        """Return the parsed command, and the schedule with its changes.

        In a direct channel it is about the reader's own digest. Raises NotUnderstood.
        """
        locale = locale_for_user(asker, store=self.store, locale=self.generator.locale)
        now = self.clock.now()
        today = datetime.fromtimestamp(now, locale.zone).date()
        command = parse_digest_command(typed, zone_names(), today=today, region=locale.region)
        is_own = command.is_own or channel.startswith("D")
        plan = command.applied_to(self.generator.usual_plan(asker if is_own else channel))
        if command.period and command.period.span(ZoneInfo(plan.zone)).start > now:
            raise NotUnderstood(
                f"It isn't {full_date(command.period.first)} in {plan.zone} yet, so there are no"
                " calls.",
                "/vocatech digest preview yesterday",
            )
        return command, plan

    def answer(
        self, asker: str, command: DigestCommand, plan: DigestPlan, *, is_private: bool
    ) -> Json:
        """Run a command and return the answer; raises NotAllowed or NotLinked.

        To a private channel (`is_private`) the app may have to be invited.
        """
        if command.action is DigestAction.SHOW:
            return self._shown(plan)
        if command.action is DigestAction.OFF:
            return self._switch_off(asker, plan)
        self._check(asker, plan)
        if plan.channel != asker and not can_post(self.slack, plan.channel):
            raise NotUnderstood(
                "Vocatech isn't in this channel, so it can't post a digest here. Nothing was"
                " changed. Type /invite @Vocatech, then try again.",
                "/vocatech digest on",
            )
        if command.action is DigestAction.NOW:
            period, is_new = self.generator.post_now(plan, self.clock.now())
            if is_new:
                self._note(asker, "posted a digest", plan)
            self.wake()
            return render_posted_now(plan, period, is_new=is_new)
        return self._switch_on(asker, plan, is_private=is_private)

    def switch(self, asker: str, channel: str, *, is_on: bool) -> None:
        """Switch a digest on or off; raises NotAllowed or NotLinked."""
        plan = self.generator.usual_plan(channel)
        if is_on:
            self._check(asker, plan)
            self._switch_on(asker, plan, is_private=False)
        else:
            self._switch_off(asker, plan)

    def preview(self, plan: DigestPlan, period: Period | None) -> Digest:
        """Return the digest as it would be posted now, or of a period; raises NotLinked."""
        return self.generator.preview(plan, self.clock.now(), period)

    def _check(self, asker: str, plan: DigestPlan) -> None:
        """Allow one's own digest to everyone, and those of channels to admins."""
        if plan.channel != asker:
            self.permissions.need_admin(asker, AdminAction.SWITCH_DIGESTS, plan.channel)
        elif (person := self.store.links.person_of(asker)) is None or not person.extension:
            raise NotLinked(None, has_no_extension=person is not None)

    def _switch_on(self, asker: str, plan: DigestPlan, *, is_private: bool) -> Json:
        now = self.clock.now()
        # Only later digests are due; one that is already queued is still posted.
        plan = replace(plan, is_on=True, since=now)
        self.store.digests.set_plan(plan)
        self._note(asker, "switched a digest on", plan)
        return render_plan(plan, self.generator.next_run(plan, now), is_private=is_private)

    def _switch_off(self, asker: str, plan: DigestPlan) -> Json:
        if plan.channel != asker:
            self.permissions.need_admin(asker, AdminAction.SWITCH_DIGESTS, plan.channel)
        known = self.store.digests.plan(plan.channel)
        if known is None or not known.is_on:
            return render_no_plan(plan)
        self.store.digests.set_plan(replace(known, is_on=False))
        self._note(asker, "switched a digest off", plan)
        return render_switched_off(known)

    def _shown(self, plan: DigestPlan) -> Json:
        if not plan.is_on:
            return render_no_plan(plan)
        return render_plan(plan, self.generator.next_run(plan, self.clock.now()))

    def _note(self, asker: str, what: str, plan: DigestPlan) -> None:
        if plan.channel != asker:
            self.store.audit.note(asker, what, plan.channel, now=self.clock.now())


log = structlog.get_logger()

SECONDS_BETWEEN_LOOKS = 20.0

# A digest is retried at every run; admins are notified if that fails for half an hour.
SECONDS_TO_TELL = 1_800.0

FAILING = "failing digest"

# Errors of the store, or of bad data in it, while a digest is generated.
GENERATION_ERRORS = (sqlite3.Error, ArithmeticError, LookupError, TypeError, ValueError, OSError)


def post_digests(
    *,
    generator: DigestGenerator,
    clock: Clock,
    wake: Callable[[], None],
    tell_admins: Callable[[str, str, dict[str, str]], None],
) -> float:
    """Queue every due digest; one that fails doesn't affect the next."""
    store, now, cache, troubles = generator.store, clock.now(), DigestCache(), dict[str, str]()
    for plan in store.digests.plans():
        if reason := _decide(plan, store, generator, now, cache):
            troubles[plan.channel] = reason
    for digest_id, channel in store.digests.overdue(now - SECONDS_TO_TELL):
        log.warning("digest_not_posted", digest=digest_id)
        troubles.setdefault(channel, "Slack has not taken it for half an hour")
    for plan in store.digests.plans():
        name = incident_name(DIGEST_FAILED, plan.channel)
        if reason := troubles.get(plan.channel):
            tell_admins(name, DIGEST_FAILED, {"channel": plan.channel, "reason": reason})
        else:
            resolve_incident(name, store=store)
    wake()
    return 0.0


def _decide(
    plan: DigestPlan, store: Store, generator: DigestGenerator, now: float, cache: DigestCache
) -> str | None:
    """Queue one digest if due; return what prevents it, if that has lasted for a while."""
    name = f"{FAILING} {plan.channel}"
    try:
        if generator.decide(plan, now, cache):
            log.info("digest_queued", channel=plan.channel, cadence=plan.cadence)
    except GENERATION_ERRORS as error:
        since = store.key_values.moment(name)
        if since is None:
            store.key_values.set_moment(name, now)
        log.warning(
            "digest_failed",
            channel=plan.channel,
            error=type(error).__name__,
            exc_info=error if since is None else None,
        )
        is_old = since is not None and now - since >= SECONDS_TO_TELL
        return f"an error ({type(error).__name__})" if is_old else None
    if store.key_values.moment(name) is not None:
        store.key_values.forget(name)
    return None
