"""Digests, and the answers to /vocatech digest."""

from collections.abc import Iterator
from dataclasses import replace

from bot.digests.callback_words import (
    follow_ups_in_words,
    line_in_numbers,
    person_in_numbers,
)
from bot.digests.charts import Chart, render_charts
from bot.digests.words import (
    listed,
    period_in_words,
    plan_in_words,
    render_facts,
    rounded,
    typed_for,
)
from bot.models.digest_schedule import Cadence, DigestPlan, Period
from bot.models.digests import Digest, Missed, PersonTotals
from bot.models.outcomes import OutcomeCount
from bot.ui.action_ids import DIGEST_METADATA, OPEN_CALL
from bot.ui.blocks import (
    Json,
    answer,
    button,
    context,
    line,
    moment,
    mrkdwn,
    note,
    paragraph,
    plain,
    rich,
    says,
    section,
    titled_list,
)
from bot.ui.formatting import Locale, span
from bot.ui.message import REPEAT_NOTE, Message
from bot.ui.mrkdwn import escape, may_have_markup, name_of, shorten

MOST_NAME_IN_TABLE = 40

_BEFORE = {
    Cadence.DAILY: "day before",
    Cadence.WEEKLY: "week before",
    Cadence.MONTHLY: "month before",
}

_QUIET = {Cadence.DAILY: "day", Cadence.WEEKLY: "week", Cadence.MONTHLY: "month"}


def render_digest(digest: Digest, *, locale: Locale, may_be_a_repeat: bool = False) -> Message:
    """Return a digest; without calls it is one sentence."""
    opening = [_heading(digest), render_facts(digest)] if digest.totals.calls else [_quiet(digest)]
    footer = _footer(digest, locale, REPEAT_NOTE if may_be_a_repeat else "")
    blocks: list[Json] = []
    stand_ins: dict[str, list[Json]] = {}
    for part in (*opening, *_details(digest, locale), footer):
        block, instead = part if isinstance(part, tuple) else (part, None)
        block_id = f"d{len(blocks)}"
        blocks.append({**block, "block_id": block_id})
        if instead is not None:
            stand_ins[block_id] = [
                {**one, "block_id": f"{block_id}_{at}"} for at, one in enumerate(instead)
            ]
    metadata = {"event_type": DIGEST_METADATA, "event_payload": {"digest_id": digest.digest_id}}
    message = Message(sentence(digest), blocks, [], metadata, stand_ins=stand_ins)
    return replace(message, plain_blocks=message.without(message.new_types))


def sentence(digest: Digest) -> str:
    """Return the digest in a sentence or two, for notifications and screen readers."""
    totals, days = digest.totals, period_in_words(digest.cadence, digest.period)
    if not totals.calls and digest.has_gaps:
        none = "None of your calls" if digest.is_personal else "No calls"
        return f"{none} {_at(digest)} are stored."
    if not totals.calls:
        none = "you had no calls" if digest.is_personal else "no calls"
        return f"A quiet {_QUIET[digest.cadence]}: {none} {_at(digest)}."
    calls = "1 call" if totals.calls == 1 else f"{totals.calls:,} calls"
    ways = [
        f"{number:,} {way}"
        for number, way in (
            (totals.incoming, "in"),
            (totals.outgoing, "out"),
            (totals.internal, "internal"),
        )
        if number
    ]
    rate = f"; {totals.answer_rate}% answered" if totals.answer_rate is not None else ""
    what = "Digest of your calls, " if digest.is_personal else "Digest for "
    return f"{what}{days}: {calls}, {listed(ways)}{rate}. {_missed_in_words(digest)}"


def _at(digest: Digest) -> str:
    days = period_in_words(digest.cadence, digest.period)
    if digest.cadence is Cadence.DAILY:
        return f"on {days}" if digest.period.days == 1 else f"from {days}"
    return f"in {days}"


def _missed_in_words(digest: Digest) -> str:
    """Return the number of missed calls, and of callers who weren't called back."""
    missed = digest.totals.missed
    said = "None missed." if not missed else f"{missed:,} missed."
    if not digest.callers:
        # No one calls spam back.
        done = "No callbacks are left." if digest.spam_calls else "All callers were called back."
        return f"{said} {done}" if missed else said
    callers = "1 caller hasn't" if digest.callers == 1 else f"{digest.callers:,} callers haven't"
    return f"{said} {callers} been called back."


