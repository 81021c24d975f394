"""Lists and choices of contacts, the question before deleting, and short messages."""

import json
from collections.abc import Sequence

from bot.contacts.messages import line_of, title_of, view
from bot.models.contacts import Contact
from bot.ui.action_ids import CHOOSE_CONTACT, CONFIRM_DELETE, CREATE_CONTACT, SHOW_CONTACT
from bot.ui.blocks import Json, actions, answer, button, context, line, paragraph, plain, rich, says
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, shorten

# A search stops here, so the exact number of further matches is unknown.
MAX_FOUND = 100
MAX_LISTED = 10
MAX_CHOICES = 40
MAX_TITLE = 24


def render_contact_list(typed: str, contacts: Sequence[Contact], *, locale: Locale) -> Json:
    """List the best matches with a button each, and the number of other matches."""
    shown, more = contacts[:MAX_LISTED], len(contacts) - MAX_LISTED
    or_more = " or more" if len(contacts) >= MAX_FOUND else ""
    said = f"{len(contacts)}{or_more} contacts match “{_words(typed)}”."
    blocks = [says(said, block_id="found")]
    blocks += [
        _row(contact, button("Show", SHOW_CONTACT, str(contact.contact_id)), locale)
        for contact in shown
    ]
    if more > 0:
        words = f"{more}{or_more} more. Add another word of the name or company to narrow this."
        blocks.append(context(plain(words), block_id="more"))
    return answer(said, blocks)


def render_no_contact(
    typed: str,
    *,
    holds_any: bool,
    locale: Locale,
    alike: Sequence[Contact] = (),
    is_person: bool = False,
) -> Json:
    """Return the answer if no contact matches, with an offer to create one.

    `alike` are contacts with similar names. `is_person` means that a name with an @ was typed.
    """
    said = f"No contact matches “{_words(typed)}”."
    if is_person:
        said = f"No person or contact is called “{_words(typed)}”."
    if not holds_any:
        said = (
            f"Vocatech can't search for “{_words(typed)}” yet: no contacts are synced. The first"
            " sync may still be running. If this message stays, ask an admin to run the setup"
            " check (vocatech-slack doctor)."
        )
    elif alike:
        names = [title_of(contact) for contact in alike]
        said += f" Did you mean {' or '.join(dict.fromkeys(names))}?"
    create = button("Add contact", CREATE_CONTACT, typed[:500] or " ")
    rows = [
        _row(contact, button("Show", SHOW_CONTACT, str(contact.contact_id)), locale)
        for contact in alike
    ]
    return answer(said, [says(said, block_id="none"), *rows, actions(create, block_id="create")])


def render_chooser(
    number: str, contacts: Sequence[Contact], *, locale: Locale, seen_in: str = ""
) -> Json:
    """Ask which of several contacts a number (E.164) belongs to.

    `seen_in` is the channel with the message that it was opened from.
    """
    shown = locale.number(number)
    words = (
        f"{len(contacts)} contacts have the number {shown}. The contact you choose appears on this"
        " number's cards."
    )
    blocks = [says(words, block_id="which")]
    for contact in contacts[:MAX_CHOICES]:
        value = json.dumps({"number": number, "contact_id": contact.contact_id})
        blocks.append(_row(contact, button("Choose", CHOOSE_CONTACT, value), locale))
    if len(contacts) > MAX_CHOICES:
        more = f"{len(contacts) - MAX_CHOICES} more. Find them with /contact."
        blocks.append(says(more, block_id="more"))
    known = json.dumps({"seen_in": seen_in})
    return view("Choose a contact", blocks, private_metadata=known)


def render_delete_modal(contact: Contact, *, token: str) -> Json:
    """Return the modal that explains what deleting a contact does, and asks to confirm."""
    fields = "1 field" if len(contact.fields) == 1 else f"{len(contact.fields)} fields"
    words = (
        f"{title_of(contact)} and {fields} are deleted from Vocatech for everyone in the company."
        " Calls and texts stay, and show the number without the name. You can't undo this."
    )
    state = json.dumps({"token": token, "contact_id": contact.contact_id})
    return view(
        "Delete this contact?",
        [says(words, block_id="lost")],
        callback_id=CONFIRM_DELETE,
        submit=plain("Delete"),
        close=plain("Cancel"),
        private_metadata=state,
    )


def render_words_modal(title: str, words: str) -> Json:
    """Show a short message: what happened, whether anything was lost, what to do."""
    return view(shorten(title, MAX_TITLE), [rich(paragraph(line(words)), block_id="words")])


_PATIENCE = "This may take a few seconds. If it doesn't finish, check with /contact."

SAVING = render_words_modal("Saving…", _PATIENCE)

DELETING = render_words_modal("Deleting…", _PATIENCE)

SENT_TWICE = render_words_modal(
    "Already submitted", "This form was already submitted and is saved only once."
)

LOADING_FIELDS = render_words_modal("Loading…", "Loading the contact fields from Vocatech.")


def _words(typed: str) -> str:
    return shorten(" ".join(clean(typed).split()), 120)


def _row(contact: Contact, accessory: Json, locale: Locale) -> Json:
    text = line_of(contact, locale)
    return says(text, block_id=f"contact_{contact.contact_id}", accessory=accessory)
