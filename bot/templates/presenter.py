"""Modals of templates, and template texts with their placeholders filled in."""

from dataclasses import dataclass

from bot.models.templates import Template, fill
from bot.people.names import slack_name
from bot.people.permissions import Permissions
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.templates.modals import render_template_form, render_templates_modal
from bot.ui.blocks import Json
from bot.ui.formatting import Locale

EXAMPLE_NAME, EXAMPLE_NUMBER = "Maria Lopez", "+12125550123"


@dataclass(frozen=True)
class TemplatePresenter:
    """Templates as `viewer` (a Slack user ID) sees and sends them."""

    store: Store
    permissions: Permissions
    locale: Locale

    def list(self, *, viewer: str, notice: str = "") -> Json:
        """Return the list modal."""
        shown = self.store.templates.seen_by(viewer)
        is_admin = self.permissions.is_admin(viewer)
        return render_templates_modal(shown, is_admin=is_admin, notice=notice)

    def form(self, template: Template, *, viewer: str, token: str = "") -> Json:
        """Return the form with an example; without a `token`, it is a new form."""
        return render_template_form(
            template,
            example=self.filled(template, viewer, name=EXAMPLE_NAME, number=EXAMPLE_NUMBER),
            is_admin=self.permissions.is_admin(viewer),
            token=token or make_token(),
        )

    def filled(
        self, template: Template, sender: str | None, *, name: str | None, number: str | None
    ) -> str:
        """Return the text from `sender` (a Slack user ID) to a contact; `number` in E.164."""
        company = self.store.people.company()
        return fill(
            template,
            name=name,
            number=self.locale.number(number),
            company=company.name if company else None,
            sender=slack_name(sender, self.store),
        )
