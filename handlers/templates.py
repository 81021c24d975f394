"""Templates: what their list and their form set off."""

import json
from dataclasses import dataclass

from slack_bolt import Ack

from bot.clock import Clock
from bot.models.templates import Template
from bot.people.permissions import Permissions
from bot.slack.client import SlackClient
from bot.slack.errors import FAILURES
from bot.slack.modal_state import make_token
from bot.store import Store
from bot.templates.modals import COMPANY, MISSED, NAME, TEXT, USE
from bot.templates.presenter import TemplatePresenter
from bot.templates.service import CHANGE_COMPANYS, _find, _note, _what_is_wrong
from bot.ui.action_ids import SHOW_EXAMPLE
from bot.ui.blocks import Json
from bot.ui.command_text import CommandText
from bot.ui.mrkdwn import clean, name_of

GONE = "This template was deleted meanwhile. Nothing was changed."


@dataclass(frozen=True)
class TemplateHandlers:
    """Templates for texts."""

    slack: SlackClient
    template_presenter: TemplatePresenter
    store: Store
    permissions: Permissions
    clock: Clock

    def new_template(self, ack: Ack, body: Json) -> None:
        """Open an empty form."""
        ack()
        user = body["user"]["id"]
        empty = Template(None, user, "", "")
        self.slack.show_modal(
            body, self.template_presenter.form(empty, viewer=user, token=make_token())
        )

    def edit_template(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the form with a template in it; the company's for admins only."""
        ack()
        user = body["user"]["id"]
        found = _find(
            int(action["value"]),
            user,
            self.template_presenter.store,
            self.template_presenter.rights,
        )
        if found is None:
            _show_list(body["view"]["id"], user, GONE, self.slack, self.template_presenter)
            return
        self.slack.show_modal(
            body, self.template_presenter.form(found, viewer=user, token=make_token())
        )

    def delete_template(self, ack: Ack, action: Json, body: Json) -> None:
        """Delete a template, and show the list without it."""
        ack()
        user, said = body["user"]["id"], "This template was deleted already."
        found = _find(int(action["value"]), user, self.store, self.permissions)
        if found and self.store.templates.delete(int(action["value"])):
            said = f"“{name_of(found.name)}” is deleted."
            if found.owner is None:
                self.store.audit.note(
                    user, "company template deleted", found.name, now=self.clock.now()
                )
        _show_list(body["view"]["id"], user, said, self.slack, self.template_presenter)

    def show_example(self, ack: Ack, body: Json) -> None:
        """Show how the text that is being written would read."""
        ack()
        view, user = body["view"], body["user"]["id"]
        token = json.loads(view["private_metadata"])["token"]
        shown = self.template_presenter.form(_read(view, user), viewer=user, token=token)
        # Whatever was shown meanwhile: of several letters typed quickly, the last one counts.
        self.slack.update_modal(view["id"], shown, seen_hash=None)

    def save_template(self, ack: Ack, body: Json, view: Json) -> None:
        """Check what was filled in, keep it, and show it in the list below."""
        user, token = body["user"]["id"], json.loads(view["private_metadata"])["token"]
        written = _read(view, user)
        before = written.template_id and _find(
            written.template_id, user, self.store, self.permissions
        )
        if written.owner is None:
            self.permissions.need_admin(user, CHANGE_COMPANYS, written.name)
        wrong = _what_is_wrong(written, self.store.templates.seen_by(user))
        if written.template_id and not before:
            wrong = {NAME: f"{GONE} What you wrote can be copied into a new one."}
        # Asked last: what the same form did a moment ago is not wrong with it now.
        if wrong and not self.store.submissions.knows(token):
            ack(response_action="errors", errors=wrong)
            return
        said = f"“{name_of(written.name)}” is saved."
        if self.store.submissions.take(token, now=self.clock.now()):
            if self.store.templates.save(written):
                _note(user, before or None, written, self.store, self.clock)
            else:
                said = GONE
        ack()
        _show_list(view["previous_view_id"], user, said, self.slack, self.template_presenter)

    def open_templates(self, asked: CommandText) -> None:
        """Open the list of templates."""
        asked.ack()
        self.slack.open_modal(asked.trigger_id, self.template_presenter.list(viewer=asked.asker))


def _read(view: Json, user: str) -> Template:
    """Give what is filled in so far."""
    values = view["state"]["values"]
    chosen = values.get(USE, {}).get(USE, {}).get("selected_options") or []
    use = {one["value"] for one in chosen}
    return Template(
        json.loads(view["private_metadata"])["template_id"],
        None if COMPANY in use else user,
        " ".join(clean(values[NAME][NAME]["value"] or "").split()),
        clean(values[TEXT][SHOW_EXAMPLE]["value"] or "").strip(),
        is_for_missed=MISSED in use,
    )


def _show_list(
    view_id: str | None, user: str, said: str, slack: SlackClient, template_views: TemplatePresenter
) -> None:
    """Bring the list up to date, if it is still open."""
    try:
        slack.update_modal(
            view_id or "", template_views.list(viewer=user, said=said), seen_hash=None
        )
    except FAILURES:
        return  # it was closed meanwhile, and is right when it is opened again
