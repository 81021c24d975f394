"""Text about calls and call searches."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from bot.calls.query import CallQuery
from bot.models.calls import Call, Direction, Outcome
from bot.models.people import Company
from bot.phone_numbers import format_number
from bot.ui.calendar_words import MINUTES_A_DAY
from bot.ui.formatting import Locale, clock_time, span, weekday_date
from bot.ui.mrkdwn import clean, name_of, shorten

_INCOMING = {
    Outcome.RINGING: ("bell", "Incoming call", "from"),
    Outcome.IN_PROGRESS: ("large_green_circle", "On a call", "with"),
    Outcome.ANSWERED: ("telephone_receiver", "Answered call", "from"),
    Outcome.MISSED: ("red_circle", "Missed call", "from"),
    Outcome.VOICEMAIL: ("mailbox_with_mail", "Missed call with voicemail", "from"),
    Outcome.UNANSWERED: ("red_circle", "Missed call", "from"),
    Outcome.OVER: ("telephone_receiver", "Call", "with"),
}

_OUTGOING = {
    Outcome.RINGING: ("bell", "Calling", ""),
    Outcome.IN_PROGRESS: ("large_green_circle", "On a call", "with"),
    Outcome.ANSWERED: ("arrow_upper_right", "Outgoing call", "to"),
    Outcome.UNANSWERED: ("white_circle", "Unanswered call", "to"),
    Outcome.MISSED: ("white_circle", "Unanswered call", "to"),
    Outcome.VOICEMAIL: ("white_circle", "Unanswered call", "to"),
    Outcome.OVER: ("arrow_upper_right", "Outgoing call", "to"),
}

_INTERNAL_ICON = "busts_in_silhouette"
ERASED = "Erased on request"


def headline(call: Call) -> tuple[str, str, str]:
    """Return an emoji name, the kind of call, and the preposition before the other party."""
    words = _OUTGOING if call.direction is Direction.OUTGOING else _INCOMING
    icon, what, preposition = words[call.outcome]
    if call.direction is Direction.INTERNAL:
        what = what.replace("call", "internal call") if "call" in what else f"Internal: {what}"
        icon = _INTERNAL_ICON if call.outcome is Outcome.ANSWERED else icon
    return icon, what, "·" if call.is_erased else preposition


def other_party(call: Call, locale: Locale) -> str:
    """Return the contact's name, else the number, else words for neither."""
    if call.is_erased:
        return ERASED
    if call.remote_name and name_of(call.remote_name):
        return name_of(call.remote_name)
    return other_number(call, locale) or "an unknown number"


def other_number(call: Call, locale: Locale) -> str | None:
    """Return the other party's number as people write it."""
    return name_of(locale.number(call.remote_number)) or None


def our_side(call: Call) -> str | None:
    """Return the name and extension of our side."""
    name = name_of(call.our_name or "")
    extension = name_of(call.extension or "")
    if name and extension:
        return f"{name} (ext. {extension})"
    return name or (f"ext. {extension}" if extension else None)


def sentence(call: Call, locale: Locale) -> str:
    """Return the call as one sentence, for notifications and screen readers."""
    _, what, preposition = headline(call)
    parts = [" ".join(word for word in (what, preposition, other_party(call, locale)) if word)]
    number = other_number(call, locale)
    if number and number != other_party(call, locale):
        parts.append(f", {number}")
    if ours := our_side(call):
        parts.append(f", {_our_part(call)} {ours}")
    if call.is_over and call.seconds and not call.needs_a_call_back:
        parts.append(f", {span(call.seconds)}")
    return "".join(parts) + "."


def _our_part(call: Call) -> str:
    if call.direction is Direction.OUTGOING:
        return "by"
    if call.outcome in {Outcome.ANSWERED, Outcome.IN_PROGRESS}:
        return "answered by"
    if call.outcome is Outcome.OVER:
        return "and"
    return "for"


def transfers(call: Call) -> str | None:
    """Return the people who took the call in turn, if there were several."""
    names: list[str] = []
    for leg in call.legs:
        name = name_of(leg.name or (f"ext. {leg.extension}" if leg.extension else ""))
        if name and (not names or names[-1] != name):
            names.append(name)
    return f"Transferred: {' → '.join(names[:8])}" if len(names) > 1 else None


def summary_of(call: Call) -> str:
    """Return the summary without control characters."""
    return clean(call.summary or "").strip()


