"""Modals of rules: the list, and where the last calls would go."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from bot.calls.words import headline, other_party
from bot.models.calls import Call
from bot.models.outbox import is_direct
from bot.models.rules import MAX_RULES, Rule, Rulebook
from bot.rules.validation import find_unreachable
from bot.rules.words import EVERY_CALL, conditions_in_words
from bot.ui.action_ids import NEW_RULE, RULE_MENU, RULES_MODAL, TRY_RULES, TURN_RULES_PAGE
from bot.ui.blocks import (
    Json,
    actions,
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
from bot.ui.lists import EDIT, list_modal, paginate
from bot.ui.mrkdwn import escape, name_of, shorten

RULES_PER_PAGE = 40
MAX_TRIED = 50
SWITCH, UP, DOWN = "switch", "up", "down"
_ABOUT = "Rules run top to bottom. Texts are routed by phone number."


@dataclass(frozen=True)
class Tried:
    """Where a call would go, by which rules, and where it went; channels by ID."""

    call: Call
    would: Sequence[str]
    went: Sequence[str]
    rules: Sequence[Rule] = ()

    @property
    def differs(self) -> bool:
        """Return whether it went elsewhere; a call without a card of its own went nowhere."""
        return bool(self.went) and set(self.would) != set(self.went)


@dataclass(frozen=True)
class Fallback:
    """Where calls go that match no rule: the channels of lines, and one for all others."""

    channel: str
    by_line: Mapping[str, str] = field(default_factory=dict)


def render_rules_modal(
    book: Rulebook,
    fallback: Fallback,
    *,
    broken: Mapping[str, str],
    locale: Locale,
    deleted: Mapping[int, Sequence[str]] = MappingProxyType({}),
    endpoints_gone: Mapping[int, str] = MappingProxyType({}),
    page: int = 1,
    notice: str = "",
) -> Json:
    """List the rules; `broken` says by channel why it takes no posts.

    `deleted` are the deleted outcomes that a rule names, by its ID, and `endpoints_gone` the
    deleted endpoint of outgoing webhooks.
    """
    shown = paginate(book.rules, page, size=RULES_PER_PAGE)
    idle = find_unreachable(book.rules)
    buttons = [button("New rule", NEW_RULE, "new")] if len(book.rules) < MAX_RULES else []
    buttons.append(button(f"Try the last {MAX_TRIED} calls", TRY_RULES, "try"))
    buttons += shown.buttons(TURN_RULES_PAGE, back="Earlier rules", more="More rules")
    blocks = [note(_ABOUT)]
    for place, rule in enumerate(shown.rows, shown.first + 1):
        marks = [f"⚠️ Never matches: {idle[rule.rule_id]}"] if rule.rule_id in idle else []
        if names := deleted.get(rule.rule_id):
            marks.append(f"⚠️ Deleted outcome: {shorten(', '.join(map(name_of, names)), 300)}")
        if endpoint := endpoints_gone.get(rule.rule_id):
            marks.append(f"⚠️ Deleted endpoint, so nothing is sent: {name_of(endpoint)}")
        blocks.append(_row(place, rule, marks, broken, locale))
    blocks += [_fallback(fallback, broken, locale), actions(*buttons, block_id="buttons")]
    metadata = json.dumps({"version": book.version, "page": shown.number})
    return list_modal(
        "Routing rules", blocks, notice=notice, callback_id=RULES_MODAL, metadata=metadata
    )


def _row(
    place: int, rule: Rule, problems: Sequence[str], broken: Mapping[str, str], locale: Locale
) -> Json:
    conditions = "\n".join(conditions_in_words(rule.when, locale)) or EVERY_CALL
    marks = [*([] if rule.is_on else ["Switched off"]), *problems]
    words = "\n".join([f"{place}. {name_of(rule.name)}", shorten(conditions, 900), *marks])
    target = [f"→ {_target(rule)}", "then continues" if rule.goes_on else "then stops"]
    target += [f"mentions <@{rule.mention}>"] if rule.mention else []
    target += [f"calls the webhook {escape(name_of(rule.webhook))}"] if rule.webhook else []
    target += ["also during quiet hours and mutes"] if rule.at_once else []
    target += [f":warning: {broken[rule.channel]}"] if rule.channel in broken else []
    menu = {"Edit": EDIT, "Move up": UP, "Move down": DOWN}
    menu |= {"Switch off" if rule.is_on else "Switch on": SWITCH}
    options = [option(label, f"{action} {rule.rule_id}") for label, action in menu.items()]
    return section(
        block_id=f"rule_{rule.rule_id}",
        fields=[plain(words, 2_000), mrkdwn("\n".join(target))],
        accessory=overflow(RULE_MENU, options),
    )


def _target(rule: Rule) -> str:
    return f"<@{rule.slack_user}> (direct message)" if rule.slack_user else f"<#{rule.channel}>"


def _fallback(fallback: Fallback, broken: Mapping[str, str], locale: Locale) -> Json:
    where = f"→ <#{fallback.channel}>"
    where += f"\n:warning: {broken[fallback.channel]}" if fallback.channel in broken else ""
    lines = [locale.number(one) or one for one in fallback.by_line]
    words = "Calls that match no rule"
    if lines:
        first, more = ", ".join(lines[:10]), len(lines) - 10
        rest = f" and {more} more" if more > 0 else ""
        words += f"\nSLACK_ROUTES routes {first}{rest}. All others:"
    return section(block_id="fallback", fields=[plain(words, 2_000), mrkdwn(where)])


def render_tried(tried: Sequence[Tried], *, locale: Locale) -> Json:
    """Compare where the last calls went with where they would go now."""
    if not tried:
        return words_modal("Try the rules", "No calls yet. Try the rules after the first call.")
    counts = Counter(channel for one in tried for channel in one.would)
    differ = sum(one.differs for one in tried)
    calls = "call" if len(tried) == 1 else f"{len(tried)} calls"
    opening = f"With the current rules, the last {calls} would go here"
    if differ:
        opening += f". {'It' if len(tried) == 1 else f'{differ} of them'} went elsewhere"
    totals = [
        paragraph(_channel(channel), line(f"  {count}")) for channel, count in counts.most_common()
    ]
    blocks = [says(f"{opening}:"), rich(bullets(*totals))]
    blocks += [rich(_call(one, locale)) for one in tried[:MAX_TRIED]]
    return words_modal("Try the rules", blocks=blocks)


def _call(one: Tried, locale: Locale) -> Json:
    _, what, preposition = headline(one.call)
    who = shorten(other_party(one.call, locale), 40)
    words = " ".join(word for word in (what, preposition, who) if word)
    names = ", ".join(f"“{name_of(rule.name)}”" for rule in one.rules) or "no rule"
    pieces = [line(words, bold=True), line("\n→ "), *_channels(one.would)]
    pieces.append(line(f"  by {shorten(names, 200)}"))
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
        return person(channel) if channel[0] in "UW" else line("a direct message")
    return {"type": "channel", "channel_id": channel}
