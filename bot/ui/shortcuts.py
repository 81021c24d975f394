"""The shortcuts in Slack's menus: of the whole workspace, and of a message."""

from dataclasses import dataclass

NEW_SMS, LOOK_UP_CONTACT, SEARCH_CALLS = "new_sms", "look_up_contact", "search_calls"
TEXT_NUMBER, LOOK_UP_NUMBER, SAVE_AS_NOTE = "text_number", "look_up_number", "save_as_note"


@dataclass(frozen=True)
class Shortcut:
    """A shortcut as Slack's menu shows it; `callback_id` never changes."""

    callback_id: str
    name: str
    description: str


GLOBAL_SHORTCUTS = (
    Shortcut(NEW_SMS, "New SMS", "Write to a contact or a phone number"),
    Shortcut(LOOK_UP_CONTACT, "Look up a contact", "Find a contact by name, number, or email"),
    Shortcut(SEARCH_CALLS, "Search calls", "Find calls by person, date, or keyword"),
)
MESSAGE_SHORTCUTS = (
    Shortcut(TEXT_NUMBER, "Text this number", "Send an SMS to a number in the message"),
    Shortcut(LOOK_UP_NUMBER, "Look up this number", "Show the contact of a number in the message"),
    Shortcut(SAVE_AS_NOTE, "Save as note", "Keep the message as a note on a customer"),
)
