"""Owns the list of rules, and what the last calls would have come to by them."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.calls.words import headline, other_party
from bot.models.calls import Call
from bot.models.outbox import is_direct
from bot.models.rules import MOST_RULES, Rule, Rulebook
from bot.rules.validation import never
from bot.rules.words import EVERY_CALL, conditions_in_words
from bot.ui.action_ids import NEW_RULE, RULE_MENU, RULES_MODAL, TRY_RULES, TURN_RULES_PAGE
from bot.ui.blocks import (
    Json,
    bullets,
    button,
    line,
    mrkdwn,
    note,
    option,
    overflow,
    paragraph,
    person,
    plain,
    rich,
    says,
    section,
    words_modal,
)
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import name_of, shorten

RULES_A_PAGE = 40
MOST_TRIED = 50
_ABOUT = "Asked from the top; a rule stops there or goes on. Texts go by company number, as set."


@dataclass(frozen=True)
class Tried:
    """Where a call would go, by which rules, and where it went; channels by id."""

    call: Call
    would: Sequence[str]
    went: Sequence[str]
    rules: Sequence[Rule] = ()

    @property
    def differs(self) -> bool:
        """Say whether it went elsewhere; what was never shown by itself went nowhere."""
        return bool(self.went) and set(self.would) != set(self.went)


@dataclass(frozen=True)
class Fallback:
    """Where calls go that no rule catches: the channels of lines, and one for all others."""

    channel: str
    by_line: Mapping[str, str] = field(default_factory=dict)


def render_rules_modal(
    book: Rulebook,
    fallback: Fallback,
    *,
    broken: Mapping[str, str],
    locale: Locale,
    page: int = 1,
    said: str | None = None,
) -> Json:
    """List the rules; `broken` says by channel why it takes no posts, `said` what was done."""
    pages = max(1, -(-len(book.rules) // RULES_A_PAGE))
    page = max(1, min(page, pages))
    first = (page - 1) * RULES_A_PAGE
    idle = never(book.rules)
    blocks = [says(said, block_id="said")] if said else []
    blocks.append(note(_ABOUT))
    for place, rule in enumerate(book.rules[first : first + RULES_A_PAGE], first + 1):
        blocks.append(_row(place, rule, idle.get(rule.rule_id), broken, locale))
    blocks += [_fallback(fallback, broken, locale), _buttons(book, page, pages)]
    metadata = json.dumps({"version": book.version, "page": page})
    view = words_modal("Rules for calls", blocks=blocks)
    return {**view, "callback_id": RULES_MODAL, "private_metadata": metadata}


def _row(
    place: int, rule: Rule, idle: str | None, broken: Mapping[str, str], locale: Locale
) -> Json:
    asked = "\n".join(conditions_in_words(rule.when, locale)) or EVERY_CALL
    marks = [] if rule.is_on else ["Switched off"]
    marks += [f"⚠ Never matches: {idle}"] if idle else []
    words = "\n".join([f"{place}. {name_of(rule.name)}", shorten(asked, 900), *marks])
    where = [f"→ {_place(rule)}", "and goes on" if rule.goes_on else "and stops"]
    where += [f"mentions <@{rule.mention}>"] if rule.mention else []
    where += ["also where it is quiet"] if rule.at_once else []
    where += [f":warning: {broken[rule.channel]}"] if rule.channel in broken else []
    key = rule.rule_id
    deeds = {"Edit": "edit", "Move up": "up", "Move down": "down"}
    deeds |= {"Switch off" if rule.is_on else "Switch on": "switch"}
    options = [option(label, f"{deed} {key}") for label, deed in deeds.items()]
    return section(
        block_id=f"rule_{key}",
        fields=[plain(words, 2_000), mrkdwn("\n".join(where))],
        accessory=overflow(RULE_MENU, options),
    )


def _place(rule: Rule) -> str:
    return f"<@{rule.slack_user}>, directly" if rule.slack_user else f"<#{rule.channel}>"


def _fallback(fallback: Fallback, broken: Mapping[str, str], locale: Locale) -> Json:
    where = f"→ <#{fallback.channel}>"
    where += f"\n:warning: {broken[fallback.channel]}" if fallback.channel in broken else ""
    lines = [locale.number(one) or one for one in fallback.by_line]
    words = "Last: what no rule catches"
    if lines:
        first, more = ", ".join(lines[:10]), len(lines) - 10
        rest = f" and {more} more" if more > 0 else ""
        words += f"\nby the settings (SLACK_ROUTES), for {first}{rest}; all others →"
    return section(block_id="fallback", fields=[plain(words, 2_000), mrkdwn(where)])


def _buttons(book: Rulebook, page: int, pages: int) -> Json:
    found = [button("New rule", NEW_RULE, "new")] if len(book.rules) < MOST_RULES else []
    found.append(button(f"Try the last {MOST_TRIED} calls", TRY_RULES, "try"))
    turns = [("Earlier rules", page - 1)] * (page > 1) + [("More rules", page + 1)] * (page < pages)
    found += [button(label, f"{TURN_RULES_PAGE}:{to}", str(to)) for label, to in turns]
    return {"type": "actions", "block_id": "buttons", "elements": found}


def render_tried(tried: Sequence[Tried], *, locale: Locale) -> Json:
    """Show where the last calls would have gone, compared with where they went."""
    if not tried:
        return words_modal("Try the rules", "There are no calls yet to try the rules with.")
    counts = Counter(channel for one in tried for channel in one.would)
    differ = sum(one.differs for one in tried)
    if len(tried) == 1:
        changed = "otherwise than it went" if differ else "as it went"
        opening = f"By the rules as they are now, the last call would go so, {changed}:"
    else:
        changed = f"{differ} of them otherwise than they went" if differ else "as they went"
        opening = (
            f"By the rules as they are now, the last {len(tried)} calls would go so, {changed}:"
        )
    totals = [
        paragraph(_channel(channel), line(f"  {count}")) for channel, count in counts.most_common()
    ]
    blocks = [says(opening), rich(bullets(*totals))]
    blocks += [rich(_call(one, locale)) for one in tried[:MOST_TRIED]]
    return words_modal("Try the rules", blocks=blocks)


def _call(one: Tried, locale: Locale) -> Json:
    _, what, preposition = headline(one.call)
    who = shorten(other_party(one.call, locale), 40)
    words = " ".join(word for word in (what, preposition, who) if word)
    by = ", ".join(f"“{name_of(rule.name)}”" for rule in one.rules) or "no rule"
    pieces = [line(words, bold=True), line("\n→ "), *_channels(one.would)]
    pieces.append(line(f"  by {shorten(by, 200)}"))
    if one.differs:
        pieces += [line("\nIt went to ", italic=True), *_channels(one.went)]
    elif not one.went:
        pieces.append(line("\nIt had no card of its own.", italic=True))
    return paragraph(*pieces)


def _channels(channels: Sequence[str]) -> list[Json]:
    found: list[Json] = []
    for channel in channels:
        found += [line(", "), _channel(channel)] if found else [_channel(channel)]
    return found


def _channel(channel: str) -> Json:
    if is_direct(channel):
        return person(channel) if channel[0] in "UW" else line("a person, directly")
    return {"type": "channel", "channel_id": channel}
