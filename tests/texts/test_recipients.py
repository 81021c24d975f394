"""Who can be texted, end to end: evidence comes before numbering tables."""

import time

import pytest

from bot.models.contacts import Contact
from tests.conftest import CHANNEL, after_sync, wait_for
from tests.texts.test_texts import (
    ANA,
    MONDAY_NOON,
    ended,
    lines_of,
    open_modal,
    says,
    send,
    sent,
    text_back,
    thread_of,
)

# Not about rate limits.
pytestmark = pytest.mark.any_rate
__all__ = ["text_back"]  # a fixture


@pytest.mark.parametrize(
    "number", ["+16795550123", "+17295550123", "+442079460123", "+551187654321", "+541166773399"]
)
def test_reply_to_a_number_that_the_tables_refuse_is_sent(bot, slack, vocatech, number):
    wait_for(bot.store.people.company)
    vocatech.receive_text(number, "Is my order ready?")
    wait_for(lambda: says(slack, "Is my order ready?", number=number))
    view = open_modal(slack, thread_of(slack, number)[0], "reply_to_text")
    slack.type_in_view(ANA, view["id"], "type_reply", "Yes.")
    send(slack, view)
    wait_for(lambda: sent(vocatech, number) == ["Yes."])


def test_mexican_mobiles_are_one_person_with_and_without_the_1(bot, slack, vocatech):
    number = "+525512345678"
    for written, words in (("+5215512345678", "Hola"), (number, "Otra vez")):
        vocatech.receive_text(written, words)
        wait_for(lambda words=words: says(slack, words, number=number))
    assert len(lines_of(slack, number)) == 2


def test_opt_out_holds_with_and_without_the_9_of_a_mobile(bot, slack, vocatech):
    wait_for(bot.store.people.company)
    pairs = [("+5491141234567", "+541141234567"), ("+551187654321", "+5511987654321")]
    for number, other in pairs:
        vocatech.receive_text(other, "Hola")
        wait_for(lambda other=other: says(slack, "Hola", number=other))
        vocatech.receive_text(number, "STOP")
        wait_for(lambda other=other: "Reply via SMS" not in str(thread_of(slack, other)[0]))
        slack.type_command(ANA, CHANNEL, "/sms", f"{other} Hola")
        view = wait_for(lambda: slack.open_view(ANA))
        assert not view.get("submit")
        assert "opted out" in str(view)
        slack.close_view(ANA, view["id"])
    assert bot.store.opt_outs.count() == len(bot.store.opt_outs.all()) == len(pairs)
    stopped_at = int(time.time())
    wait_for(lambda: int(time.time()) > stopped_at)  # Vocatech's times are whole seconds
    for number, other in pairs:
        vocatech.receive_text(other, "START")
        wait_for(lambda number=number: bot.store.opt_outs.of(number) is None)
        wait_for(lambda other=other: "Reply via SMS" in str(thread_of(slack, other)[0]))


@pytest.mark.parametrize("number", ["+18765550123", "+18095550123", "+16045550123", "+19005550123"])
def test_sms_to_another_country_of_the_same_code_is_refused(bot, slack, vocatech, number):
    wait_for(bot.store.people.company)
    slack.type_command(ANA, CHANNEL, "/sms", f"{number} Hello")
    view = wait_for(lambda: slack.open_view(ANA))
    assert not view.get("submit")
    assert "premium-rate" in str(view) or "International texting" in str(view)
    assert sent(vocatech, number) == []


@pytest.mark.parametrize(
    ("number", "is_texted"),
    [
        *(("+18765550123", False), ("+16045550123", False), ("+19005550123", False)),
        *(("+16795550123", True), ("+12125550142", True)),
    ],
)
def test_automatic_text_obeys_the_same_limits(text_back, number, is_texted):
    at, store = text_back
    store.calls.save(ended("c1", MONDAY_NOON, number=number), now=MONDAY_NOON)
    assert bool(at(MONDAY_NOON + 90)) is is_texted


def test_form_says_that_the_contact_opted_out_with_another_number(bot, slack, vocatech):
    wait_for(bot.store.people.company)
    wait_for(bot.store.contacts.count)
    first, second, shared = "+12125550151", "+12125550152", "+12125550153"
    for n, numbers in enumerate([(first, second, shared), (shared,)]):
        bot.store.contacts.save(Contact(990 + n, {"Name": f"Zed{n}"}, numbers), now=after_sync())
    said = "This contact opted out with another of their phone numbers."
    assert said not in form_for(slack, second)
    vocatech.receive_text(first, "STOP")
    wait_for(lambda: bot.store.opt_outs.of(first))
    assert said in form_for(slack, second)
    # The opt-out itself is shown instead, and others have this number, too.
    assert said not in form_for(slack, first)
    assert said not in form_for(slack, shared)


def form_for(slack, number):
    slack.views.close_all(ANA)
    slack.type_command(ANA, CHANNEL, "/sms", f"{number} hello")
    return str(wait_for(lambda: slack.open_view(ANA)))
