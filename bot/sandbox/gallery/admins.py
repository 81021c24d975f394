"""Examples for admins: routing rules and incidents."""

from dataclasses import replace

from bot.errors import KeyRefused
from bot.health.restore_messages import RestoredState, render_restored
from bot.models.outcomes import CallOutcome, OutcomeSetting
from bot.models.rules import Conditions, Rule, Rulebook
from bot.outcomes.modals import (
    DELETED_OUTCOME,
    render_outcome_conflict,
    render_outcome_form,
    render_outcome_problem,
    render_outcomes_modal,
)
from bot.rules.form import Choices, render_rule_form
from bot.rules.modals import Fallback, Tried, render_rules_modal, render_tried
from bot.sandbox.gallery import fixtures as facts
from bot.sandbox.gallery.example import LOCALE, Example, Group
from bot.sandbox.gallery.incidents import EXAMPLES
from bot.sync.messages import render_backfill_summary
from bot.ui.error_messages import render_command_error, render_trouble_modal, words_for

ANGRY = Rule(
    1,
    "Angry customers",
    facts.SALES,
    when=Conditions(sentiments=("negative",), words=("refund", "lawyer")),
    goes_on=True,
    mention=facts.BEN,
)
NIGHT = Rule(2, "Long calls", "D1", facts.ANA, Conditions(at_least=1_800), is_on=False)
FULL = Conditions(
    directions=("incoming", "outgoing", "internal"),
    outcomes=("missed", "voicemail", "answered", "unanswered"),
    extensions=tuple(str(at) for at in range(100, 150)),
    lines=tuple(f"+1212555{at:04}" for at in range(100, 150)),
    callers=tuple(f"{at} {facts.LONG_NAME}"[:80] for at in range(50)),
    field="Company",
    values=tuple(f"{at} {facts.LONG_NAME}"[:80] for at in range(50)),
    sentiments=("positive", "neutral", "negative"),
    words=tuple(f"{at} {facts.LONG_NAME}"[:80] for at in range(50)),
    at_least=1,
    at_most=86_400,
    calls=100,
    minutes=10_080,
)
MANY = tuple(Rule(at, facts.LONG_NAME[:60], facts.SALES, when=FULL) for at in range(1, 201))
CHOICES = Choices(
    (facts.ANA_TORRES, facts.BEN_WHITAKER),
    FULL.lines[:3],
    ("Company", "City"),
    ("Quote sent", "Appointment"),
)
FALLBACK = Fallback(facts.CHANNEL, {"+12125550101": facts.SALES})
WELL, ILL = (Tried(facts.CALL, [facts.SALES], [facts.SALES], [ANGRY]),
             Tried(facts.MISSED, [facts.SALES], [facts.CHANNEL], [ANGRY]))  # fmt: skip
SET_BY_BEN = OutcomeSetting(facts.QUOTE, facts.BEN, facts.NOW)
PLACES = [f"C0{at:07}" for at in range(20)]

OUTCOMES = Group(
    "Call outcomes",
    (
        Example("Outcomes", "After /vocatech outcomes, by an admin.",
                lambda: render_outcomes_modal(facts.OUTCOMES, {1: 12, 2: 1},
                                              notice="“Resolved” saved.")),
        Example("No outcomes", "If an admin deleted all of them.",
                lambda: render_outcomes_modal((), {})),
        Example("48 outcomes", "The limit.",
                lambda: render_outcomes_modal(
                    [CallOutcome(at, facts.LONG_NAME[:40]) for at in range(1, 49)], {})),
        Example("An outcome", "After Edit or New outcome.",
                lambda: render_outcome_form(facts.QUOTE, token="token")),
        Example("Outcome set by two people", "If a colleague chose another one just before.",
                lambda: render_outcome_conflict("call-1", facts.OUTCOMES[1], SET_BY_BEN,
                                                set_by="Ben Whitaker", below={})),
        Example("Outcome that was deleted", "If the menu of an old card still has it.",
                lambda: render_outcome_problem(DELETED_OUTCOME)),
    ),
)  # fmt: skip

RULES = Group(
    "Routing rules",
    (
        Example("Rules", "After /vocatech rules, by an admin.",
                lambda: render_rules_modal(Rulebook(3, (ANGRY, NIGHT)), FALLBACK,
                                           broken={facts.SALES: "it is archived"}, locale=LOCALE,
                                           notice="“Angry” saved.")),
        Example("Rule with a deleted endpoint", "Its webhook was deleted in /vocatech webhooks.",
                lambda: render_rules_modal(Rulebook(3, (replace(NIGHT, webhook="CRM"),)), FALLBACK,
                                           broken={}, locale=LOCALE,
                                           endpoints_gone={NIGHT.rule_id: "CRM"})),
        Example("200 rules", "The limit, each with every condition.",
                lambda: render_rules_modal(Rulebook(3, MANY), FALLBACK, broken={}, locale=LOCALE,
                                           page=5)),
        Example("A rule", "After Edit or New rule.",
                lambda: render_rule_form(ANGRY, 1, CHOICES, locale=LOCALE, token="token")),
        Example("The longest rule", "Every field is filled in.",
                lambda: render_rule_form(MANY[0], 1, Choices(
                    [replace(facts.ANA_TORRES, name=facts.LONG_NAME, extension=str(at))
                     for at in range(200)], FULL.lines, [f"Field {at}" for at in range(200)]),
                    locale=LOCALE, token="token")),
        Example("Rules, tried", "After Try: where the last calls would go.",
                lambda: render_tried((WELL, ILL), locale=LOCALE)),
        Example("Rules, tried with the longest calls", "Up to 50 calls.",
                lambda: render_tried(
                    [Tried(facts.LONGEST, PLACES, PLACES[:1], MANY[:20])] * 60, locale=LOCALE)),
    ),
)  # fmt: skip

RESTORED = RestoredState(
    facts.NOW - 86_400,
    facts.NOW,
    [(facts.MISSED, None), (facts.VOICEMAIL, facts.BEN), *[(facts.LONGEST, facts.ANA)] * 8],
    23,
    [(facts.TEXT_OUT, "Maria Lopez")],
    1,
    scheduled=2,
    from_cards={"claimed a call": 12, "called back": 1, "opt-out recorded": 2},
    unread_channels=1,
)

INCIDENTS = Group(
    "Incidents",
    (
        *EXAMPLES,
        Example("Earlier calls", "After vocatech-slack backfill --post summary.",
                lambda: render_backfill_summary(
                    "n", since=facts.NOW - 90 * 86_400, until=facts.NOW, locale=LOCALE,
                    counts={"incoming": 2_345, "outgoing": 998, "internal": 12, "missed": 207})),
        Example("Backup restored", "Once to each admin, after a restore.",
                lambda: render_restored("n", RESTORED, locale=LOCALE)),
        Example("Backup restored, nothing open", "If no one was waiting for a callback.",
                lambda: render_restored("n", RestoredState(facts.NOW - 86_400, facts.NOW),
                                        locale=LOCALE)),
        Example("Something went wrong", "When a request failed.",
                lambda: render_trouble_modal(words_for(KeyRefused("401")))),
        Example("A command that did nothing", "With a long text, which Slack doesn't keep.",
                lambda: render_command_error(
                    "No phone number or contact matches “Mara”. Did you mean Maria Lopez?", "/sms",
                    "Mara your order is ready. We're open until five today, and from eight on.")),
    ),
)  # fmt: skip
