"""The company's time zone, which may become known while the app runs."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.clock import CompanyZone, zone_names
from bot.sandbox.http import Fault
from tests.conftest import wait_for

pytestmark = pytest.mark.first_sync

ZONES = st.sampled_from(sorted(zone_names()))


@given(name=ZONES, moment=st.integers(0, 2**32), minutes=st.integers(0, 1439))
def test_company_zone_equals_the_zone_that_it_became(name, moment, minutes):
    zone, same = CompanyZone.named("UTC"), ZoneInfo(name)
    zone.become(name)
    assert (zone.key, str(zone)) == (name, name)
    shown, wanted = (datetime.fromtimestamp(moment, one) for one in (zone, same))
    assert shown.replace(tzinfo=None) == wanted.replace(tzinfo=None)
    assert (shown.fold, shown.tzname(), shown.dst()) == (wanted.fold, wanted.tzname(), wanted.dst())
    local = datetime.combine(wanted.date(), datetime.min.time()) + timedelta(minutes=minutes)
    assert local.replace(tzinfo=zone).timestamp() == local.replace(tzinfo=same).timestamp()
    assert shown.astimezone(UTC) == wanted.astimezone(UTC)


def test_companies_have_zones_of_their_own():
    one, other = CompanyZone.named("UTC"), CompanyZone.named("UTC")
    one.become("Asia/Tokyo")
    assert (one.key, other.key) == ("Asia/Tokyo", "UTC")


@pytest.fixture
def unset(start_bot, monkeypatch):
    """Return a function that starts the app without TIMEZONE."""
    return lambda: start_bot(timezone=None)


def zone_of(bot):
    return bot.bot.services.zone.key


def test_unset_time_zone_is_the_one_in_vocatech(unset, vocatech):
    bot = unset()
    wait_for(lambda: zone_of(bot) == vocatech.company.time_zone)
    assert bot.bot.services.locale.zone.key == vocatech.company.time_zone


def test_time_zone_from_vocatech_is_kept_while_vocatech_is_away(unset, vocatech):
    first = unset()
    wait_for(lambda: zone_of(first) == vocatech.company.time_zone)
    first.bot.stop()
    vocatech.faults.add(Fault(path="/settings", status=503))
    assert zone_of(unset()) == vocatech.company.time_zone


def test_set_time_zone_wins_over_vocatech(start_bot, vocatech):
    bot = start_bot(timezone="Asia/Tokyo")
    wait_for(bot.store.people.company)
    assert zone_of(bot) == "Asia/Tokyo"


def test_unset_time_zone_is_utc_without_vocatech(unset, vocatech):
    vocatech.faults.add(Fault(path="/settings", status=404))
    bot = unset()
    wait_for(lambda: bot.store.key_values.moment("people looked at"))
    assert zone_of(bot) == "UTC"
