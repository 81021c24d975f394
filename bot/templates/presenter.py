"""Modals of templates, and template texts with their placeholders filled in."""

import re
from dataclasses import dataclass, replace

from bot.models.templates import Template, fill
from bot.people.names import person_name, signature, slack_name
from bot.people.permissions import Permissions
from bot.phone_numbers import format_for
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.templates.modals import render_template_form, render_templates_modal
from bot.ui.blocks import Json
from bot.ui.command_text import read_field
from bot.ui.formatting import Locale
from bot.ui.lists import look_of
from bot.ui.mrkdwn import clean

MAX_PASSES = 5
# Slack's editor inserts them, and each would make a text longer by half.
_SPACE = re.compile(r"[^\S\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
# What Slack would read as a mention, a channel, or a group.
_CODE_START = re.compile(r"<+(?=[@#!])")
EXAMPLE_NAME, EXAMPLE_NUMBER = "Maria Lopez", "+12125550123"
EXAMPLE_GREETING = "Good morning"


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

    def form(
        self, template: Template, *, viewer: str, token: str = "", look: str | None = None
    ) -> Json:
        """Return the form with an example; without a `token`, it is a new form.

        `look` is the hash of the template that was opened, by default of `template`.
        """
        return render_template_form(
            template,
            example=self.filled(
                template,
                viewer,
                name=EXAMPLE_NAME,
                number=EXAMPLE_NUMBER,
                line=self._example_line(),
                greeting=EXAMPLE_GREETING,
            ),
            is_admin=self.permissions.is_admin(viewer),
            token=token or make_token(),
            look=look_of(template) if look is None else look,
        )

    def filled(
        self,
        template: Template,
        sender: str | None,
        *,
        name: str | None,
        number: str | None,
        line: str | None = None,
        greeting: str | None = None,
    ) -> str:
        """Return the text from `sender` (a Slack user ID) to a contact; numbers in E.164.

        `line` is the number it is sent from.
        Placeholders are filled in, and what Slack encodes is as the writer saw it.
        """
        company = self.store.people.company()
        text = template.body
        # A value may complete a code, such as `:ta{me}da:`.
        for _ in range(MAX_PASSES):
            before, text = (
                text,
                fill(
                    replace(template, body=read_field(text, self._slack_name)),
                    name=_without_braces(name),
                    number=self.locale.number(number),
                    company=_without_braces(company.name if company else None),
                    sender=_without_braces(signature(sender, self.store)),
                    line=self.shown_line(line, number),
                    greeting=greeting,
                ),
            )
            if text == before:
                return text
        # A name that is a code itself grows with each pass.
        return _CODE_START.sub("", text)

    def outgoing(
        self,
        body: str,
        sender: str | None,
        *,
        number: str,
        line: str | None = None,
        greeting: str | None = None,
        meant: int | None = None,
    ) -> str:
        """Return the text that a customer gets for what was typed or for a template's text.

        `meant` is the ID of the contact that was named, if any.
        """
        text = Template(None, sender, "", _SPACE.sub(" ", clean(body)).replace("\xad", ""))
        name = person_name(number, self.store, meant=meant)
        return self.filled(text, sender, name=name, number=number, line=line, greeting=greeting)

    def shown_line(self, line: str | None, number: str | None) -> str:
        """Return the number to send from as a contact dials it, maybe from another country."""
        return format_for(line, number) if line and number else self.locale.number(line)

    def _example_line(self) -> str | None:
        company = self.store.people.company()
        return next(iter(company.numbers), None) if company else None

    def _slack_name(self, slack_user: str) -> str | None:
        return _without_braces(slack_name(slack_user, self.store)) or None


def _without_braces(value: str | None) -> str:
    """Return a value in which the next pass finds no placeholder."""
    return (value or "").replace("{", "").replace("}", "")
