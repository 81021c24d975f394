"""Owns the list of templates, and the form in which one is written."""

import json
from collections.abc import Sequence

from bot.models.templates import MOST_NAME, MOST_SHOWN, Template
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
    option,
    paragraph,
    plain,
    rich,
    says,
    words_modal,
)
from bot.ui.mrkdwn import clean, name_of, shorten

NAME, TEXT, USE = "name", "text", "use"
COMPANY, MISSED = "company", "missed"
FIELDS = "{first name}, {name}, {number}, {company} and {me} are filled in, where they are known."
MOST_SEEN = 300


def render_templates_modal(
    templates: Sequence[Template], *, is_admin: bool, said: str | None = None
) -> Json:
    """List templates, each with its buttons; `said` is what has just been done."""
    blocks = [says(said)] if said else []
    if not templates:
        blocks.append(says("There are no templates yet."))
    for one in templates:
        blocks.append(_row(one))
        if one.owner or is_admin:
            blocks.append(_buttons(one))
    if len(templates) < MOST_SHOWN:
        new = button("New template", NEW_TEMPLATE, "new")
        blocks.append(actions(new, block_id="new"))
    else:
        blocks.append(says("More do not fit here; delete one to write another."))
    return {**words_modal("Templates", blocks=blocks), "callback_id": TEMPLATES_MODAL}


def render_template_form(template: Template, *, example: str, is_admin: bool, token: str) -> Json:
    """Give the form; `example` is how the text would read.

    `token` stands for this showing of the form: sent twice, it is done once.
    """
    reads = [
        line("It would read:\n", bold=True),
        line(example or "…"),
        line(f"\n{_length(example)}"),
    ]
    blocks = [
        _input(NAME, "Name", template.name, MOST_NAME),
        _body(template.body),
        rich(paragraph(*reads), block_id="example"),
    ]
    if is_admin:
        blocks.append(_use(template))
    title = "New template" if template.template_id is None else "Edit template"
    metadata = json.dumps({"token": token, "template_id": template.template_id})
    return form(title, blocks, callback_id=SAVE_TEMPLATE, metadata=metadata)


def _row(template: Template) -> Json:
    marks = [] if template.owner else [" · the whole company's"]
    marks += [" · for missed calls"] if template.is_for_missed else []
    heading = [line(name_of(template.name), bold=True), line("".join(marks) or " · yours")]
    return rich(
        paragraph(*heading, line(f"\n{shorten(clean(template.body), MOST_SEEN)}")),
        block_id=f"template_{template.template_id}",
    )


def _buttons(template: Template) -> Json:
    value = str(template.template_id)
    lost = f"“{name_of(template.name)}” cannot be brought back."
    confirm = asked_first("Delete this template?", lost, yes="Delete", no="Keep it", style="danger")
    edit = button("Edit", EDIT_TEMPLATE, value)
    delete = button("Delete", DELETE_TEMPLATE, value, confirm=confirm)
    return actions(edit, delete, block_id=f"do_{value}")


def _input(block_id: str, label: str, value: str, most: int) -> Json:
    element: Json = {"type": "plain_text_input", "action_id": block_id, "max_length": most}
    if value:
        element["initial_value"] = value[:most]
    return {"type": "input", "block_id": block_id, "label": plain(label), "element": element}


def _body(text: str) -> Json:
    block = _input(TEXT, "Text", text, MAX_CHARACTERS)
    block["element"] |= {
        "action_id": SHOW_EXAMPLE,
        "multiline": True,
        "dispatch_action_config": {"trigger_actions_on": ["on_character_entered"]},
    }
    return {**block, "dispatch_action": True, "hint": plain(FIELDS)}


def _use(template: Template) -> Json:
    company = option("For the whole company", COMPANY)
    missed = option("For missed calls: the text that is offered with one", MISSED)
    is_companys = template.owner is None
    chosen = [company] * is_companys + [missed] * template.is_for_missed
    element: Json = {"type": "checkboxes", "action_id": USE, "options": [company, missed]}
    if chosen:
        element["initial_options"] = chosen
    return {
        "type": "input",
        "block_id": USE,
        "optional": True,
        "label": plain("Whose it is"),
        "element": element,
    }


def _length(text: str) -> str:
    return describe_length(measure(text), MAX_CHARACTERS)
