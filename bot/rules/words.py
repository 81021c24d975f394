"""Rules in words: their conditions, and why a call is in a channel."""

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
    "unanswered": "outgoing, no answer",
}


def conditions_in_words(when: Conditions, locale: Locale) -> list[str]:
    """Return one sentence part per condition; nothing for a rule that matches every call."""
    numbers = [locale.number(one) or one for one in when.callers]
    lines = [locale.number(one) or one for one in when.lines]
    found = [
        _any_of("", when.directions),
        _any_of("", [_OUTCOMES.get(one, one) for one in when.outcomes]),
        _any_of("for extension ", when.extensions),
        _any_of("on company number ", lines),
        _any_of("with ", numbers),
        _any_of(f"contact field {when.field} is ", when.values) if when.field else "",
        _any_of("sentiment ", when.sentiments),
        _any_of("outcome set to ", when.set_outcomes),
        f"at least {span(when.at_least)} long" if when.at_least is not None else "",
        f"at most {span(when.at_most)} long" if when.at_most is not None else "",
        f"caller waited at least {span(when.waited)}" if when.waited is not None else "",
        _any_of("keyword ", [f"“{one}”" for one in when.words]),
    ]
    if when.calls is not None and when.minutes is not None:
        found.append(f"call {when.calls} or later from this number in {span(when.minutes * 60)}")
    return [" ".join(clean(one).split()) for one in found if one]


def render_why_modal(why: Why | None, *, shown: Visibility = EVERYTHING, locale: Locale) -> Json:
    """Explain why a call's card is in a channel, as far as `shown` allows there."""
    return words_modal("Why is this here?", blocks=[rich(*_reasons(why, locale, shown))])


def held_in_words(why: Why, locale: Locale, shown: Visibility = EVERYTHING) -> str:
    """Return the rule and the conditions that matched, in one line."""
    return f"Rule “{name_of(why.rule)}”: {', '.join(_held(why, locale, shown))}."


def _held(why: Why, locale: Locale, shown: Visibility) -> list[str]:
    """Return the matched conditions; keywords may come from the summary or the transcript."""
    held = why.held
    if not shown.summary:
        held = replace(held, sentiments=(), set_outcomes=())
    if not (shown.summary and shown.transcript):
        held = replace(held, words=())
    hidden = [] if held == why.held else ["keywords or sentiment, not shown here"]
    return [*conditions_in_words(held, locale), *hidden] or [EVERY_CALL]


def _reasons(why: Why | None, locale: Locale, shown: Visibility) -> list[Json]:
    if why is None:
        said = "No reason was recorded. This card is older than routing rules."
        return [paragraph(line(said))]
    if why.how is How.SHARED:
        return [paragraph(person(why.by), line(" shared this call here."))]
    if why.how is How.OWN:
        said = (
            "You missed this call, and direct messages for your missed calls are on. Change this"
            " with /vocatech settings."
        )
        return [paragraph(line(said))]
    if why.how is How.UNPLACED:
        said = (
            "No rule matched this call, so it went to the default channel. Vocatech didn't report"
            " its number or extension, so the summary and transcript aren't shown here."
        )
        return [paragraph(line(said))]
    if why.how is How.FALLBACK:
        said = (
            "No rule matched this call, so it went to the channel set for its number or extension,"
            " or to the default channel."
        )
        return [paragraph(line(said))]
    return [
        paragraph(line("The rule “"), line(name_of(why.rule), bold=True), line("” sent it here.")),
        paragraph(line("\nThe call matched these conditions:")),
        bullets(*(paragraph(line(one)) for one in _held(why, locale, shown))),
    ]


def _any_of(before: str, values: Sequence[str]) -> str:
    if not values:
        return ""
    *most, last = [name_of(one) for one in values]
    return f"{before}{', '.join(most)} or {last}" if most else f"{before}{last}"
