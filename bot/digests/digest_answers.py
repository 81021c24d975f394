"""Owns the answers about plans of digests: what comes when, and how that is changed."""

from bot.digests.digest_words import period_in_words, plan_in_words, typed_for
from bot.models.digest_schedule import Period, Plan
from bot.ui.blocks import Json, answer, line, moment, paragraph, rich


def render_plan(plan: Plan, next_run: float, *, is_private: bool = False) -> Json:
    """Say when digests come; `next_run` in unix seconds."""
    whom = "you" if plan.is_personal else "this channel"
    comes = f"A digest comes to {whom} {plan_in_words(plan)}."
    more = f" {_off(plan)} stops it; {_preview(plan)} shows it to you alone."
    if is_private:
        more += " This channel is private: invite me with /invite @Vocatech, unless I am in it."
    said = paragraph(line(f"{comes} The next one: "), moment(next_run, "soon"), line(f".{more}"))
    return answer(comes, [rich(said)])


def render_no_plan(plan: Plan) -> Json:
    """Say that no digest comes, and what would bring one."""
    whom = "you" if plan.is_personal else "this channel"
    return answer(
        f"No digest comes to {whom}. To have one: {typed_for(plan)}\n"
        f"{_preview(plan)} shows to you alone what it would be."
    )


def render_switched_off(plan: Plan) -> Json:
    """Say that digests have ended, and how they come again."""
    whom = "you" if plan.is_personal else "this channel"
    return answer(f"No more digests come to {whom}. To have them again: {typed_for(plan)}")


def render_posted_now(plan: Plan, period: Period, *, is_new: bool) -> Json:
    """Say that a digest is on its way; or that it came already, since none comes twice."""
    days = period_in_words(plan.cadence, period)
    if is_new:
        later = " It does not come again at its own time." if plan.is_on else ""
        return answer(f"The digest of {days} is on its way.{later}")
    return answer(
        f"The digest of {days} was posted already, and none is posted twice. {_preview(plan)} shows"
        " to you alone how it would be now."
    )


def _off(plan: Plan) -> str:
    return f"/vocatech digest off{' me' if plan.is_personal else ''}"


def _preview(plan: Plan) -> str:
    return f"/vocatech digest preview{' me' if plan.is_personal else ''}"
