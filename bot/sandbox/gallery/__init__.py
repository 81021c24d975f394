"""The gallery: an example of every message, modal, and App Home."""

from bot.sandbox.gallery.admins import INCIDENTS, OUTCOMES, RULES
from bot.sandbox.gallery.calls import AROUND_CALLS, CARDS, LISTS
from bot.sandbox.gallery.channels import QUIET
from bot.sandbox.gallery.contacts import CONTACTS
from bot.sandbox.gallery.digests import DIGESTS
from bot.sandbox.gallery.endpoints import ENDPOINTS
from bot.sandbox.gallery.example import Example, Group
from bot.sandbox.gallery.follow_ups import FOLLOW_UPS
from bot.sandbox.gallery.missed_calls import CLAIMS
from bot.sandbox.gallery.notes import NOTES
from bot.sandbox.gallery.people import HOMES, PEOPLE
from bot.sandbox.gallery.screening import SCREENING
from bot.sandbox.gallery.side_pane import SIDE_PANE
from bot.sandbox.gallery.summaries import SUMMARIES
from bot.sandbox.gallery.texts import SENDING, THREADS, WRITING
from bot.sandbox.gallery.timeline import TIMELINES
from bot.sandbox.gallery.users import USERS

__all__ = ["GROUPS", "Example", "Group"]

GROUPS = (
    *(CARDS, AROUND_CALLS, SUMMARIES, LISTS, CLAIMS, NOTES, FOLLOW_UPS, TIMELINES, THREADS),
    *(SENDING, WRITING, CONTACTS, SCREENING, DIGESTS, HOMES, PEOPLE, USERS, OUTCOMES),
    *(RULES, QUIET, SIDE_PANE, ENDPOINTS, INCIDENTS),
)
