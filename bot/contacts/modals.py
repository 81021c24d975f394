"""Owns the answers about several contacts or none, the chooser, and the last word on deleting."""

import json
from collections.abc import Sequence

from bot.contacts.messages import line_of, title_of, view
from bot.models.contacts import Contact
from bot.ui.action_ids import CHOOSE_CONTACT, CONFIRM_DELETE, CREATE_CONTACT, SHOW_CONTACT
from bot.ui.blocks import Json, actions, answer, button, context, line, paragraph, plain, rich, says
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, shorten

MOST_LISTED = 10
MOST_CHOICES = 40
MOST_TITLE = 24


def render_contact_list(
    typed: str, contacts: Sequence[Contact], *, locale: Locale, is_open_ended: bool
) -> Json:
    """List the best matches with a button each, and say how many more there are.

    `is_open_ended`: there may be more than these, which were not looked for.
    """
    shown, more = contacts[:MOST_LISTED], len(contacts) - MOST_LISTED
    or_more = " or more" if is_open_ended else ""
    said = f"{len(contacts)}{or_more} contacts match “{_words(typed)}”."
    blocks = [says(said, block_id="found")]
    blocks += [
        _row(contact, button("Show", SHOW_CONTACT, str(contact.contact_id)), locale)
        for contact in shown
    ]
    if more > 0:
        rest = "1 other is" if more == 1 and not or_more else f"{more}{or_more} others are"
        words = f"{rest} not listed; type another word of the name or the company to find them."
        blocks.append(context(plain(words), block_id="more"))
    return answer(said, blocks)


def render_no_contact(typed: str, *, holds_any: bool) -> Json:
    """Say that nobody was found, and offer to make a contact of what was typed."""
    said = f"No contact matches “{_words(typed)}”."
    if not holds_any:
        said = (
            f"I cannot look for “{_words(typed)}”: I hold no contacts yet. The first look through"
            " Vocatech's address book is still under way, or Vocatech refused it; whoever runs"
            " me can see which with vocatech-slack doctor."
        )
    create = button("Create contact", CREATE_CONTACT, typed[:500] or " ")
    buttons = actions(create, block_id="create")
    return answer(said, [says(said, block_id="none"), buttons])


def render_chooser(number: str, contacts: Sequence[Contact], *, locale: Locale) -> Json:
    """Ask which of several contacts is meant by a number (E.164)."""
    shown = locale.number(number)
    words = f"{len(contacts)} contacts have the number {shown}. Whom you choose names its cards."
    blocks = [says(words, block_id="which")]
    for contact in contacts[:MOST_CHOICES]:
        value = json.dumps({"number": number, "contact_id": contact.contact_id})
        blocks.append(_row(contact, button("Choose", CHOOSE_CONTACT, value), locale))
    if len(contacts) > MOST_CHOICES:
        more = f"{len(contacts) - MOST_CHOICES} more can be looked up with /contact."
        blocks.append(says(more, block_id="more"))
    return view("Who is it?", blocks)


def render_delete_modal(contact: Contact, *, token: str) -> Json:
    """Say what is lost with a contact, and ask for the last word."""
    fields = "1 field holds" if len(contact.fields) == 1 else f"{len(contact.fields)} fields hold"
    words = (
        f"{title_of(contact)} goes out of Vocatech's address book, for everybody in the company,"
        f" with all that its {fields}. Calls and texts stay, and will show the number without the"
        " name. It cannot be taken back."
    )
    state = json.dumps({"token": token, "contact_id": contact.contact_id})
    return view(
        "Delete this contact?",
        [says(words, block_id="lost")],
        callback_id=CONFIRM_DELETE,
        submit=plain("Delete for good"),
        close=plain("Keep it"),
        private_metadata=state,
    )


def render_words_modal(title: str, words: str) -> Json:
    """Say something in a modal: what happened, whether anything was lost, what to do."""
    return view(shorten(title, MOST_TITLE), [rich(paragraph(line(words)), block_id="words")])


def _words(typed: str) -> str:
    return shorten(" ".join(clean(typed).split()), 120)


def _row(contact: Contact, accessory: Json, locale: Locale) -> Json:
    text = line_of(contact, locale)
    return says(text, block_id=f"contact_{contact.contact_id}", accessory=accessory)
