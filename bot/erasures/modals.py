"""Modals about erasing a number: the question, the progress, and the result."""

import json

from bot.erasures.words import held_in_words
from bot.store.privacy.erasures import Held
from bot.ui.action_ids import CONFIRM_ERASURE
from bot.ui.blocks import Json, form, plain, says, words_modal
from bot.ui.formatting import Locale

ERASING = words_modal("Erasing…", "This may take a minute. It finishes if you close this.")
ERASED_TWICE = words_modal("Already submitted", "This number is being erased, or was erased.")


def render_erasure_question(
    number: str, held: Held, *, name: str | None, token: str, locale: Locale
) -> Json:
    """Return the modal that shows what is stored about a number (E.164) and asks to erase it."""
    shown = locale.number(number)
    about = f"{name}, {shown}" if name else shown
    question = form(
        "Erase a number",
        [
            says(f"{about}: {held_in_words(held)}.", block_id="held"),
            says(
                "Names, numbers, summaries, transcripts, messages, and files are erased here and in"
                " Slack, and the cards say “Erased on request”. You can't undo this.",
                block_id="lost",
            ),
            says(
                "The times and lengths of calls stay, and so does an opt-out. Calls and messages in"
                " Vocatech stay, too: delete them and the contact there first.",
                block_id="kept",
            ),
        ],
        callback_id=CONFIRM_ERASURE,
        metadata=json.dumps({"token": token, "number": number}),
    )
    return {**question, "submit": plain("Erase")}


def render_nothing_to_erase(number: str, *, locale: Locale) -> Json:
    """Return the modal for a number (E.164) that nothing is stored about."""
    return words_modal("Nothing to erase", f"Nothing is stored about {locale.number(number)}.")


def render_erased(number: str, *, locale: Locale) -> Json:
    """Return the modal shown when a number (E.164) is erased."""
    return words_modal(
        "Number erased",
        f"Everything about {locale.number(number)} is erased. Cards, threads, and files in Slack"
        " follow within minutes.",
        "Older backups still hold it. Restoring one erases the number again.",
    )
