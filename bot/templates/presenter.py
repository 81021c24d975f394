"""Owns showing templates to somebody, and filling them in with what we know of ourselves."""

from dataclasses import dataclass

from bot.models.templates import Template, fill
from bot.people.names import slack_name
from bot.people.permissions import Permissions
from bot.store import Store
from bot.templates.modals import render_template_form, render_templates_modal
from bot.ui.blocks import Json
from bot.ui.formatting import Locale

EXAMPLE_NAME, EXAMPLE_NUMBER = "Maria Lopez", "+12125550123"


@dataclass(frozen=True)
class TemplatePresenter:
    """Templates, as `viewer` (a Slack user id) sees and sends them."""

    store: Store
    rights: Permissions
    locale: Locale

    def list(self, *, viewer: str, said: str | None = None) -> Json:
        """Give the modal that lists them; `said` is what has just been done."""
        shown = self.store.templates.seen_by(viewer)
        return render_templates_modal(shown, is_admin=self.rights.is_admin(viewer), said=said)

    def form(self, template: Template, *, viewer: str, token: str) -> Json:
        """Give the form, with how the text would read to somebody."""
        return render_template_form(
            template,
            example=self.filled(template, viewer, name=EXAMPLE_NAME, number=EXAMPLE_NUMBER),
            is_admin=self.rights.is_admin(viewer),
            token=token,
        )

    def filled(
        self, template: Template, sender: str | None, *, name: str | None, number: str | None
    ) -> str:
        """Give the text from `sender` (a Slack user id) to somebody; `number` in E.164."""
        company = self.store.people.company()
        return fill(
            template,
            name=name,
            number=self.locale.number(number),
            company=company.name if company else None,
            sender=slack_name(sender, self.store),
        )
