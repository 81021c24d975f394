"""Changes to templates: who may, what is checked, and what is saved."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bot.clock import Clock
from bot.models.templates import (
    MAX_NAME,
    MAX_SHOWN,
    Template,
    find_unknown_placeholder,
    has_fixed_text,
    has_placeholder,
)
from bot.models.texts import MAX_CHARACTERS
from bot.people.permissions import AdminAction, Permissions
from bot.slack.list_flow import Change
from bot.store import Store
from bot.templates.modals import NAME, TEXT, USE, parse_template_form
from bot.templates.presenter import TemplatePresenter
from bot.ui.emoji import find_custom_emoji, show_emoji
from bot.ui.lists import EDIT, changed_by_someone, is_outdated, look_of, nothing_done
from bot.ui.mrkdwn import name_of

DELETED = "This template was deleted. Nothing was changed."

COPY_IT = f"{DELETED} Copy your text into a new template."

Json = dict[str, Any]


@dataclass(frozen=True)
class TemplateService:
    """Templates: everyone changes their own, admins those of the company.

    `sends_automatically` is whether missed callers get theirs without a sender.
    """

    store: Store
    permissions: Permissions
    presenter: TemplatePresenter
    clock: Clock
    sends_automatically: bool

    def list_view(self, user: str, *, page: int = 1, notice: str = "") -> Json:  # noqa: ARG002
        """Return the list, which has one page."""
        return self.presenter.list(viewer=user, notice=notice)

    def new_form(self, user: str) -> Json:
        """Return an empty form."""
        return self.presenter.form(Template(None, user, "", ""), viewer=user)

    def preview(self, user: str, view: Json) -> Json:
        """Return the same form with the example for what is typed so far."""
        seen = json.loads(view["private_metadata"])
        template, look = parse_template_form(view, user), str(seen.get("look") or "")
        return self.presenter.form(template, viewer=user, token=seen["token"], look=look)

    def change(self, user: str, action: str, key: str, metadata: str) -> Change:
        """Edit or delete a template; raises NotAllowed."""
        found = self._find(int(key), user)
        if action == EDIT and found:
            return Change(form=self.presenter.form(found, viewer=user))
        if found and is_outdated(metadata, key, found):
            return Change(nothing_done("this template"))
        if found and self.store.templates.delete(int(key)):
            if found.owner is None:
                self._note(user, "company template deleted", found)
            return Change(f"“{name_of(found.name)}” deleted.")
        return Change(DELETED)

    def save(self, user: str, view: Json) -> Change:
        """Validate a submitted form and save the template; raises NotAllowed."""
        seen = json.loads(view["private_metadata"])
        submitted = parse_template_form(view, user)
        before = submitted.template_id and self._find(submitted.template_id, user)
        if submitted.owner is None:
            self.permissions.need_admin(user, AdminAction.CHANGE_COMPANY_TEMPLATES, submitted.name)
        seen_by_user = self.store.templates.seen_by(user)
        has_sender = not (submitted.is_for_missed and self.sends_automatically)
        errors = validate_template(submitted, seen_by_user, has_sender=has_sender)
        if submitted.template_id and not before:
            errors = {NAME: COPY_IT}
        elif before and seen.get("look") and seen["look"] != look_of(before):
            errors = {NAME: changed_by_someone("this template")}
        notice = f"“{name_of(submitted.name)}” saved."
        if errors:
            return Change(notice, errors)
        with self.store.submissions.once(seen["token"], now=self.clock.now()) as is_new:
            if not is_new:
                return Change(notice)
            if not self.store.templates.save(submitted):
                return Change(DELETED)
            if before and before.owner is None:
                self._note(user, "company template changed", submitted)
            elif submitted.owner is None:
                self._note(user, "company template created", submitted)
        return Change(notice)

    def _find(self, template_id: int, user: str) -> Template | None:
        """Return a template that the user sees; raises NotAllowed if only admins may change it."""
        found = self.store.templates.find(template_id, slack_user=user)
        if found and found.owner is None:
            self.permissions.need_admin(user, AdminAction.CHANGE_COMPANY_TEMPLATES, found.name)
        return found

    def _note(self, user: str, what: str, template: Template) -> None:
        self.store.audit.note(user, what, template.name, now=self.clock.now())


def validate_template(
    template: Template, seen: Sequence[Template], *, has_sender: bool = True
) -> dict[str, str]:
    """Return errors by field; `seen` are the templates that the user sees.

    `has_sender` is false for one that is also sent automatically.
    """
    others = [one for one in seen if one.template_id != template.template_id]
    names = {one.name.casefold() for one in others if one.owner == template.owner}
    errors = {}
    if not 0 < len(template.name) <= MAX_NAME:
        errors[NAME] = f"Enter a name of 1 to {MAX_NAME} characters."
    elif template.name.casefold() in names:
        errors[NAME] = "Another template has this name. Choose a different name."
    elif len(others) >= MAX_SHOWN:
        errors[NAME] = f"The limit is {MAX_SHOWN} templates. Delete a template first."
    if not 0 < len(template.body) <= MAX_CHARACTERS:
        errors[TEXT] = f"Enter a text of 1 to {MAX_CHARACTERS:,} characters."
    elif code := find_custom_emoji(show_emoji(template.body)):
        errors[TEXT] = f"SMS can't show {code}, an emoji of your workspace. Please remove it."
    elif template.is_for_missed and (unknown := find_unknown_placeholder(template.body)):
        errors[TEXT] = f"{unknown} isn't a placeholder. Missed callers would get it as it is."
    elif template.is_for_missed and not has_fixed_text(template):
        errors[TEXT] = "This text is empty for unknown callers. Add text outside the placeholders."
    elif not has_sender and has_placeholder(template.body, "me"):
        errors[TEXT] = (
            "{me} is empty in automatic messages to missed callers. Use {company}, or leave it out."
        )
    if template.is_for_missed and template.owner:
        errors[USE] = "The reply to missed calls is for everyone. Select both, or neither."
    return errors
