"""Patterns of the ways in which people type days."""

import re

# What people put around a word, and what is no part of it.
AROUND_WORDS = "\"'“”„‘’«»`*_()[]{}<>,;:!?¿¡"

# Every time begins with one of these or a part of the day, with a day, a month, or a digit.
BEGINNINGS = frozenset(
    {
        *("after", "around", "at", "before", "between", "coming", "couple", "current", "day"),
        *("during", "following", "for", "fortnight", "from", "half", "in", "last", "midday"),
        *("midnight", "month", "mtd", "next", "noon", "on", "over", "past", "prev", "previous"),
        *("q1", "q2", "q3", "q4", "quarter", "since", "starting", "the", "this", "till", "today"),
        *("tomorrow", "tonight", "until", "up", "week", "weekend", "within", "year", "yesterday"),
        *("ytd", "til", "through", "todays", "yesterdays"),
    }
)

# `in the year 2025`, but `year to date`
BEFORE_DAYS = re.compile(r"^(?:on |in |during |for |over |within )?(?:the )?(?:year (?=\d))?")

NUMBER_WORDS = (
    *("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven"),
    "twelve",
)

COUNTS = {
    **{word: count for count, word in enumerate(NUMBER_WORDS, 1)},
    "a": 1,
    "an": 1,
    "a couple of": 2,
    "couple of": 2,
    "a couple": 2,
    "couple": 2,
}

# Days back to the first day, and number of days.
WHEN = {
    "today": (0, 1),
    "todays": (0, 1),
    "tonight": (0, 1),
    "yesterday": (1, 1),
    "yesterdays": (1, 1),
    "day before yesterday": (2, 1),
    "week": (6, 7),
    "past week": (6, 7),
    "fortnight": (13, 14),
    "month": (29, 30),
    "past month": (29, 30),
    "year": (364, 365),
    "past year": (364, 365),
}

UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "year": 365}

# Where `11/12` is November 12.
MONTH_FIRST = frozenset({"US", "PH", "CA"})

DATE = re.compile(r"\d{1,4}([./-])\d{1,2}\1\d{1,4}")

# `11/30`, `30.11`, `30.11.`
DATE_OF_THIS_YEAR = re.compile(r"(?!24/7)(\d{1,2})([./])(\d{1,2})\.?")

# `24.12.`, whose full stop belongs to it
ENDS_WITH_DATE = re.compile(r"(?<![\d.])\d{1,2}\.(?:0?[1-9]|1[0-2])\.$")

# `2026-11`, `11/2026`
MONTH_OF_YEAR = re.compile(
    r"(?P<year>20\d\d)[./-](?P<month>\d{1,2})|(?P<m2>\d{1,2})[./-](?P<year2>20\d\d)"
)

COUNT = r"(\d{1,4}|" + "|".join(sorted(COUNTS, key=len, reverse=True)) + ")"

SPAN = re.compile(
    rf"(?P<back>last |past |previous |prev )?{COUNT} ?"
    r"(?P<unit>day|week|month|year)s?(?P<ago> ago)?"
)

SHORT_SPAN = re.compile(r"(?:last |past )?(\d{1,3})(d|w|mo|y)")

SHORT_UNIT_NAMES = {"d": "day", "w": "week", "mo": "month", "y": "year"}

SHORT_UNITS = "(?:hours?|hrs?|minutes?|mins?)"

HOURS = re.compile(
    rf"(?:last |past )(?:half |{COUNT} ?)?(?:{SHORT_UNITS}|h)(?: ago)?"
    rf"|{COUNT} ?{SHORT_UNITS} ago|\d{{1,4}} ?(?:h|hours|hrs|minutes|mins)"
    # `1.5 days`, `last half week`
    r"|(?:last |past |previous )?(?:\d{1,4}[.,]\d{1,2}|half(?: an?)?) ?"
    r"(?:day|week|month|year|hour|hr)s?(?: ago)?"
)

CALENDAR = re.compile(r"(this|current|last|previous|prev) (week|month|quarter|year|weekend)")

YEAR = re.compile(r"20\d\d")

TO_DATE = {
    "month to date": "this month",
    "mtd": "this month",
    "year to date": "this year",
    "ytd": "this year",
    "week to date": "this week",
    "quarter to date": "this quarter",
    "quarter": "this quarter",
}

FUTURE = re.compile(
    rf"(tomorrow|(?:next|coming|following) (?:\w+)|in {COUNT} (?:day|week|month|year)s?)"
)

ORDINAL_ALONE = re.compile(r"(\d{1,2})(?:st|nd|rd|th)")

ORDINAL = r"(\d{1,2})(?:st|nd|rd|th)?"

RANGE = re.compile(r" ?(?:\.\.\.?|…) ?| (?:to|until|till|through|thru|-|–|—) ")

_TO = r"(?: ?[-–—] ?| (?:to|until|till|through|thru) )(?:the )?"

# `nov 1-10`, `nov 1 to 10`, `1-10 nov`, `the 1st to the 10th of november`
DAYS_OF_MONTH = re.compile(
    rf"(?P<before>[a-z]+)\.? (?:the )?{ORDINAL}{_TO}{ORDINAL}(?:,? (?P<year>\d{{4}}))?"
    rf"|(?:the )?{ORDINAL}\.?{_TO}{ORDINAL}\.?(?: of)? (?P<after>[a-z]+)\.?"
    r"(?:,? (?P<year2>\d{4}))?"
)

# `nov 1-nov 10`, `2026-11-01/2026-11-10`
_WRITTEN = (
    r"(?:(?:[a-z]{3,9},? )?(?:the )?"
    r"(?:[a-z]{3,9}\.? ?(?:the )?\d{1,2}(?:st|nd|rd|th)?"
    r"|\d{1,2}(?:st|nd|rd|th|\.)? ?(?:of )?[a-z]{3,9}\.?)"
    r"(?:,? (?:\d{4}|'?\d\d))?|\d{4}-\d{1,2}-\d{1,2})"
)

WRITTEN_RANGE = re.compile(rf"({_WRITTEN}) ?[-–—/] ?({_WRITTEN})")

DATE_RANGE = re.compile(r"(\d[\d./]*[./][\d./]*) ?[-–—] ?(\d[\d./]*[./][\d./]*)")

# `1.-10.11.`, `1.-10.11.2026`
DAYS_BEFORE_MONTH = re.compile(r"(\d{1,2})\.? ?[-–—] ?(\d{1,2}(\.\d{1,2}\.(?:\d{4}|\d\d)?))")

NAMED_RANGE = re.compile(r"([a-z]{3,9}) ?[-–—] ?([a-z]{3,9})")
