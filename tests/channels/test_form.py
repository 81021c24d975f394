"""What is set for channels and for oneself: the admins' list and form, and one's own hours."""

import json
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.app import build
from bot.channels.modals import ChannelShown, render_channel_form, render_channel_list
from bot.channels.words import settings_in_words
from bot.models.channels import ChannelSettings, Mute, QuietHours, Visibility
from bot.models.people import Preference
from bot.people.modals import render_settings_modal
from bot.sandbox.block_kit.check import check_view
from bot.sandbox.slack.payloads import state_of
from bot.sandbox.slack.workspace import ADMIN, ANA, FakeSlack
from bot.sandbox.vocatech.company_phone import FakeVocatech
from bot.slack.manifest import SCOPES
from bot.ui.formatting import Locale
from tests.conftest import QUICK, RunningBot, settings_for, wait_for
from tests.support.views import open_view_with

SALES, SHOP, PRIVATE = "C0SALES001", "C0SHOP0001", "C0PRIVATE1"
NIGHT = QuietHours("Europe/Berlin", 18 * 60, 8 * 60, (5, 6))
USUAL = ChannelSettings(SHOP)
SET = ChannelSettings(SHOP, NIGHT, 20, Visibility(transcript=False))


@pytest.fixture(scope="module")
def slack():
    with FakeSlack(scopes=frozenset(SCOPES)) as stand_in:
        stand_in.add_channel(SALES, "sales", member=False)
        stand_in.add_channel(SHOP, "shop")
        stand_in.add_channel(PRIVATE, "private", private=True, member=False)
        yield stand_in


@pytest.fixture(scope="module")
def running(slack, tmp_path_factory):
    folder = tmp_path_factory.mktemp("channels")
    with FakeVocatech() as vocatech:
        zone = {"timezone": "America/New_York"}
        settings = settings_for(slack, vocatech, folder, slack_admins=ADMIN, **zone)
        bot = build(settings, timing=QUICK)
        bot.start()
        one = RunningBot(bot)
        slack.connect(one.url)
        wait_for(lambda: one.store.slack_people.find(ANA) and one.store.people.all())
        yield one
        one.http.close()
        bot.stop()


@pytest.fixture
def bot(running, slack):
    """The one bot, with nothing set and an empty audit."""
    for table in ("audit", "channel_settings", "mutes", "preferences"):
        running.store.database.write(lambda db, name=table: db.execute(f"delete from {name}"))
    for user in (ANA, ADMIN):
        slack.views.close_all(user)
    return running


def open_list(slack):
    slack.views.close_all(ADMIN)
    slack.send_event({"type": "app_home_opened", "user": ADMIN, "channel": "D1", "tab": "home"})
    home = wait_for(lambda: slack.home_view(ADMIN))
    press(slack, home, "show_channels")
    return open_view_with(slack, ADMIN, "Channels")


def press(slack, view, action, value=None):
    answer = slack.click_in_view(ADMIN, view["id"], action, value)
    assert (answer.status, answer.problem) == (200, "")


def new_form(slack):
    press(slack, open_list(slack), "set_up_channel")
    return open_view_with(slack, ADMIN, "Set up channel", "Time zone")


def do(slack, view, deed, channel):
    menu = {"action_id": "channel_menu", "block_id": f"channel_{channel}"}
    press(slack, view, {**menu, "value": f"{deed} {channel}"})


def edit_form(slack, channel=SHOP):
    do(slack, open_list(slack), "edit", channel)
    return open_view_with(slack, ADMIN, "Edit channel")


def filled(fields):
    return {name: {name: value} for name, value in fields.items()}


def save(slack, view, **fields):
    answer = slack.submit_view(ADMIN, view["id"], filled(fields))
    assert (answer.status, answer.problem) == (200, "")
    return answer


def deeds(bot):
    return [(one.slack_user, one.what, one.detail) for one in bot.store.audit.latest()][::-1]


def home_of(slack, *words):
    def find():
        slack.send_event({"type": "app_home_opened", "user": ADMIN, "channel": "D1", "tab": "home"})
        home = slack.home_view(ADMIN)
        return home and all(word in json.dumps(home) for word in words)

    wait_for(find)


# Set by admins