def _heading(digest: Digest) -> Json:
    whose = "Your calls: " if digest.is_personal else ""
    days = period_in_words(digest.cadence, digest.period)
    title = f"{whose}{days[0].upper()}{days[1:]}" if not whose else f"{whose}{days}"
    return {"type": "header", "text": {**plain(f"📊 {title}", 150), "emoji": True}}


def _quiet(digest: Digest) -> Json:
    return says(sentence(digest) if digest.has_gaps else f"😌 {sentence(digest)}")


def _details(digest: Digest, locale: Locale) -> Iterator[Json | Chart]:
    if digest.callers:
        yield rich(paragraph(line(_waiting_title(digest), bold=True)))
        for one in digest.missed:
            yield _missed_row(one, locale)
        if (more := digest.callers - len(digest.missed)) > 0:
            yield note(f"{more:,} more. To list them, type {_typed_for_missed(digest)}")
    yield from render_charts(digest)
    if digest.per_person and digest.people:
        yield _table(digest.people)
    yield from _callbacks(digest)
    if digest.spam_calls:
        yield note(_spam(digest.spam_calls))
    if digest.outcomes:
        yield titled_list("Outcomes", [_outcome(one, digest.cadence) for one in digest.outcomes])
    people = [f"{name_of(one.name)}: {one.calls:,}" for one in digest.people[:5]]
    if people and not digest.per_person:
        yield titled_list("Most calls by person", people)
    contacts = [f"{name_of(one.name)}: {one.calls:,}" for one in digest.contacts if one.calls > 1]
    if contacts:
        yield titled_list("Most calls by contact", contacts)


def _callbacks(digest: Digest) -> Iterator[Json]:
    """Yield open follow-ups, and callbacks per person (if the digest has people) and line."""
    report = digest.callbacks
    if report is None:
        return
    if report.follow_ups:
        yield note(follow_ups_in_words(report.follow_ups, report.overdue))
    if report.people and digest.per_person:
        yield titled_list("Callbacks by person", [*map(person_in_numbers, report.people)])
    if report.lines:
        yield titled_list("Callbacks by company number", [*map(line_in_numbers, report.lines)])


def _spam(calls: int) -> str:
    counted = "1 of these calls was" if calls == 1 else f"{calls:,} of these calls were"
    return f"{counted} from numbers marked as spam, and not posted. To list them: /vocatech callers"


def _outcome(one: OutcomeCount, cadence: Cadence) -> str:
    """Return the calls with an outcome, compared with the period before."""
    before = "" if one.before is None else f" ({_BEFORE[cadence]}: {one.before:,})"
    return f"{name_of(one.name)}: {one.calls:,}{before}"


def _typed_for_missed(digest: Digest) -> str:
    if digest.is_personal:
        return "/calls mine missed week"
    return f"/calls {_typed_days(digest.period)} missed"


def _typed_days(period: Period) -> str:
    return f"{period.first}" if period.days == 1 else f"{period.first}..{period.last}"


def _waiting_title(digest: Digest) -> str:
    return "Your callbacks" if digest.is_personal else "Missed and not called back"


def _missed_row(one: Missed, locale: Locale) -> Json:
    """Return a row about a caller; the name is bold if it can't be read as markup."""
    who, number = shorten(name_of(one.who), 60), name_of(one.number or "")
    details = [
        number,
        f"{one.tries:,} missed calls" if one.tries > 1 else "",
        "voicemail" if one.has_voicemail else "",
    ]
    words = "  ·  ".join(part for part in (who, *details) if part)
    label = {"accessibility_label": shorten(f"Open the call: {words}", 75)}
    accessory = button("Open", OPEN_CALL, one.call_id, **label)
    if may_have_markup(who) or may_have_markup(number):
        fields = [plain(words), *([mrkdwn(locale.moment(one.at))] if one.at is not None else [])]
        return section(fields=fields, accessory=accessory)
    at = locale.moment(one.at) if one.at is not None else ""
    second = "  ·  ".join(part for part in (at, *details) if part)
    text = {**mrkdwn(f"*{who}*\n{second}".strip()), "verbatim": True}
    return section(text, accessory=accessory)


