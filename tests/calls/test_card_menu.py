"""The menu "More" of call cards, and the menus of cards posted by older versions."""

import json
import re
from dataclasses import replace

import pytest

from bot.calls.card_context import NO_CONTEXT
from bot.calls.card_menu import ENTRIES, MAX_ID, card_menu
from bot.calls.claim_section import ClaimSection
from bot.sandbox.gallery.fixtures import MISSED
from bot.sandbox.slack.workspace import ADMIN, ANA, BEN
from tests.conftest import CHANNEL, wait_for
from tests.support.webhooks import ended, send

CLAIMED = replace(NO_CONTEXT, callback=ClaimSection(is_open=True, owner="Ana Torres"))


@pytest.fixture
def bot(start_bot):
    started = start_bot(slack_admins=ADMIN)
    wait_for(lambda: started.store.slack_people.find(BEN))
    return started


def shown(call, shown_with, *, in_channel):
    return {
        group["label"]["text"]: [one["text"]["text"] for one in group["options"]]
        for menu in card_menu(call, shown_with, in_channel=in_channel)
        for group in menu["option_groups"]
    }


def test_menu_shows_only_entries_that_apply_in_groups():
    in_channel = shown(MISSED, CLAIMED, in_channel=True)
    assert in_channel["This call"][-2:] == ["Reassign…", "Release"]
    assert in_channel["This channel"] == ["Why is this here?", "Mute this channel…"]
    assert "Release" not in str(shown(MISSED, NO_CONTEXT, in_channel=True))
    assert "This channel" not in shown(MISSED, CLAIMED, in_channel=False)


def test_values_of_entries_fit_an_option():
    assert len({entry.key for entry in ENTRIES}) == len(ENTRIES)
    assert all(re.fullmatch(r"[a-z_]{1,9}", entry.key) for entry in ENTRIES)
    assert not card_menu(replace(MISSED, call_id="c" * (MAX_ID + 1)), CLAIMED, in_channel=True)


@pytest.mark.parametrize("old", ["call_menu", "claim_menu"])
def test_menus_of_older_cards_still_work(bot, slack, old):
    send(bot.url, ended("c", status="missed", remote_number="+12125550142"))
    card = wait_for(lambda: slack.messages(CHANNEL))[-1]
    payload = {
        "type": "block_actions",
        "user": {"id": ANA, "team_id": "T0TEAM001"},
        "team": {"id": "T0TEAM001"},
        "channel": {"id": CHANNEL},
        "container": {"type": "message", "channel_id": CHANNEL, "message_ts": card["ts"]},
        "trigger_id": slack.new_trigger(ANA),
        "actions": [
            {
                "type": "overflow",
                "action_id": old,
                "block_id": "b",
                "selected_option": {"value": "why c"},
            }
        ],
    }
    assert slack.sender.interact(payload).status == 200
    assert "No rule matched" in json.dumps(wait_for(lambda: slack.open_view(ANA)))


def test_menu_can_be_used_again_after_a_choice(bot, slack):
    send(bot.url, ended("c", status="missed", remote_number="+12125550142"))
    card = wait_for(lambda: slack.messages(CHANNEL))[-1]

    def menu_block():
        [block] = [one for one in slack.messages(CHANNEL)[-1]["blocks"] if one["type"] == "actions"]
        return block["block_id"]

    before = menu_block()
    slack.click(ANA, CHANNEL, card["ts"], "card_menu", "why c")
    wait_for(lambda: menu_block() != before)
    after = menu_block()
    slack.views.close_all(ANA)
    slack.click(ANA, CHANNEL, card["ts"], "card_menu", "why c")
    wait_for(lambda: menu_block() not in {before, after})


def test_menu_in_a_call_modal_can_be_used_again_after_a_choice(bot, slack):
    send(bot.url, ended("c", status="missed", remote_number="+12125550142"))
    wait_for(lambda: slack.messages(CHANNEL))
    slack.type_command(ANA, CHANNEL, "/calls", "212 555 0142")
    listed = [one for one in slack.messages(CHANNEL) if one.get("is_ephemeral")][-1]
    slack.click(ANA, CHANNEL, listed["ts"], "open_call", "c")

    def modal():
        view = slack.open_view(ANA)
        return view if view and view["callback_id"] == "call" else None

    def menu_block():
        [found] = [one for one in modal()["blocks"] if "card_menu" in str(one)]
        return found["block_id"]

    view_id = wait_for(modal)["id"]
    for _ in range(2):
        before = menu_block()
        slack.click_in_view(ANA, view_id, "card_menu", "note c")
        wait_for(lambda: slack.open_view(ANA)["callback_id"] == "save_note")
        slack.views.close(ANA)
        wait_for(lambda before=before: menu_block() != before)