def transcript_of(call: Call) -> str:
    """Return the transcript without control characters."""
    return clean(call.transcript or "").strip()


MOST_PHRASE, MOST_OUTCOMES = 60, 5
LATEST = "Latest calls"
OUTCOME = "Outcome: "
DAY = timedelta(days=1)


def describe_query(query: CallQuery, *, whose: str | None, today: date) -> str:
    """Return what a query was understood as, such as "Missed calls of Ana Torres, yesterday".

    `whose` follows "calls", such as "of Ana Torres"; `today` is the reader's local day.
    """
    which = _kind(query)
    when = _when(query, today)
    if query == CallQuery():
        return LATEST
    after = "with voicemail" if query.voicemail else ""
    words = ["your" if query.mine else "", which.lower(), "calls", after]
    what = " ".join(word for word in words if word).capitalize()
    said = " ".join(part for part in (what, whose, _outcomes(query)) if part)
    phrases = _words(query.phrases)
    return ", ".join(part for part in (said, when, phrases) if part)


def _outcomes(query: CallQuery) -> str:
    if query.has_no_outcome:
        return "without outcome"
    names = [quoted(name) for name in query.outcomes[:MOST_OUTCOMES]]
    more = ["others"] if len(query.outcomes) > MOST_OUTCOMES else []
    return f"with outcome {' or '.join([*names, *more])}" if names else ""


def _kind(query: CallQuery) -> str:
    """Return what comes before "calls"."""
    if query.missed and query.direction is Direction.OUTGOING:
        return "unanswered outgoing"
    kinds = {
        "unclaimed missed": query.unclaimed,
        "missed": query.missed or query.voicemail,
        "unanswered": query.unanswered,
        "answered": query.answered,
    }
    which = next((kind for kind, is_given in kinds.items() if is_given), "")
    return f"{which} {query.direction}".strip() if query.direction else which


def quoted(text: str) -> str:
    """Return typed text in quotation marks, shortened."""
    return f"“{shorten(' '.join(clean(text).split()), MOST_PHRASE)}”"


def describe_number(query: CallQuery, company: Company | None, region: str) -> Iterator[str]:
    """Yield what the reader must know about the number of a query."""
    if query.unused:
        yield f"{quoted(query.unused)} isn't part of the number, so it was left out."
    if company and query.number in company.numbers:
        number = name_of(format_number(query.number, region) or query.number)
        yield f"{number} is your company's number. Searches find the other party's."


def day_in_words(day: date, today: date) -> str:
    """Return a day relative to today, such as `yesterday` or `Fri, Nov 20`."""
    if day == today:
        return "today"
    if day == today - DAY:
        return "yesterday"
    year = "" if day.year == today.year else f", {day.year}"
    return f"{weekday_date(day)}{year}"


def suggest_wider(query: CallQuery) -> str:
    """Return what to try when a query matches no call."""
    tips = (
        (query.phrases, "Try fewer words, or a wider date range, such as /calls month."),
        (query.first, "Try a wider date range, such as /calls month."),
        (query.outcomes, "People choose outcomes on the cards of calls."),
        (
            query.name is not None and query != CallQuery(name=query.name),
            f"Try fewer filters: /calls {query.name}",
        ),
        (
            query.name is not None,
            "The name is known, but none of the stored calls is with it.",
        ),
        (query != CallQuery(), "Try fewer filters, such as /calls week."),
    )
    found = (tip for applies, tip in tips if applies)
    return next(found, "New calls appear here automatically.")


def _when(query: CallQuery, today: date) -> str:
    first, last = query.first, query.last
    if last is None:
        return ""
    begin = f" {clock_time(query.begin)}" if query.begin else ""
    end = f" {clock_time(query.end)}" if query.end != MINUTES_A_DAY else ""
    if first is None:
        return f"until {day_in_words(last, today)}{end}"
    if first == last:
        return f"{day_in_words(first, today)}{_hours(begin, end)}"
    return f"{day_in_words(first, today)}{begin} to {day_in_words(last, today)}{end}"


def _hours(begin: str, end: str) -> str:
    """Return the times of one day, such as ` from 12:00 PM to 6:00 PM`."""
    if begin and end:
        return f" from{begin} to{end}"
    return f" after{begin}" if begin else f" before{end}" if end else ""


def _words(phrases: Sequence[str]) -> str:
    if not phrases:
        return ""
    return f"containing {' and '.join(quoted(phrase) for phrase in phrases[:5])}"