def _table(people: tuple[PersonTotals, ...]) -> Chart:
    rows = [("Name", "Answered", "Missed", "Outgoing", "Talk time")]
    rows += [
        (
            shorten(name_of(one.name), MOST_NAME_IN_TABLE) or "Unnamed",
            f"{one.answered:,}",
            f"{one.missed:,}",
            f"{one.outgoing:,}",
            span(rounded(one.talk_seconds)),
        )
        for one in people
    ]
    cells = [[{"type": "raw_text", "text": cell} for cell in row] for row in rows]
    numbers = [{"align": "left"}, *({"align": "right"} for _ in rows[0][1:])]
    lines = [f"{row[0]}: {row[1]} answered, {row[2]} missed, {row[3]} outgoing" for row in rows[1:]]
    return (
        {"type": "table", "rows": cells, "column_settings": numbers},
        [titled_list("By person", lines)],
    )


def _footer(digest: Digest, locale: Locale, remark: str) -> Json:
    notes = []
    if digest.skipped:
        were = "digest was" if digest.skipped == 1 else "digests were"
        notes.append(f"{digest.skipped:,} earlier {were} skipped while Vocatech was offline.")
    notes += [remark] if remark else []
    if digest.has_gaps:
        days = _typed_days(digest.period)
        notes.append(f"Some calls may not be stored. To fetch them, type `/calls {days}`.")
    whose = "Your own calls" if digest.is_personal else "All company calls"
    notes.append(f"{whose}, in the time zone {escape(digest.zone)}.")
    if digest.next_run:
        notes.append(f"Next digest: {locale.moment(digest.next_run)}.")
    notes.append("Manage with `/vocatech digest`.")
    return context(mrkdwn(" ".join(notes)))


def render_plan(plan: DigestPlan, next_run: float, *, is_private: bool = False) -> Json:
    """Return the schedule of a digest; `next_run` in unix seconds."""
    scheduled = f"Digest for {_audience(plan)}: {plan_in_words(plan)}."
    invite = ""
    if is_private and not plan.is_personal:
        invite = " This channel is private, so type /invite @Vocatech unless Vocatech is in it."
    said = paragraph(
        line(f"{scheduled} Next: "),
        moment(next_run, "soon"),
        line(f".{invite} To preview it, type "),
        line(_preview(plan), code=True),
        line(". To stop it, type "),
        line(_off(plan), code=True),
        line("."),
    )
    return answer(scheduled, [rich(said)])


def render_no_plan(plan: DigestPlan) -> Json:
    """Return the answer if no digest is scheduled, with the way to schedule one."""
    return _with_command(
        f"No digest is scheduled for {_audience(plan)}. To schedule one, type", plan
    )


def render_switched_off(plan: DigestPlan) -> Json:
    """Return the answer after a digest was switched off, with the way to schedule it again."""
    return _with_command(
        f"Digests for {_audience(plan)} are off. To schedule them again, type", plan
    )


def _with_command(said: str, plan: DigestPlan) -> Json:
    typed = typed_for(plan)
    pieces = [line(f"{said} "), line(typed, code=True), line(". To preview it, type ")]
    pieces += [line(_preview(plan), code=True), line(".")]
    return answer(f"{said} {typed}", [rich(paragraph(*pieces))])


def _audience(plan: DigestPlan) -> str:
    return "you" if plan.is_personal else "this channel"


def render_posted_now(plan: DigestPlan, period: Period, *, is_new: bool) -> Json:
    """Return the answer to /vocatech digest now; the same digest is never posted twice."""
    days = period_in_words(plan.cadence, period)
    if is_new:
        later = " It won't be posted again at the scheduled time." if plan.is_on else ""
        return answer(f"Posting the digest for {days}.{later}")
    return answer(
        f"The digest for {days} was already posted. To see it with current numbers, type"
        f" {_preview(plan)}."
    )


def _off(plan: DigestPlan) -> str:
    return f"/vocatech digest off{' me' if plan.is_personal else ''}"


def _preview(plan: DigestPlan) -> str:
    return f"/vocatech digest preview{' me' if plan.is_personal else ''}"
