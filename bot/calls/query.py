"""Parsing of /calls queries."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from bot.calls.outcome_parsing import KNOWN_KINDS, parse_kind, parse_outcome
from bot.calls.query_names import (
    BEFORE_PHRASES,
    EXTENSION,
    MOST_TOKENS,
    PERIODS,
    begins_extension,
    begins_other_part,
    find_known_names,
    is_filler,
    is_no_count,
    join_names,
    last_begins_number,
    name_in,
    refuse_alternatives,
)
from bot.errors import NotUnderstood
from bot.models.calls import Direction
from bot.phone_numbers import (
    LONGEST_EXTENSION,
    EndUnclear,
    LeadingNumber,
    clean,
    format_number,
    normalise,
    parse_number,
    split_number,
)
from bot.ui.calendar_words import MINUTES_A_DAY, Days
from bot.ui.command_text import Token, tokenize
from bot.ui.mrkdwn import shorten
from bot.ui.time_parsing import KNOWN_WORDS, LIKE_NAMES, parse_days

KNOWN = (*KNOWN_WORDS, *KNOWN_KINDS)
_NUMBER = re.compile(r"[+(]?[\d][\d().\-/ ]*|\+")
ONLY_CALLS = "Searches cover all channels, and can't be limited to {place}."
# Times and kinds that names begin with: `21st Century`, `Noon Cafe`, `Night Owl`, `Me Too`.
_LIKE_A_NAME = re.compile(
    r"\d{1,2}(?:st|nd|rd|th)|q[1-4]|noon|midday|midnight|morning|evening|night|quarter|year|week"
)
_KINDS_IN_NAMES = frozenset({"latest", "me", "mine", "my", "newest", "open", "recent"})
DAY = timedelta(days=1)
_MOST_READ = 30  # no one types more words before a time; at each, one may begin


@dataclass(frozen=True)
class CallQuery:
    """A search for calls: every part that is given must match.

    `first` and `last` are local days, both included; `begin` is a minute of the first day, `end`
    (exclusive) one of the last day. `mention` is a Slack user ID, `number` in E.164, `extension` a
    short number, `name` the other words typed for a person. `outcomes` are names of outcomes that
    people set on calls. `phrases` must occur in summaries or transcripts. `unused` is text after a
    number.
    """

    mention: str | None = None
    number: str | None = None
    extension: str | None = None
    name: str | None = None
    first: date | None = None
    last: date | None = None
    begin: int = 0
    end: int = MINUTES_A_DAY
    direction: Direction | None = None
    missed: bool = False
    voicemail: bool = False
    unanswered: bool = False
    unclaimed: bool = False
    answered: bool = False
    mine: bool = False
    outcomes: tuple[str, ...] = ()
    has_no_outcome: bool = False
    phrases: tuple[str, ...] = ()
    unused: str = ""

    def moments(self, zone: ZoneInfo) -> tuple[float | None, float | None]:
        """Return the start and the end (exclusive) in unix seconds."""
        return (
            _moment(self.first, self.begin, zone) if self.first else None,
            _moment(self.last, self.end, zone) if self.last else None,
        )


def _no_name(_: str) -> bool:
    """Know no name."""
    return False


def parse_query(
    typed: str,
    *,
    today: date,
    region: str,
    outcomes: Sequence[str] = (),
    is_name: Callable[[str], bool] = _no_name,
) -> CallQuery:
    """Parse `[who] [when] [kind] [outcome:…] ["words"]`, in any order.

    `today` is the reader's local day, `region` the country of numbers without a country code and
    of ambiguous dates. `outcomes` are the names of all outcomes that people set. `is_name` returns
    whether someone has a name. Raises NotUnderstood with a sentence for the reader.
    """
    query, names, at_names = CallQuery(), list[str](), list[int]()
    tokens = tokenize(typed)
    named = find_known_names(tokens, partial(_count_meant, today=today, region=region), is_name)
    # `mine Maria` is a kind and a name. For a longer text, such lookups would take too long.
    is_other = is_name if len(tokens) <= MOST_TOKENS else _no_name
    place = 0
    while place < len(tokens):
        token = tokens[place]
        words = _plain_words(tokens[place : next((at for at in named if at > place), None)])
        used = 1
        if token.is_mention or token.is_place:
            query = _with_mention(query, token)
        elif place in named:
            used = named[place]
            names.append(" ".join(words[:used]).removeprefix("@"))
            at_names += range(place, place + used)
        elif outcome := parse_outcome(tokens[place:], outcomes):
            query, used = _with_outcome(query, outcome[0]), outcome[1]
        elif token.is_quoted:
            query = replace(query, phrases=(*query.phrases, token.text))
        elif token.text.lower() in BEFORE_PHRASES and (said := _until_known(words[1:], today)):
            query = replace(query, phrases=(*query.phrases, " ".join(said)))
            used += len(said)
        elif kind := _kind_of(words, today, region, is_other):
            query, used = _with_kind(query, kind[0]), kind[1]
        elif begins_extension(words):
            used = 2
            names.append(" ".join(words[:used]))
            at_names += range(place, place + used)
        elif place < _MOST_READ and (days := _days(words, today, region, is_other)):
            query, used = _with_days(query, days[0], " ".join(words[: days[1]])), days[1]
        else:
            names.append(name_in(words))
            at_names.append(place)
        place += used
    refuse_alternatives(tokens, at_names)
    who = join_names(names, is_all=query == CallQuery())
    query = _with_who(query, who, region) if who else query
    _refuse_contradictions(query)
    return query


def _count_meant(tokens: Sequence[Token], *, today: date, region: str) -> int:
    """Return how many of the first tokens mean a kind of call or a time."""
    words = _plain_words(tokens)
    try:
        found = words and (parse_kind(words) or parse_days(words, today=today, region=region))
    except NotUnderstood:  # a day in the future
        return 1
    return found[1] if found else 0


def _plain_words(tokens: Sequence[Token]) -> list[str]:
    """Return the words up to the next mention or quotation."""
    words: list[str] = []
    for token in tokens:
        if token.is_mention or token.is_quoted:
            break
        words.append(token.text)
    return words


def _until_known(words: Sequence[str], today: date) -> list[str]:
    """Return the words up to the next kind of call, or time."""
    said: list[str] = []
    for place, word in enumerate(words[:_MOST_READ]):
        known = parse_kind(words[place:]) or parse_days(words[place:], today=today)
        if known and said:
            return said
        said.append(word)
    return [*said, *words[_MOST_READ:]]


def _days(
    words: Sequence[str], today: date, region: str, is_name: Callable[[str], bool]
) -> tuple[Days, int] | None:
    """Return the days that the first words mean, unless they are part of a name."""
    found = parse_days(words, today=today, region=region)
    if found and last_begins_number(words, found[1], region):
        return _days(words[: found[1] - 1], today, region, is_name)
    if found and is_no_count(words) and parse_days(words[1:], today=today, region=region):
        return None
    word = words[0].lower()
    may_be_name = word in LIKE_NAMES or _LIKE_A_NAME.fullmatch(word)
    if found is None or found[1] > 1 or not may_be_name:
        return found
    is_whole = not _goes_on_as_name(words[1:], today, region)
    return found if is_whole or (word in PERIODS and is_name(name_in(words[1:]))) else None


def _kind_of(
    words: Sequence[str], today: date, region: str, is_name: Callable[[str], bool]
) -> tuple[Mapping[str, Any], int] | None:
    """Return the kind of call that the first words mean, unless they begin a name: `Me Too`."""
    found = parse_kind(words)
    may_be_name = words and words[0].lower() in _KINDS_IN_NAMES and found and found[1] == 1
    if not (may_be_name and _goes_on_as_name(words[1:], today, region)):
        return found
    return found if is_name(name_in(words[1:])) else None


def _goes_on_as_name(words: Sequence[str], today: date, region: str) -> bool:
    """Return whether the next word is part of a name, such as `Century` after `21st`."""
    return (
        bool(words)
        and words[0][:1].isalpha()
        and not (
            is_filler(words[0])
            or begins_other_part(words)
            or parse_kind(words)
            or parse_days(words, today=today, region=region)
        )
    )


def _with_mention(query: CallQuery, token: Token) -> CallQuery:
    if token.is_place:
        raise NotUnderstood(ONLY_CALLS.format(place=token.text), "/calls @Ana yesterday")
    if query.mention and query.mention != token.text:
        raise NotUnderstood("Search for one person at a time.", "/calls @Ana yesterday")
    return replace(query, mention=token.text)


def _with_kind(query: CallQuery, changes: Mapping[str, Any]) -> CallQuery:
    direction = changes.get("direction")
    if direction and query.direction and direction != query.direction:
        raise NotUnderstood(
            f"A call can't be both {query.direction} and {direction}.", f"/calls {direction} today"
        )
    return replace(query, **changes)


def _with_outcome(query: CallQuery, changes: Mapping[str, Any]) -> CallQuery:
    several = (*query.outcomes, *changes.get("outcomes", ()))
    has_none = query.has_no_outcome or "has_no_outcome" in changes
    return replace(query, outcomes=tuple(dict.fromkeys(several)), has_no_outcome=has_none)


def _with_days(query: CallQuery, days: Days, typed: str) -> CallQuery:
    if query.first or query.last:
        raise NotUnderstood(
            f"“{typed}” is a second date. Use one date, or a range.",
            "/calls 2026-11-01..2026-11-20",
        )
    return replace(query, first=days.first, last=days.last, begin=days.begin, end=days.end)


def _refuse_contradictions(query: CallQuery) -> None:
    kinds = {
        "missed": query.missed,
        "with voicemail": query.voicemail,
        "unanswered": query.unanswered,
        "unclaimed": query.unclaimed,
    }
    for kind, is_given in kinds.items():
        if is_given and query.answered:
            raise NotUnderstood(f"A call can't be both {kind} and answered.", "/calls missed today")
    if query.outcomes and query.has_no_outcome:
        raise NotUnderstood("A call can't be both with and without an outcome.", "/calls week")
    if query.mine and query.mention:
        raise NotUnderstood(
            "Search for your own calls or another person's, not both.",
            "/calls mine today",
        )


def _with_who(query: CallQuery, who: str, region: str) -> CallQuery:
    plain = clean(who)
    digits = re.sub(r"\D", "", plain)
    if extension := EXTENSION.fullmatch(plain):
        return replace(query, extension=extension[1])
    if plain.isdecimal() and len(plain) <= LONGEST_EXTENSION:
        return replace(query, extension=plain)
    if _NUMBER.fullmatch(plain) and 0 < len(digits) <= LONGEST_EXTENSION:
        # `9-11` and `101 102` are no extension 911 or 101102.
        raise NotUnderstood(
            f"“{plain}” isn't an extension, a phone number, or a date.",
            "/calls 101, or /calls yesterday 9-11",
        )
    if number := parse_number(who, region):
        return replace(query, number=number)
    if leading := _leading_number(who, region):
        return replace(query, number=leading.number, unused=who[leading.end :].strip())
    if _NUMBER.fullmatch(plain) and digits:
        number = normalise(plain, region)
        if number is None:  # too many digits, or only zeros
            raise NotUnderstood(f"“{shorten(plain, 40)}” isn't a phone number.", "/calls 101")
        return replace(query, number=number)
    return replace(query, name=who)


def _leading_number(who: str, region: str) -> LeadingNumber | None:
    try:
        return split_number(who, region)
    except EndUnclear as error:
        choices = " or ".join(format_number(one, region) or one for one in error.choices[:2])
        raise NotUnderstood(
            f"It isn't clear where the number ends: {choices}?", f"/calls {error.choices[0]}"
        ) from error


def _moment(day: date, minute: int, zone: ZoneInfo) -> float:
    days, minute = divmod(minute, MINUTES_A_DAY)
    local = datetime.combine(day + days * DAY, time(*divmod(minute, 60)), zone)
    return local.astimezone(UTC).timestamp()
