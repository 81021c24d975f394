"""Modals of templates: the list and the form."""

import json
from collections.abc import Sequence

from bot.models.templates import MAX_NAME, MAX_SHOWN, Template, find_unknown_placeholder
from bot.models.texts import MAX_CHARACTERS
from bot.sms_segments import describe_length, measure
from bot.ui.action_ids import (
    DELETE_TEMPLATE,
    EDIT_TEMPLATE,
    NEW_TEMPLATE,
    SAVE_TEMPLATE,
    SHOW_EXAMPLE,
    TEMPLATES_MODAL,
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
)
from bot.ui.inputs import state_of, ticked_in, ticks
from bot.ui.lists import list_modal, looks_of
from bot.ui.mrkdwn import clean, name_of, shorten

NAME, TEXT, USE = "name", "text", "use"
COMPANY, MISSED = "company", "missed"
PLACEHOLDERS = (
    "{greeting}, {first name}, {name}, {number}, {line}, {company}, and {me} are replaced. Unknown"
    " values are left out. {line} is your number; {greeting} is Good morning, for example, by the"
    " recipient's local time."
)
MAX_PREVIEW = 300


def render_templates_modal(
    templates: Sequence[Template], *, is_admin: bool, notice: str = ""
) -> Json:
    """List templates, each with its buttons."""
    blocks = [] if templates else [says("No templates yet. Create one to reuse it in replies.")]
    for one in templates:
        blocks.append(_row(one))
        if one.owner or is_admin:
            blocks.append(_buttons(one))
    if len(templates) < MAX_SHOWN:
        blocks.append(actions(button("New template", NEW_TEMPLATE, "new"), block_id="new"))
    else:
        blocks.append(says(f"The limit is {MAX_SHOWN} templates. Delete one to add another."))
    seen = json.dumps({"looks": looks_of({one.template_id: one for one in templates})})
    return list_modal(
        "Templates", blocks, notice=notice, callback_id=TEMPLATES_MODAL, metadata=seen
    )


def render_template_form(
    template: Template, *, example: str, is_admin: bool, token: str, look: str = ""
) -> Json:
    """Return the form; `example` is the text with placeholders filled in.

    `look` is the hash of the template that was opened.

    A form with the same `token` is saved once, however often it is sent.
    """
    preview = [
        line("Preview\n", bold=True),
        line(example or "…"),
        line(f"\n{_length(example)}"),
    ]
    blocks = [
        _input(NAME, "Name", template.name, MAX_NAME),
        _body(template.body),
        rich(paragraph(*preview), block_id="example"),
    ]
    if unknown := find_unknown_placeholder(example):
        blocks.append(note(f"{unknown} isn't a placeholder. Contacts would get it as it is."))
    if is_admin:
        blocks.append(_use(template))
    title = "New template" if template.template_id is None else "Edit template"
    metadata = json.dumps({"token": token, "template_id": template.template_id, "look": look})
    return form(title, blocks, callback_id=SAVE_TEMPLATE, metadata=metadata)


def parse_template_form(view: Json, user: str) -> Template:
    """Return the template in a form of `user`, which need not be complete."""
    use = ticked_in(view, USE)
    return Template(
        json.loads(view["private_metadata"])["template_id"],
        None if COMPANY in use else user,
        " ".join(clean(state_of(view, NAME).get("value") or "").split()),
        clean(state_of(view, TEXT).get("value") or "").strip(),
        is_for_missed=MISSED in use,
    )


def _row(template: Template) -> Json:
    marks = " · company template" if template.owner is None else " · only you"
    marks += " · for missed calls" if template.is_for_missed else ""
    return rich(
        paragraph(
            line(name_of(template.name), bold=True),
            line(marks),
            line(f"\n{shorten(clean(template.body), MAX_PREVIEW)}"),
        ),
        block_id=f"template_{template.template_id}",
    )


def _buttons(template: Template) -> Json:
    value = str(template.template_id)
    lost = f"You can't restore “{name_of(template.name)}”."
    confirm = asked_first("Delete this template?", lost, yes="Delete", no="Cancel", style="danger")
    edit = button("Edit", EDIT_TEMPLATE, value)
    delete = button("Delete", DELETE_TEMPLATE, value, confirm=confirm)
    return actions(edit, delete, block_id=f"do_{value}")


def _input(block_id: str, label: str, value: str, limit: int) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": block_id, "max_length": limit}
    if value:
        element["initial_value"] = value[:limit]
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def _body(text: str) -> Json:
    block = _input(TEXT, "Text", text, MAX_CHARACTERS)
    block["element"] |= {
        "action_id": SHOW_EXAMPLE,
        "multiline": True,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    return {**block, "dispatch_action": True, "hint": plain(PLACEHOLDERS)}


def _use(template: Template) -> Json:
    choices = {COMPANY: "For everyone in the company", MISSED: "Default reply to missed calls"}
    selected = [COMPANY] * (template.owner is None) + [MISSED] * template.is_for_missed
    return ticks(USE, "Use", choices, selected)


def _length(text: str) -> str:
    return describe_length(measure(text), MAX_CHARACTERS)
