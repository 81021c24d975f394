"""Owns the gallery: an example of everything that the bot can show, at its limits too."""

from bot.sandbox.gallery.example import Example, Group
from bot.sandbox.gallery.of_admins import RULES, TROUBLE
from bot.sandbox.gallery.of_calls import AROUND_CALLS, CARDS, LISTS
from bot.sandbox.gallery.of_channels import QUIET
from bot.sandbox.gallery.of_claims import CLAIMS
from bot.sandbox.gallery.of_contacts import CONTACTS
from bot.sandbox.gallery.of_digests import DIGESTS
from bot.sandbox.gallery.of_people import HOMES, PEOPLE
from bot.sandbox.gallery.of_summaries import SUMMARIES
from bot.sandbox.gallery.of_texts import SENDING, THREADS, WRITING

__all__ = ["GROUPS", "Example", "Group"]

GROUPS = (
    *(CARDS, AROUND_CALLS, SUMMARIES, LISTS, CLAIMS, THREADS, SENDING, WRITING),
    *(CONTACTS, DIGESTS, HOMES, PEOPLE, RULES, QUIET, TROUBLE),
)