def test_channel_settings_are_created_edited_and_reset(bot, slack):
    home_of(slack, "All channels use the default settings.")
    answer = save(
        slack, new_form(slack), channel=SALES, quiet_from="18:00", quiet_until="08:00",
        quiet_days=["5", "6"], zone="berlin", most="20", who="own",
        shown=["summary", "whole_numbers"],
    )  # fmt: skip
    assert answer.body == ""
    words = "Quiet from 6:00 PM to 8:00 AM, and all day on Saturday and Sunday (Europe/Berlin)"
    open_view_with(
        slack, ADMIN, "Channel settings saved", words, "20 cards per minute", "no transcript"
    )
    wanted = ChannelSettings(SALES, NIGHT, 20, Visibility(transcript=False))
    assert bot.store.channels.of(SALES) == wanted
    home_of(slack, "1 with own settings")
    view = edit_form(slack, SALES)
    assert f'"channel_id": "{SALES}"' in json.dumps(view)
    assert save(slack, view, quiet_from=None, quiet_until=None).body == ""
    open_view_with(slack, ADMIN, "Channel settings saved")
    night_off = QuietHours("Europe/Berlin", days=(5, 6))
    assert bot.store.channels.of(SALES) == ChannelSettings(
        SALES, night_off, 20, Visibility(transcript=False)
    )
    do(slack, open_list(slack), "usual", SALES)
    open_view_with(slack, ADMIN, "default settings again", "No channel settings")
    assert bot.store.channels.all() == []
    assert [(who, what) for who, what, _ in deeds(bot)] == [(ADMIN, "channel set up")] * 3
    assert words in deeds(bot)[0][2]
    assert deeds(bot)[2][2] == f"{SALES}: defaults"


def test_settings_that_another_admin_changed_are_not_reset(bot, slack):
    bot.store.channels.set(ChannelSettings(SALES, NIGHT, 20))
    view = open_list(slack)
    theirs = ChannelSettings(SALES, NIGHT, 30)
    bot.store.channels.set(theirs)
    do(slack, view, "usual", SALES)
    view = open_view_with(
        slack, ADMIN, "Someone changed this channel's settings a moment ago", "30 cards"
    )
    assert bot.store.channels.of(SALES) == theirs
    do(slack, view, "usual", SALES)
    open_view_with(slack, ADMIN, "default settings again")


def test_the_company_zone_and_default_visibility_apply_if_unset(bot, slack):
    save(slack, new_form(slack), channel=SHOP, quiet_days=["6"], zone=None)
    quiet = QuietHours("America/New_York", days=(6,))
    assert bot.store.channels.of(SHOP) == ChannelSettings(SHOP, quiet)


def test_the_list_opens_by_command_for_admins_only(bot, slack):
    slack.type_command(ADMIN, SHOP, "/vocatech", "channels")
    open_view_with(slack, ADMIN, "No channel settings or mutes yet")
    answer = slack.type_command(ANA, SHOP, "/vocatech", "channels")
    assert "Only admins can change channel settings" in json.dumps(answer.body)
    assert deeds(bot) == [(ANA, "not allowed: change channel settings", "")]


@pytest.mark.parametrize(
    ("fields", "field", "words"),
    [
        ({"quiet_from": "18:00"}, "quiet_until", "both times"),
        ({"quiet_until": "18:00"}, "quiet_from", "both times"),
        ({"quiet_from": "18:00", "quiet_until": "18:00"}, "quiet_until", "are the same"),
        ({"quiet_days": list("0123456")}, "quiet_days", "all the time"),
        ({"most": "5", "zone": "Europe/Berlinn"}, "zone", "Did you mean Europe/Berlin?"),
        ({"most": "5", "zone": "the <moon>"}, "zone", "Unknown time zone “the <moon>”."),
        ({"most": "61"}, "most", "limit is 60"),
        ({"most": "5", "shown": ["summary"]}, "shown", "needs “Only what is selected"),
        ({}, "quiet_from", "Change at least one setting"),
        ({"most": "5", "channel": PRIVATE}, "channel", "/invite @Vocatech"),
    ],
)
def test_form_errors_are_shown_at_their_fields(bot, slack, fields, field, words):
    answer = save(slack, new_form(slack), **{"channel": SHOP, **fields})
    assert words in answer["errors"][field]
    assert bot.store.channels.all() == []


def test_a_channel_with_settings_is_not_set_up_twice(bot, slack):
    view = new_form(slack)
    bot.store.channels.set(SET)
    assert "Edit it in the list" in save(slack, view, channel=SHOP, most="3")["errors"]["channel"]
    assert bot.store.channels.of(SHOP) == SET


def test_a_conflicting_edit_is_rejected(bot, slack):
    bot.store.channels.set(SET)
    view = edit_form(slack)
    other = ChannelSettings(SHOP, None, 5)
    bot.store.channels.set(other)
    assert "Someone changed" in save(slack, view, most="7")["errors"]["quiet_from"]
    assert bot.store.channels.of(SHOP) == other


def test_a_form_sent_twice_is_saved_once(bot, slack):
    bot.store.channels.set(SET)
    view = edit_form(slack)
    shown = {**view, "state": state_of(view, filled({"most": "7"}))}
    twice = {"type": "view_submission", "user": {"id": ADMIN}, "view": shown}
    with ThreadPoolExecutor(2) as pool:
        answers = list(pool.map(slack.sender.interact, [twice] * 2))
    assert [(one.status, one.body) for one in answers] == [(200, "")] * 2
    assert bot.store.channels.of(SHOP).most_a_minute == 7
    assert len(deeds(bot)) == 1


