"""Slow forms: the outcome comes after Slack's answer and holds no listener."""

import time

import pytest

from bot.sandbox.slack.workspace import ANA
from bot.slack import slow_forms
from bot.ui.blocks import words_modal
from tests.conftest import wait_for

pytestmark = pytest.mark.any_rate


def test_an_early_outcome_waits_for_slack_without_holding_the_listener(
    start_bot, slack, monkeypatch
):
    forms = start_bot().bot.services.slow_forms
    view = slack.views.show(ANA, words_modal("Form", "Send me."))
    answers = []
    monkeypatch.setattr(slow_forms, "SECONDS_FOR_SLACK", 3.0)
    began = time.monotonic()
    form = forms.begin(
        lambda **answer: answers.append(answer),
        {"view": {"id": view["id"]}, "user": {"id": ANA}},
        "token",
        progress=words_modal("Saving…", "Wait."),
        repeated=words_modal("Again", "Already submitted."),
    )
    forms.finish(form, words_modal("Done", "Saved."), "Saved.")
    assert "Saved." not in str(slack.open_view(ANA))
    wait_for(lambda: "Saved." in str(slack.open_view(ANA)))
    assert time.monotonic() - began >= 3.0
    assert [one["response_action"] for one in answers] == ["update"]


def test_closing_waits_for_outcomes_that_are_still_to_be_shown(start_bot, slack, monkeypatch):
    forms = start_bot().bot.services.slow_forms
    view = slack.views.show(ANA, words_modal("Form", "Send me."))
    monkeypatch.setattr(slow_forms, "SECONDS_FOR_SLACK", 0.5)
    form = slow_forms.SlowForm(view["id"], ANA, time.monotonic())
    forms.finish(form, words_modal("Done", "Saved."), "Saved.")
    forms.close()
    assert "Saved." in str(slack.open_view(ANA))
