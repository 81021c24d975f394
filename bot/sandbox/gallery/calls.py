"""Owns the examples about calls: cards through a call's life, lists, modals and transcripts."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.calls.card import NO_CONTEXT, CardContext, render_call_card
from bot.calls.messages import (
    CallList,
    render_call_list,
    render_not_linked,
    render_words,
)
from bot.calls.modals import (
    render_call_modal,
    render_missing_modal,
    render_not_shown_modal,
    render_transcript_modal,
    say_shared,
)
from bot.channels.masking import fit
from bot.errors import NotLinked
from bot.models.calls import END_OF_HIT, HIT, Call, Direction, Outcome, Snippet
from bot.models.channels import FOR_OUTSIDERS
from bot.models.rules import Conditions, How, Why
from bot.rules.messages import render_alert
from bot.rules.words import render_why_modal
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.ui.message import Message

TODAY = date(2026, 11, 23)
WHY = Why(How.RULE, "Angry customers", Conditions(sentiments=("negative",), outcomes=("missed",)))
FOUND = Snippet(is_summary=False, text=f"about the {HIT}delivery date{END_OF_HIT} of the kitchen")


def _card(name: str, when: str, call: Call, shown_with: CardContext = NO_CONTEXT) -> Example:
    def make() -> Message:
        return render_call_card(call, locale=LOCALE, shown_with=shown_with, has_menu=True)

    return Example(name, when, make)


def _list(calls: tuple[Call, ...], **more: Any) -> CallList:
    shown = [(call, ()) for call in calls]
    return CallList("Calls of this week", "week", TODAY, shown, **more)


CARDS = Group(
    "Call cards",
    (
        _card(
            "Ringing call",
            "While it rings, where POST_RINGING is on. The same message becomes all that follows.",
            replace(facts.MISSED, outcome=Outcome.RINGING, seconds=None),
        ),
        _card(
            "Call going on",
            "As soon as somebody picks up.",
            replace(facts.CALL, outcome=Outcome.IN_PROGRESS, seconds=None, summary=None,
                    transcript=None, sentiment=None),
            CardContext(has_contact=True),
        ),
        _card(
            "Answered call",
            "Once it is over and Vocatech has sent its summary.",
            facts.CALL,
            CardContext(has_contact=True),
        ),
        Example(
            "Answered call with a mention",
            "Where whoever took it wants to be mentioned.",
            lambda: render_call_card(facts.CALL, locale=LOCALE, mention=facts.ANA),
        ),
        _card("Transferred call", "Where several people talked.", facts.TRANSFERRED),
        _card("Missed call", "When nobody picked up. Nobody has taken it yet.", facts.MISSED,
              facts.OPEN),
        _card("Missed call, claimed", "After Ben pressed Claim.", facts.MISSED, facts.CLAIMED),
        _card("Missed call, tried in vain", "After a call back that nobody took.", facts.MISSED,
              facts.TRIED),
        _card("Missed call, done", "After somebody talked with them.", facts.MISSED, facts.DONE),
        _card(
            "Missed call, answered by a text",
            "After Ana wrote to the caller from the card.",
            facts.MISSED,
            replace(facts.CLAIMED, reply=facts.TEXT_OUT, reply_by="Ana Torres"),
        ),
        _card(
            "Missed call of somebody who wants no texts",
            "After they wrote STOP.",
            facts.MISSED,
            replace(facts.OPEN, is_opted_out=True),
        ),
        _card("Voicemail", "When a missed caller left a message.", facts.VOICEMAIL, facts.OPEN),
        _card("Outgoing call", "Calls that we made are found by asking.", facts.OUTGOING),
        _card("Outgoing call, not picked up", "They did not answer.",
              replace(facts.MISSED, direction=Direction.OUTGOING, outcome=Outcome.UNANSWERED)),
        _card("Internal call", "Among ourselves.",
              replace(facts.CALL, direction=Direction.INTERNAL, remote_name="Ben Whitaker",
                      remote_number="102", summary=None)),
        _card("Unknown number", "The caller hid the number.", facts.UNKNOWN, facts.OPEN),
        _card("Number from abroad", "It keeps its country code.", facts.ABROAD),
        _card("The longest call card", "Everything as long as it can be.", facts.LONGEST),
        _card("Hostile words", "Names and summaries from outside never come alive.",
              facts.HOSTILE_CALL),
        Example(
            "Call card that may be a repeat",
            "Only where Slack lost an answer and its history may not be read.",
            lambda: render_call_card(facts.CALL, locale=LOCALE, may_be_a_repeat=True),
        ),
        Example(
            "Call card where outsiders read",
            "In a channel that is shared with another company, unless an admin decides otherwise.",
            lambda: fit(render_call_card(FOR_OUTSIDERS.of(facts.CALL), locale=LOCALE),
                        FOR_OUTSIDERS),
        ),
    ),
)  # fmt: skip

AROUND_CALLS = Group(
    "Around calls",
    (
        Example("Call", "After Open in a list of calls; it can be shared to the channel.",
                lambda: render_call_modal(facts.CALL, locale=LOCALE, channel=facts.SALES)),
        Example("Call, shared", "After Share.",
                lambda: render_call_modal(facts.CALL, locale=LOCALE,
                                          said=say_shared(facts.SALES))),
        Example("Transcript", "After Transcript on a card.",
                lambda: render_transcript_modal(facts.CALL, locale=LOCALE)),
        Example("The longest transcript", "It is shown in pages.",
                lambda: render_transcript_modal(facts.LONGEST, locale=LOCALE, page=1)),
        Example("Transcript that is gone", "Where the call is older than what is kept.",
                render_missing_modal),
        Example("Transcript that is not shown", "After an old button, where outsiders read.",
                render_not_shown_modal),
        Example("Why is this here?", "From a card's menu, for a call that a rule caught.",
                lambda: render_why_modal(WHY, locale=LOCALE)),
        Example("Why is this here? No rule", "For a call that no rule caught.",
                lambda: render_why_modal(Why(How.FALLBACK), locale=LOCALE)),
        Example("Somebody is asked to look", "Under a card, where a rule names somebody.",
                lambda: render_alert("n", facts.MISSED, WHY, slack_user=facts.BEN, locale=LOCALE)),
    ),
)  # fmt: skip

LISTS = Group(
    "Answers to /calls",
    (
        Example("Calls", "After /calls; only the asker sees it.",
                lambda: render_call_list(
                    _list((facts.MISSED, facts.CALL, facts.OUTGOING), total="3 calls"),
                    locale=LOCALE)),
        Example("Calls with words that were said", 'After /calls week "delivery date".',
                lambda: render_call_list(
                    replace(_list((facts.CALL,), total="1 call"), calls=[(facts.CALL, [FOUND])]),
                    locale=LOCALE)),
        Example("The longest list of calls", "A page holds eight, with all that may stand there.",
                lambda: render_call_list(
                    _list((facts.LONGEST,) * 8, page=3, has_more=True, total="1,000 calls",
                          notes=("Older calls are at Vocatech.",)), locale=LOCALE)),
        Example("No call", "Where nothing was found.",
                lambda: render_call_list(_list(()), locale=LOCALE)),
        Example("Not linked", "After /calls mine, by somebody without an extension.",
                lambda: render_not_linked(NotLinked(None, has_no_extension=False))),
        Example("Plain words", "Whenever a sentence is the whole answer.",
                lambda: render_words("I did not understand “yesterdya”. Try /calls yesterday.")),
    ),
)  # fmt: skip