def test_muted_channels_are_listed_and_can_be_unmuted(bot, slack):
    until = time.time() + 3_600
    bot.store.mutes.begin(Mute(SHOP, until, ANA), token="m", now=time.time())
    home_of(slack, ":no_bell: 1 muted")
    view = open_list(slack)
    assert f"<!date^{int(until)}^" in json.dumps(view)
    assert f"by <@{ANA}>" in json.dumps(view)
    do(slack, view, "lift", SHOP)
    open_view_with(slack, ADMIN, "no longer muted", "No channel settings")
    assert bot.store.channels.mute(SHOP, now=time.time()) is None
    assert [what for _, what, _ in deeds(bot)] == ["channel muted", "mute lifted"]


def test_personal_settings_are_not_in_the_admin_list(bot, slack):
    direct = slack.direct_channel(ANA)
    bot.store.channels.set(ChannelSettings(direct, NIGHT))
    bot.store.channels.set_mute(Mute(direct, time.time() + 60, ANA))
    assert direct not in json.dumps(open_list(slack))


def test_the_channel_list_has_pages(bot, slack):
    for n in range(90):
        bot.store.channels.set(ChannelSettings(f"C{n:09}", most_a_minute=n % 60 + 1))
    view = open_list(slack)
    for page, first in ((2, 40), (3, 80), (2, 40)):
        press(slack, view, f"turn_channels_page:{page}")
        view = open_view_with(slack, ADMIN, f"C{first:09}")


# Personal settings


def own_settings(slack, user=ANA):
    slack.views.close_all(user)
    slack.type_command(user, SHOP, "/vocatech", "settings")
    return open_view_with(slack, user, "Your settings")


def save_own(slack, **fields):
    view = own_settings(slack)
    return view, slack.submit_view(ANA, view["id"], filled(fields))


def own(bot):
    return bot.store.channels.of(bot.store.preferences.of(ANA).channel)


def test_personal_quiet_hours_are_saved_in_the_users_zone(bot, slack):
    zone = bot.store.slack_people.find(ANA).zone
    view, answer = save_own(slack, quiet_from="17:30", quiet_until="09:00", quiet_days=["6"])
    assert f"In your time zone ({zone})" in json.dumps(view)
    assert answer.body == ""
    direct = slack.direct_channel(ANA)
    wait_for(lambda: bot.store.preferences.of(ANA).channel == direct)
    assert own(bot) == ChannelSettings(direct, QuietHours(zone, 17 * 60 + 30, 9 * 60, (6,)))
    assert bot.store.preferences.of(ANA).direct is None
    assert '"initial_time": "09:00"' in json.dumps(own_settings(slack))
    save_own(slack, direct=["direct"])
    assert bot.store.preferences.of(ANA).direct == direct
    assert own(bot).quiet is not None
    save_own(slack, quiet_from=None, quiet_until=None, quiet_days=[])
    assert own(bot).is_usual
    assert bot.store.preferences.of(ANA).direct == direct
    assert deeds(bot) == []


def test_invalid_personal_quiet_hours_are_rejected_at_the_field(bot, slack):
    _, answer = save_own(slack, quiet_from="17:30", mentions="never")
    assert "both times" in answer["errors"]["quiet_until"]
    assert bot.store.preferences.of(ANA) == Preference()


# Block Kit


days = st.lists(st.integers(0, 6), max_size=6, unique=True).map(tuple)
minutes = st.integers(0, 1439)
every_quiet = st.none() | st.builds(
    QuietHours, st.sampled_from(["UTC", "Asia/Kolkata"]), minutes, minutes, days
)
every_setting = st.builds(
    ChannelSettings,
    st.just(SHOP),
    every_quiet,
    st.integers(0, 60),
    st.none() | st.builds(Visibility, st.booleans(), st.booleans(), st.booleans()),
)


@given(every_setting, st.integers(0, 100), st.floats(0, 4e9))
def test_every_list_and_form_is_valid_block_kit(settings, many, until):
    for one in (settings, ChannelSettings("")):
        assert check_view(render_channel_form(one, zone="UTC", token="t")) == []
    quiet = settings.quiet
    own = render_settings_modal(Preference(), quiet, zone="UTC", is_linked=False, unmatched=1)
    assert check_view(own) == []
    mute = Mute(SHOP, until, ANA)
    listed = [ChannelShown(ChannelSettings(f"C{n}", settings.quiet), mute) for n in range(many)]
    for page in (1, 2):
        shown = render_channel_list(listed, locale=Locale(), page=page, notice="Done.")
        assert check_view(shown) == []
    assert all(line and "None" not in line for line in settings_in_words(settings))
