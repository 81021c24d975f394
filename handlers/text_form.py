"""Reply via SMS: a modal to write in, live counts, templates, and the text stored to be sent."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from slack_bolt import Ack

from bot.calls.modals import render_missing_modal
from bot.clock import Clock
from bot.models.calls import Call
from bot.models.texts import Step, TextForm
from bot.people.names import resolve_number
from bot.slack.client import SlackClient
from bot.slack.modal_state import OpenModals, make_token
from bot.store import Store
from bot.texts.compose_form import LINE, block_of_words, render_sent_modal
from bot.texts.service import TextService, tell_of_two_texts
from bot.ui.action_ids import CHOOSE_LINE, TYPE_REPLY
from bot.ui.blocks import Json, words_modal
from bot.ui.mrkdwn import clean

LINE_GONE = "This is no number of your company any more. Please choose another one."

SENT_AFTER_ALL = "This text was sent after all, or is on its way. Its thread shows how it stands."

SENT_ALREADY = "This text was sent from here already, and goes out once. Its thread shows it."


@dataclass(frozen=True)
class TextFormHandlers:
    """The form in which a text is written."""

    store: Store
    slack: SlackClient
    texts: TextService
    open_modals: OpenModals
    clock: Clock
    send_texts: Callable[[], None]

    def reply_to_call(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal for the other side of a call; a missed one is claimed with the text."""
        ack()
        call = self.store.calls.find(action["value"])
        if call is None or call.remote_number is None:
            self.slack.show_modal(body, render_missing_modal())
            return
        writing = _writing(call.remote_number, body, call)
        self.slack.show_modal(body, self.texts.begin(writing, viewer=body["user"]["id"]))

    def reply_to_text(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal for a number: from its thread, or from a contact."""
        ack()
        number = resolve_number(action["value"], self.store)
        if number is None:
            self.slack.show_modal(body, render_missing_modal())
            return
        writing = _writing(number, body)
        self.slack.show_modal(body, self.texts.begin(writing, viewer=body["user"]["id"]))

    def send_again(self, ack: Ack, action: Json, body: Json) -> None:
        """Open the modal with a text that did not arrive."""
        ack()
        text = self.store.texts.find(action["value"])
        if text is None or text.number is None:
            self.slack.show_modal(body, render_missing_modal())
            return
        if not (text.has_failed or (text.reply and text.reply.step is Step.ASKED)):
            self.slack.show_modal(body, words_modal("Sent after all", SENT_AFTER_ALL))
            return
        writing = _writing(text.number, body)
        self.slack.show_modal(
            body, self.texts.begin(writing, viewer=body["user"]["id"], words=text.body)
        )

    def count_characters(self, ack: Ack, body: Json) -> None:
        """Say how long the text is by now; what is typed stays."""
        ack()
        view = body["view"]
        writing, words, line = _entered(view)
        with self.open_modals.turn(view["id"], writing.filled) as is_current:
            if is_current:  # else a template has taken the place of what was typed
                shown = self.texts.modal(writing, viewer=body["user"]["id"], words=words, line=line)
                self.slack.update_modal(view["id"], shown, seen_hash=None)

    def fill_in_template(self, ack: Ack, action: Json, body: Json) -> None:
        """Put a template into the field, with the name and the number filled in."""
        ack()
        view, viewer = body["view"], body["user"]["id"]
        writing, words, line = _entered(view)
        template = self.store.templates.find(
            int(action["selected_option"]["value"]), slack_user=viewer
        )
        if template:  # else it was deleted meanwhile, and leaves the menu
            words = self.texts.filled(template, writing, viewer=viewer)
        writing = replace(writing, filled=writing.filled + 1)
        with self.open_modals.turn(view["id"], writing.filled):
            shown = self.texts.modal(writing, viewer=viewer, words=words, line=line)
            self.slack.update_modal(view["id"], shown, seen_hash=None)

    def send_reply(self, ack: Ack, body: Json) -> None:
        """Store the text, to be sent once; what is wrong with it is said at the field."""
        view, by = body["view"], body["user"]["id"]
        writing, words, line = _entered(view)
        if wrong := self.texts.wrong_with(writing, words):
            ack(response_action="errors", errors={block_of_words(writing): wrong})
            return
        if line and line not in self.texts.lines():
            ack(response_action="errors", errors={LINE: LINE_GONE})
            return
        other = self.texts.others(writing, viewer=by)
        draft = self.texts.draft(writing, words, line=line, by=by)
        if other and not writing.has_been_warned and not self.store.texts.find(draft.text_id):
            warned = self.texts.warned(writing, viewer=by, words=words, line=line)
            ack(response_action="update", view=warned)
            return
        leaves_at = self.texts.leaves_at()
        if not self.store.replies.add(draft, now=self.clock.now()):
            ack(response_action="update", view=words_modal("Sent already", SENT_ALREADY))
            return
        self.send_texts()
        if leaves_at or writing.channel is None:
            ack(
                response_action="update",
                view=render_sent_modal(leaves_at, locale=self.texts.locale),
            )
        else:
            ack()
        if other:
            tell_of_two_texts(draft, first=other, store=self.store, now=self.clock.now())


def _writing(number: str, body: Json, call: Call | None = None) -> TextForm:
    """Begin a text; where a message was clicked, its channel shall show the text too."""
    is_message = (body.get("container") or {}).get("type") == "message"
    is_kept = is_message and not (body.get("container") or {}).get("is_ephemeral")
    return TextForm(
        token=make_token(),
        number=number,
        call_id=call.call_id if call else None,
        channel=body["channel"]["id"] if is_kept else None,
        claims=bool(call and call.needs_a_call_back),
    )


def _entered(view: Json) -> tuple[TextForm, str, str | None]:
    """Read what was entered so far: the words, and the number to send from."""
    writing = TextForm.from_metadata(view["private_metadata"])
    values = view["state"]["values"]
    words = values.get(block_of_words(writing), {}).get(TYPE_REPLY, {}).get("value") or ""
    chosen = values.get(LINE, {}).get(CHOOSE_LINE, {}).get("selected_option") or {}
    # Without what nobody sees: the thread shall show what the customer got.
    return writing, clean(words), chosen.get("value")
