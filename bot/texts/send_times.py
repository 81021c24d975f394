"""When a text is sent: the recipient's time zone, the chosen moment, and what is wrong with it."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bot.business_hours import BusinessHours
from bot.clock import Clock, zone_names
from bot.models.send_times import (
    MAX_DAYS_AHEAD,
    NOW,
    OTHER,
    ChosenTime,
    greeting,
    is_too_late,
    moment_of,
)
from bot.models.texts import Platform, TextForm
from bot.people.lookup import locale_for_user
from bot.phone_numbers.time_zones import time_zones_of
from bot.store import Store
from bot.store.send_queue import Queued
from bot.texts.automatic import ended_at, is_handled
from bot.texts.policy import TextPolicy
from bot.texts.send_time_section import (
    DAY,
    MINUTE,
    WHEN,
    SendTime,
    local_time,
    place_of,
    zone_options,
)
from bot.ui.blocks import Json
from bot.ui.formatting import Locale

DAY_SECONDS = 86_400.0
# An automatic text is about a call of just now; after a long wait or an outage it isn't sent.
MAX_AUTOMATIC_AGE = 20 * 60.0
TOO_LATE = "it couldn't be sent in time"
HANDLED = "the call was handled in the meantime"
REPEATED = "the first message was sent after all"
NUMBER_MOVED = "the contact no longer has this number"
NUMBER_GIVEN_UP = "your company no longer has the number it was to be sent from"
SENT_ELSEWHERE = "the same message was sent to this number in the meantime"
WINDOW_CLOSED = "WhatsApp's 24 hours for a reply are over"


@dataclass(frozen=True)
class SendTimes:
    """Times to send texts at; `locale` has the company's time zone."""

    store: Store
    clock: Clock
    locale: Locale
    policy: TextPolicy
    business_hours: BusinessHours

    def zone_of(self, number: str, chosen: str = "") -> ZoneInfo:
        """Return the time zone of a number: as chosen, as chosen last, or by its area code.

        The company's own zone counts if the area has several zones, or is unknown.
        """
        company = self.locale.zone.key
        area = time_zones_of(number)
        by_area = company if not area or company in area else area[0]
        known = (chosen, self.store.scheduled_texts.last_zone(number), by_area, company)
        return ZoneInfo(next(name for name in known if name in zone_names()))

    def offer_zones(self, number: str, typed: str, *, viewer: str) -> list[Json]:
        """Return the options of the time zone menu, the likely ones first."""
        own = locale_for_user(viewer, store=self.store, locale=self.locale).zone.key
        likely = [self.zone_of(number).key, *time_zones_of(number), self.locale.zone.key, own]
        return zone_options(likely, zone_names(), typed, now=self.clock.now())

    def shown(self, form: TextForm, chosen: ChosenTime) -> SendTime:
        """Return what the form shows for a chosen time."""
        zone, now = self.zone_of(form.number, chosen.zone), self.clock.now()
        opened_at = form.opened_at or now
        return SendTime(chosen, zone, opened_at, now, moment_of(chosen, opened_at, zone))

    def moment(self, form: TextForm, chosen: ChosenTime) -> float | None:
        """Return the chosen moment (unix seconds); None means now, or an incomplete choice."""
        return self.shown(form, chosen).send_at

    def find_problem(self, form: TextForm, chosen: ChosenTime) -> dict[str, str]:
        """Return what is wrong with a chosen time, by block ID."""
        if chosen.when == NOW:
            return {}
        time = self.shown(form, chosen)
        if time.send_at is None:
            missing = DAY if not chosen.day else MINUTE
            words = "Choose a date." if missing == DAY else "Choose a time, such as 9:00 AM."
            return {f"{missing}:{form.filled}": words}
        field = f"{DAY if chosen.when == OTHER else WHEN}:{form.filled}"
        if time.send_at <= time.now:
            local = local_time(time.now, time.zone)
            return {
                field: f"This time has passed. It's {local} in {place_of(time.zone)}. Choose a"
                " later time, or send now."
            }
        if time.send_at > time.now + MAX_DAYS_AHEAD * DAY_SECONDS:
            return {field: f"Choose a time within the next {MAX_DAYS_AHEAD} days."}
        if self._is_after_whatsapp_window(form.number, time.send_at):
            closes = local_time(self.policy.whatsapp_closes_at(form.number), time.zone)
            return {field: f"WhatsApp allows replies only until {closes} there."}
        return {}

    def greeting_for(self, form: TextForm, chosen: ChosenTime) -> str:
        """Return the greeting for the recipient's local hour when the text arrives."""
        time = self.shown(form, chosen)
        return greeting(time.now if time.send_at is None else time.send_at, time.zone)

    def greeting_now(self, number: str) -> str:
        """Return the greeting for the local hour of a number (E.164)."""
        return greeting(self.clock.now(), self.zone_of(number))

    def _is_after_whatsapp_window(self, number: str, at: float) -> bool:
        is_on_whatsapp = self.policy.platform_for(number) is Platform.WHATSAPP
        return is_on_whatsapp and at >= self.policy.whatsapp_closes_at(number)

    def why_not_now(self, queued: Queued) -> str | None:  # noqa: PLR0911 (a line for each reason)
        """Return why a text must not be sent any more, or None.

        What was checked when it was scheduled, or queued automatically, may have changed since. One
        that repeats another isn't sent if that other was.
        """
        draft, now = queued.draft, self.clock.now()
        if draft.slack_user is None:
            return self._why_not_automatically(queued, now)
        if self.store.send_queue.was_resent(draft.text_id):
            return REPEATED
        if draft.send_at is None:
            return None
        if is_too_late(now, draft.send_at, self.zone_of(draft.number, draft.zone or "")):
            return TOO_LATE
        if draft.company_number and draft.company_number not in self.policy.company_numbers():
            return NUMBER_GIVEN_UP
        if self.store.scheduled_texts.has_left_contact(draft.text_id):
            return NUMBER_MOVED
        if self.store.scheduled_texts.was_sent_elsewhere(draft.text_id):
            return SENT_ELSEWHERE
        is_closed = now >= self.policy.whatsapp_closes_at(draft.number)
        if draft.platform is Platform.WHATSAPP and is_closed:
            return WINDOW_CLOSED
        return self.policy.blocked_because(draft.number, draft.platform)

    def _why_not_automatically(self, queued: Queued, now: float) -> str | None:
        """Return why an automatic text must not be sent any more, or None.

        It may have waited for Vocatech's limit, or for an outage to end.
        """
        draft, since = queued.draft, queued.written_at
        if call := self.store.calls.find(draft.call_id) if draft.call_id else None:
            if is_handled(call, self.store, but=draft.text_id):
                return HANDLED
            since = ended_at(call, since)
        is_open = self.business_hours.include(now, self.locale.zone)
        return None if is_open and now - since <= MAX_AUTOMATIC_AGE else TOO_LATE
