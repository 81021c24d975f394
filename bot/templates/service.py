"""Checks and look-ups for saved texts."""

from bot.clock import Clock
from bot.models.templates import MOST_NAME, MOST_SHOWN, Template, says_something
from bot.models.texts import MAX_CHARACTERS
from bot.people.permissions import Permissions
from bot.store import Store
from bot.templates.modals import NAME, TEXT, USE

CHANGE_COMPANYS = "change the company's templates"


def _find(template_id: int, user: str, store: Store, rights: Permissions) -> Template | None:
    """Give a template that somebody sees; raises NotAllowed where only admins may change it."""
    found = store.templates.find(template_id, slack_user=user)
    if found and found.owner is None:
        rights.need_admin(user, CHANGE_COMPANYS, found.name)
    return found


def _what_is_wrong(written: Template, seen: list[Template]) -> dict[str, str]:
    """Give what to mend, by field."""
    others = [one for one in seen if one.template_id != written.template_id]
    names = {one.name.casefold() for one in others if one.owner == written.owner}
    wrong = {}
    if not 0 < len(written.name) <= MOST_NAME:
        wrong[NAME] = f"Please give it a name of at most {MOST_NAME} characters."
    elif written.name.casefold() in names:
        wrong[NAME] = "There is a template of this name already. Please choose another name."
    elif len(others) >= MOST_SHOWN:
        wrong[NAME] = f"There are {MOST_SHOWN} templates, and more do not fit. Please delete one."
    if not 0 < len(written.body) <= MAX_CHARACTERS:
        wrong[TEXT] = f"Please write a text of at most {MAX_CHARACTERS:,} characters."
    elif written.is_for_missed and not says_something(written):
        wrong[TEXT] = "To whoever we do not know nothing is left of this. Please add a few words."
    if written.is_for_missed and written.owner:
        wrong[USE] = "The text for missed calls is the whole company's: tick both, or none."
    return wrong


def _note(
    user: str, before: Template | None, written: Template, store: Store, clock: Clock
) -> None:
    """Keep in the audit what changes something for others."""
    was_companys = before is not None and before.owner is None
    if was_companys or written.owner is None:
        what = "company template changed" if was_companys else "company template created"
        store.audit.note(user, what, written.name, now=clock.now())
