"""Examples of calls: cards, lists, modals, and transcripts."""

from dataclasses import replace
from datetime import date
from typing import Any

from bot.calls.card import render_call_card, render_moved_call
from bot.calls.card_context import NO_CONTEXT, CardContext
from bot.calls.messages import (
    CallList,
    UnknownName,
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
from bot.models.customers.timeline import CallerHistory
from bot.models.rules import Conditions, How, Why
from bot.rules.messages import render_alert
from bot.rules.words import render_why_modal
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.ui.message import Message

TODAY = date(2026, 11, 23)
WHY = Why(How.RULE, "Angry customers", Conditions(sentiments=("negative",), outcomes=("missed",)))
FOUND = Snippet(is_summary=False, text=f"about the {HIT}delivery date{END_OF_HIT} of the kitchen")


QUOTED = ('"delivery"', '"delivery"')


def _card(name: str, when: str, call: Call, shown_with: CardContext = NO_CONTEXT) -> Example:
    def make() -> Message:
        return render_call_card(call, locale=LOCALE, shown_with=shown_with, in_channel=True)

    return Example(name, when, make)


def _list(calls: tuple[Call, ...], **more: Any) -> CallList:
    shown = [(call, ()) for call in calls]
    return CallList("Calls of this week", "week", TODAY, shown, **more)


CARDS = Group(
    "Call cards",
    (
        _card(
            "Ringing call",
            "While it rings, if POST_RINGING is on. The same message is edited later.",
            replace(facts.MISSED, outcome=Outcome.RINGING, seconds=None),
        ),
        _card(
            "Call in progress",
            "As soon as it is answered.",
            replace(facts.CALL, outcome=Outcome.IN_PROGRESS, seconds=None, summary=None,
                    transcript=None, sentiment=None),
            CardContext(has_contact=True),
        ),
        _card(
            "Answered call",
            "After it has ended and Vocatech has sent its summary.",
            facts.CALL,
            facts.ANSWERED,
        ),
        Example(
            "Answered call with a mention",
            "If the person who answered wants mentions.",
            lambda: render_call_card(
                facts.CALL, locale=LOCALE, mention=facts.ANA, shown_with=facts.ANSWERED
            ),
        ),
        Example("Call of another channel", "If its number or extension was reported late.",
                lambda: render_moved_call("c1")),
        _card("Call with an outcome", "After Ben chose an outcome on the card.", facts.CALL,
              facts.WITH_OUTCOME),
        _card("Missed call, not a customer", "After Ben chose Not a customer in the More menu.",
              facts.MISSED, replace(facts.OPEN, has_contact=False, screened=facts.SUPPLIER,
                                    screened_by="Ben Whitaker")),
        _card("Missed call, spam", "After Ben marked the number as spam.", facts.MISSED,
              facts.SPAMMED),
        _card("Transferred call", "If several people talked.", facts.TRANSFERRED, facts.ANSWERED),
        _card("Missed call", "When no one answered, and no one has claimed it.", facts.MISSED,
              facts.OPEN),
        _card("Missed call, claimed", "After Ben clicked Claim.", facts.MISSED, facts.CLAIMED),
        _card("Missed call, called back without answer", "After an unanswered callback.",
              facts.MISSED, facts.TRIED),
        _card("Missed call, called back", "After a colleague talked with the caller.",
              facts.MISSED, facts.DONE),
        _card(
            "Missed call, answered by SMS",
            "After Ana wrote to the caller from the card.",
            facts.MISSED,
            replace(facts.CLAIMED, reply=facts.TEXT_OUT, reply_by="Ana Torres"),
        ),
        _card(
            "Missed call, opted out",
            "After the caller replied STOP.",
            facts.MISSED,
            replace(facts.OPEN, is_opted_out=True),
        ),
        _card(
            "Caller who called before",
            "How often they called this week, and the last conversation.",
            facts.MISSED,
            replace(facts.OPEN, history=CallerHistory(3, "Ana Torres", facts.NOW - 86_400)),
        ),
        _card("Voicemail", "When a missed caller left a message.", facts.VOICEMAIL, facts.OPEN),
        _card("Outgoing call", "Found by polling.", facts.OUTGOING, facts.ANSWERED),
        _card("Outgoing call, not answered", "No one picked up.",
              replace(facts.MISSED, direction=Direction.OUTGOING, outcome=Outcome.UNANSWERED)),
        _card("Internal call", "Between two colleagues.",
              replace(facts.CALL, direction=Direction.INTERNAL, remote_name="Ben Whitaker",
                      remote_number="102", summary=None)),
        _card("Unknown number", "The caller withheld the number.", facts.UNKNOWN, facts.OPEN),
        _card("Number from abroad", "With its country code.", facts.ABROAD),
        _card("The longest call card", "All texts at their limits.", facts.LONGEST),
        _card("Hostile text", "Names and summaries are never read as markup.",
              facts.HOSTILE_CALL),
        Example(
            "Call card that may be a duplicate",
            "If Slack lost an answer and its history can't be read.",
            lambda: render_call_card(facts.CALL, locale=LOCALE, may_be_a_repeat=True),
        ),
        Example(
            "Call card in a shared channel",
            "In a channel shared with another company, unless an admin changes it.",
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
        Example("The longest transcript", "In pages.",
                lambda: render_transcript_modal(facts.LONGEST, locale=LOCALE, page=1)),
        Example("Transcript that was deleted", "If the call is no longer stored.",
                render_missing_modal),
        Example("Transcript that isn't shown", "In a channel without transcripts.",
                render_not_shown_modal),
        Example("Why is this here?", "From a card's menu, if a rule matched.",
                lambda: render_why_modal(WHY, locale=LOCALE)),
        Example("Why is this here? No rule", "If no rule matched.",
                lambda: render_why_modal(Why(How.FALLBACK), locale=LOCALE)),
        Example("Mention by a rule", "In the thread of a card.",
                lambda: render_alert("n", facts.MISSED, WHY, slack_user=facts.BEN, locale=LOCALE)),
    ),
)  # fmt: skip

LISTS = Group(
    "Answers to /calls",
    (
        Example("Calls", "After /calls.",
                lambda: render_call_list(
                    _list((facts.MISSED, facts.VOICEMAIL, facts.CALL, facts.OUTGOING),
                          total="467 calls", pages=59, has_more=True,
                          states={"call-2": "Claimed by Ben Whitaker",
                                  "call-3": "Unclaimed"}),
                    locale=LOCALE)),
        Example("Calls with words that were said", 'After /calls week "delivery date".',
                lambda: render_call_list(
                    replace(_list((facts.CALL,), total="1 call"), calls=[(facts.CALL, [FOUND])]),
                    locale=LOCALE)),
        Example("The longest list of calls", "Eight calls, all texts at their limits.",
                lambda: render_call_list(
                    _list((facts.LONGEST,) * 8, page=3, has_more=True, total="1,000 calls",
                          notes=("Older calls are at Vocatech.",)), locale=LOCALE)),
        Example("No results", "If no call matches.",
                lambda: render_call_list(
                    _list((), tip="Try a wider date range, such as /calls month."), locale=LOCALE)),
        Example("Name that no one has", "After /calls delivery.",
                lambda: render_call_list(
                    _list((), unknown=UnknownName("delivery", 52, *QUOTED)), locale=LOCALE)),
        Example("Days are missing", "If Vocatech refuses the API key during a search.",
                lambda: render_call_list(
                    _list((), failures=(
                        "Vocatech rejected the API key. Some days are missing from this list.",
                    )), locale=LOCALE)),
        Example("Not linked", "After /calls mine, without a linked extension.",
                lambda: render_not_linked(NotLinked(None, has_no_extension=False))),
        Example("Colleague not linked", "After /calls @Ben, if Ben has no extension.",
                lambda: render_not_linked(NotLinked("Ben Whitaker", has_no_extension=True))),
        Example("Plain answer", "If a sentence is the whole answer.",
                lambda: render_words("2026-13-45 isn't a date. For example: /calls 2026-11-20")),
    ),
)  # fmt: skip
