"""Modals of outcomes: the list, its form, and the question after a conflict."""

import json
from collections.abc import Mapping, Sequence

from bot.models.outcomes import MAX_NAME, MAX_OUTCOMES, NO_OUTCOME, CallOutcome, OutcomeSetting
from bot.ui.action_ids import (
    DELETE_OUTCOME,
    EDIT_OUTCOME,
    NEW_OUTCOME,
    OUTCOMES_MODAL,
    REPLACE_OUTCOME,
    SAVE_OUTCOME,
)
from bot.ui.blocks import (
    Json,
    actions,
    asked_first,
    button,
    form,
    line,
    note,
    paragraph,
    plain,
    rich,
    says,
    words_modal,
)
from bot.ui.inputs import field, state_of
from bot.ui.lists import list_modal, looks_of
from bot.ui.mrkdwn import clean, name_of

NAME = "name"
WHAT_FOR = "People choose one of these on the card of a call. Deleted outcomes stay on old calls."
NO_OUTCOMES_YET = "No outcomes yet, so cards have no menu for them. Create one to add the menu."
DELETED_OUTCOME = "This outcome was deleted. Nothing was changed. Choose another one on the card."
CALL_GONE = "This call is no longer stored here, so no outcome was set."


def render_outcomes_modal(
    outcomes: Sequence[CallOutcome], uses: Mapping[int, int], *, notice: str = ""
) -> Json:
    """List the outcomes, each with how many calls have it, and its buttons."""
    blocks = [note(WHAT_FOR) if outcomes else says(NO_OUTCOMES_YET)]
    for one in outcomes:
        blocks += [_row(one, uses.get(one.outcome_id or 0, 0)), _buttons(one)]
    if len(outcomes) < MAX_OUTCOMES:
        blocks.append(actions(button("New outcome", NEW_OUTCOME, "new"), block_id="new"))
    else:
        blocks.append(says(f"The limit is {MAX_OUTCOMES} outcomes. Delete one to add another."))
    seen = json.dumps({"looks": looks_of({one.outcome_id: one.name for one in outcomes})})
    return list_modal(
        "Call outcomes", blocks, notice=notice, callback_id=OUTCOMES_MODAL, metadata=seen
    )


def render_outcome_form(outcome: CallOutcome, *, token: str) -> Json:
    """Return the form; a form with the same `token` is saved once, however often it is sent."""
    element: Json = {
        "type": "plain_text_input",
        "max_length": MAX_NAME,
        "placeholder": plain("Follow-up needed"),
    }
    if outcome.name:
        element["initial_value"] = outcome.name
    name = field(NAME, "Name", element, optional=False, hint="One to three words work best.")
    title = "New outcome" if outcome.outcome_id is None else "Edit outcome"
    seen = {"token": token, "outcome_id": outcome.outcome_id, "name": outcome.name}
    return form(title, [name], callback_id=SAVE_OUTCOME, metadata=json.dumps(seen))


def parse_outcome_form(view: Json) -> CallOutcome:
    """Return the outcome in a form, which need not be complete."""
    typed = clean(state_of(view, NAME).get("value") or "")
    return CallOutcome(json.loads(view["private_metadata"])["outcome_id"], " ".join(typed.split()))


def render_outcome_conflict(
    call_id: str,
    wanted: CallOutcome | None,
    current: OutcomeSetting | None,
    *,
    set_by: str,
    below: Json,
) -> Json:
    """Return the question after someone else was faster; `set_by` is their name.

    `wanted` is None to remove the outcome. `below` is the metadata of the call modal under it.
    """
    said = "Someone already removed the outcome."
    if current:
        said = f"{name_of(set_by)} already set the outcome to “{name_of(current.outcome.name)}”."
    action = f"Set “{name_of(wanted.name)}” instead?" if wanted else "Remove it?"
    seen = {
        "call_id": call_id,
        "outcome_id": wanted.outcome_id if wanted else NO_OUTCOME,
        "seen": current.outcome.outcome_id if current else NO_OUTCOME,
        "below": below,
    }
    view = form(
        "Already updated",
        [says(f"{said} Your choice wasn't saved. {action}")],
        callback_id=REPLACE_OUTCOME,
        metadata=json.dumps(seen),
    )
    return {**view, "submit": plain("Replace"), "close": plain("Keep it")}


def render_outcome_problem(words: str) -> Json:
    """Return the answer to a choice that can't be saved."""
    return words_modal("Nothing was changed", words)


def _row(outcome: CallOutcome, calls: int) -> Json:
    used = "not used yet" if not calls else "1 call" if calls == 1 else f"{calls:,} calls"
    return rich(
        paragraph(line(name_of(outcome.name), bold=True), line(f"  ·  {used}")),
        block_id=f"outcome_{outcome.outcome_id}",
    )


def _buttons(outcome: CallOutcome) -> Json:
    value = str(outcome.outcome_id)
    lost = f"Calls with “{name_of(outcome.name)}” keep it. Rules for it no longer act."
    confirm = asked_first("Delete this outcome?", lost, yes="Delete", no="Cancel", style="danger")
    edit = button("Edit", EDIT_OUTCOME, value)
    delete = button("Delete", DELETE_OUTCOME, value, confirm=confirm)
    return actions(edit, delete, block_id=f"do_{value}")
