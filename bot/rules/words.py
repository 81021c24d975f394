"""Owns the words for rules: what they ask of a call, and why a call came where it is."""

from collections.abc import Sequence
from dataclasses import replace

from bot.models.channels import EVERYTHING, Visibility
from bot.models.rules import Conditions, How, Why
from bot.ui.blocks import Json, bullets, line, paragraph, person, rich, words_modal
from bot.ui.formatting import Locale, span
from bot.ui.mrkdwn import clean, name_of

EVERY_CALL = "every call"
_OUTCOMES = {
    "missed": "missed",
    "voicemail": "missed with voicemail",
    "answered": "answered",
    "unanswered": "ours, not picked up",
}


def conditions_in_words(when: Conditions, locale: Locale) -> list[str]:
    """Say what is asked of a call, one condition each; nothing where every call will do."""
    numbers = [locale.number(one) or one for one in when.callers]
    lines = [locale.number(one) or one for one in when.lines]
    found = [
        _any_of("", when.directions),
        _any_of("", [_OUTCOMES.get(one, one) for one in when.outcomes]),
        _any_of("for extension ", when.extensions),
        _any_of("on our number ", lines),
        _any_of("with ", numbers),
        _any_of(f"their {when.field} is ", when.values) if when.field else "",
        _any_of("mood ", when.sentiments),
        f"at least {span(when.at_least)} long" if when.at_least is not None else "",
        f"at most {span(when.at_most)} long" if when.at_most is not None else "",
        f"who calls waits at least {span(when.waited)}" if when.waited is not None else "",
        _any_of("somebody says ", [f"“{one}”" for one in when.words]),
    ]
    if when.calls is not None and when.minutes is not None:
        found.append(f"their call number {when.calls} or later in {span(when.minutes * 60)}")
    return [" ".join(clean(one).split()) for one in found if one]


def render_why_modal(why: Why | None, *, shown: Visibility = EVERYTHING, locale: Locale) -> Json:
    """Tell whoever asks why a call's card is in a channel, as far as that is `shown` there."""
    return words_modal("Why is this here?", blocks=[rich(*_reasons(why, locale, shown))])


def held_in_words(why: Why, locale: Locale, shown: Visibility = EVERYTHING) -> str:
    """Say in one line by which rule, and what held."""
    return f"Rule “{name_of(why.rule)}”: {', '.join(_held(why, locale, shown))}."


def _held(why: Why, locale: Locale, shown: Visibility) -> list[str]:
    """Say what held, one condition each; words may be out of the summary or the transcript."""
    told = why.held
    if not shown.summary:
        told = replace(told, sentiments=())
    if not (shown.summary and shown.transcript):
        told = replace(told, words=())
    kept_back = [] if told == why.held else ["what was said, which is not shown here"]
    return [*conditions_in_words(told, locale), *kept_back] or [EVERY_CALL]


def _reasons(why: Why | None, locale: Locale, shown: Visibility) -> list[Json]:
    if why is None:
        said = "Nobody wrote down why. Cards from before there were rules do not know it."
        return [paragraph(line(said))]
    if why.how is How.SHARED:
        return [paragraph(person(why.by), line(" shared this call here."))]
    if why.how is How.OWN:
        said = (
            "You missed this call, and wanted to be written to about such calls. /vocatech"
            " settings changes that."
        )
        return [paragraph(line(said))]
    if why.how is How.FALLBACK:
        said = (
            "No rule caught this call, so it came to the channel that the settings name for its"
            " number or extension, or else for all calls."
        )
        return [paragraph(line(said))]
    return [
        paragraph(line("The rule “"), line(name_of(why.rule), bold=True), line("” sent it here.")),
        paragraph(line("\nThis held, when the card was posted:")),
        bullets(*(paragraph(line(one)) for one in _held(why, locale, shown))),
    ]


def _any_of(before: str, values: Sequence[str]) -> str:
    if not values:
        return ""
    *most, last = [name_of(one) for one in values]
    return f"{before}{', '.join(most)} or {last}" if most else f"{before}{last}"
