"""Digests and the answers about them as messages."""

from collections.abc import Iterator
from dataclasses import replace

from bot.digests.charts import Picture, render_charts
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
from bot.ui.mrkdwn import escape, name_of, shorten

MOST_NAME_IN_TABLE = 40

_QUIET = {Cadence.DAILY: "day", Cadence.WEEKLY: "week", Cadence.MONTHLY: "month"}


def render_digest(digest: Digest, *, locale: Locale, may_be_a_repeat: bool = False) -> Message:
    """Show a digest; without any call it is one sentence."""
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
    """Say the digest in a sentence or two, for notifications and screen readers."""
    totals, days = digest.totals, period_in_words(digest.cadence, digest.period)
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
    what = "Digest of your calls, " if digest.is_personal else "Digest of "
    return f"{what}{days}: {calls}, {listed(ways)}{rate}. {_missed_in_words(digest)}"


def _at(digest: Digest) -> str:
    days = period_in_words(digest.cadence, digest.period)
    if digest.cadence is Cadence.DAILY:
        return f"on {days}" if digest.period.days == 1 else f"from {days}"
    return f"in {days}"


def _missed_in_words(digest: Digest) -> str:
    """Say how many were missed, and who waits; callers are people, and may have called often."""
    missed = digest.totals.missed
    said = "None was missed." if not missed else f"{missed:,} missed."
    if not digest.callers:
        return f"{said} Nobody waits for a call back." if missed else said
    waits = "1 caller was" if digest.callers == 1 else f"{digest.callers:,} callers were"
    return f"{said} {waits} not called back."


def _heading(digest: Digest) -> Json:
    whose = "Your calls: " if digest.is_personal else ""
    days = period_in_words(digest.cadence, digest.period)
    title = f"{whose}{days[0].upper()}{days[1:]}" if not whose else f"{whose}{days}"
    return {"type": "header", "text": {**plain(f"📊 {title}", 150), "emoji": True}}


def _quiet(digest: Digest) -> Json:
    return says(f"😌 {sentence(digest)}")


def _details(digest: Digest, locale: Locale) -> Iterator[Json | Picture]:
    if digest.callers:
        yield rich(paragraph(line(_waiting_title(digest), bold=True)))
        for one in digest.missed:
            yield _missed_row(one, locale)
        if (more := digest.callers - len(digest.missed)) > 0:
            yield note(f"{more:,} more: type {_typed_for_missed(digest)}")
    yield from render_charts(digest)
    if digest.per_person and digest.people:
        yield _table(digest.people)
    people = [f"{name_of(one.name)}: {one.calls:,}" for one in digest.people[:5]]
    if people and not digest.per_person:
        yield titled_list("Most calls by", people)
    contacts = [f"{name_of(one.name)}: {one.calls:,}" for one in digest.contacts if one.calls > 1]
    if contacts:
        yield titled_list("Most calls with", contacts)


def _typed_for_missed(digest: Digest) -> str:
    if digest.is_personal:
        return "/calls mine missed week"
    first, last = digest.period.first, digest.period.last
    return f"/calls {first if first == last else f'{first}..{last}'} missed"


def _waiting_title(digest: Digest) -> str:
    return "Waiting for you to call back" if digest.is_personal else "Missed and not called back"


def _missed_row(one: Missed, locale: Locale) -> Json:
    """Give a line about somebody who waits; names are outside text and stay plain."""
    parts = [
        shorten(name_of(one.who), 60),
        name_of(one.number or ""),
        f"tried {one.tries:,} times" if one.tries > 1 else "",
        "left a voicemail" if one.has_voicemail else "",
    ]
    words = "  ·  ".join(part for part in parts if part)
    fields = [plain(words)]
    if one.at is not None:
        fields.append(mrkdwn(locale.moment(one.at)))
    label = {"accessibility_label": shorten(f"Open the call: {words}", 75)}
    return section(fields=fields, accessory=button("Open", OPEN_CALL, one.call_id, **label))


def _table(people: tuple[PersonTotals, ...]) -> Picture:
    rows = [("Name", "Answered", "Missed", "Outgoing", "Talk time")]
    rows += [
        (
            shorten(name_of(one.name), MOST_NAME_IN_TABLE) or "nobody by name",
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
        [titled_list("Each person", lines)],
    )


def _footer(digest: Digest, locale: Locale, remark: str) -> Json:
    notes = []
    if digest.skipped:
        were = "digest was" if digest.skipped == 1 else "digests were"
        notes.append(f"{digest.skipped:,} earlier {were} skipped, as I could not post then.")
    notes += [remark] if remark else []
    whose = "Your own calls" if digest.is_personal else "All calls of the company"
    notes.append(f"{whose}; days and hours are those of {escape(digest.zone)}.")
    if digest.next_run:
        notes.append(f"The next digest comes {locale.moment(digest.next_run)}.")
    notes.append("`/vocatech digest` says more.")
    return context(mrkdwn(" ".join(notes)))


def render_plan(plan: DigestPlan, next_run: float, *, is_private: bool = False) -> Json:
    """Say when digests come; `next_run` in unix seconds."""
    whom = "you" if plan.is_personal else "this channel"
    comes = f"A digest comes to {whom} {plan_in_words(plan)}."
    more = f" {_off(plan)} stops it; {_preview(plan)} shows it to you alone."
    if is_private:
        more += " This channel is private: invite me with /invite @Vocatech, unless I am in it."
    said = paragraph(line(f"{comes} The next one: "), moment(next_run, "soon"), line(f".{more}"))
    return answer(comes, [rich(said)])


def render_no_plan(plan: DigestPlan) -> Json:
    """Say that no digest comes, and what would bring one."""
    whom = "you" if plan.is_personal else "this channel"
    return answer(
        f"No digest comes to {whom}. To have one: {typed_for(plan)}\n"
        f"{_preview(plan)} shows to you alone what it would be."
    )


def render_switched_off(plan: DigestPlan) -> Json:
    """Say that digests have ended, and how they come again."""
    whom = "you" if plan.is_personal else "this channel"
    return answer(f"No more digests come to {whom}. To have them again: {typed_for(plan)}")


def render_posted_now(plan: DigestPlan, period: Period, *, is_new: bool) -> Json:
    """Say that a digest is on its way; or that it came already, since none comes twice."""
    days = period_in_words(plan.cadence, period)
    if is_new:
        later = " It does not come again at its own time." if plan.is_on else ""
        return answer(f"The digest of {days} is on its way.{later}")
    return answer(
        f"The digest of {days} was posted already, and none is posted twice. {_preview(plan)} shows"
        " to you alone how it would be now."
    )


def _off(plan: DigestPlan) -> str:
    return f"/vocatech digest off{' me' if plan.is_personal else ''}"


def _preview(plan: DigestPlan) -> str:
    return f"/vocatech digest preview{' me' if plan.is_personal else ''}"
