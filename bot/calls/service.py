"""`/calls`: parsed, searched, shown in pages; the search index kept."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from bot.calls.gap_fill import GapFiller, Looked
from bot.calls.messages import CALLS_A_PAGE, CallList, render_call_list
from bot.calls.query import CallQuery, parse_query
from bot.calls.words import describe_query, quoted
from bot.clock import Clock
from bot.errors import NotLinked
from bot.intervals import Interval
from bot.models.people import Person
from bot.people.lookup import locale_for_user
from bot.people.names import contacts_of, with_contact_name
from bot.phone_numbers import format_number
from bot.store import Store
from bot.store.search.calls import MOST_COUNTED, MOST_RANKED, SearchTerms
from bot.ui.command_text import MOST_TYPED
from bot.ui.error_messages import words_for
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of

MOST_PAGES = 200

FOUND_STAYS = "What I have found so far is kept."


@dataclass(frozen=True)
class SavedSearch:
    """What somebody asks for: as it was typed, in words, and as the store is asked for it."""

    typed: str
    heading: str
    wanted: SearchTerms
    today: date
    locale: Locale
    was_cut: bool = False


@dataclass(frozen=True)
class CallSearchService:
    """Lists of calls for people in Slack."""

    store: Store
    look_back: GapFiller
    clock: Clock
    locale: Locale

    def read(self, slack_user: str, typed: str) -> SavedSearch:
        """Read what somebody typed; raises NotUnderstood, or NotLinked."""
        said = " ".join(clean(typed[:MOST_TYPED]).split())
        locale = locale_for_user(slack_user, store=self.store, locale=self.locale)
        today = datetime.fromtimestamp(self.clock.now(), locale.zone).date()
        query = parse_query(said, today=today, region=locale.region)
        extensions, whose = self._who(query, slack_user)
        since, until = query.moments(locale.zone)
        wanted = SearchTerms(
            number=query.number,
            extensions=extensions,
            name=query.name,
            since=since,
            until=until,
            direction=query.direction,
            missed=query.missed,
            answered=query.answered,
            phrases=query.phrases,
        )
        heading = describe_query(query, whose=whose, today=today)
        return SavedSearch(said, heading, wanted, today, locale, len(typed) > MOST_TYPED)

    def missing(self, asked: SavedSearch) -> list[Interval]:
        """Give the days asked for that the store does not hold."""
        return self.look_back.missing(asked.wanted.since, asked.wanted.until)

    def show(
        self, asked: SavedSearch, *, page: int = 0, looked: Looked | None = None
    ) -> dict[str, Any]:
        """Give a page of the calls that the store holds, as a message."""
        page = min(max(page, 0), MOST_PAGES)
        found = self.store.call_search.find(
            asked.wanted, limit=CALLS_A_PAGE + 1, offset=page * CALLS_A_PAGE
        )
        shown = CallList(
            heading=asked.heading,
            typed=asked.typed,
            today=asked.today,
            calls=[
                (with_contact_name(call, self.store), snippets)
                for call, snippets in found[:CALLS_A_PAGE]
            ],
            page=page,
            has_more=len(found) > CALLS_A_PAGE and page < MOST_PAGES,
            total=self._total(asked.wanted) if found else "",
            notes=tuple(_notes(asked, looked)),
        )
        return render_call_list(shown, locale=asked.locale)

    def _total(self, wanted: SearchTerms) -> str:
        count = self.store.call_search.count(wanted)
        if wanted.phrases and count > MOST_RANKED:
            return f"the best of the newest {MOST_RANKED}"
        if count > MOST_COUNTED:
            return f"more than {MOST_COUNTED:,}"
        return f"{count} call" if count == 1 else f"{count:,} calls"

    def _who(self, query: CallQuery, slack_user: str) -> tuple[tuple[str, ...] | None, str | None]:
        """Give the extensions that are meant, and in words whose calls they are."""
        extensions: list[set[str]] = []
        whose: list[str] = []
        meant = query.mention or (slack_user if query.mine else None)
        if meant:
            person = self._linked(meant, is_asker=query.mention is None)
            extensions.append({person.extension or ""})
            name = name_of(person.name or "") or f"extension {name_of(person.extension or '')}"
            whose += [] if query.mine else [f"of {name}"]
        if query.extension:
            extensions.append({query.extension})
            listed = self.store.people.by_extension(query.extension)
            name = f" ({name_of(listed.name)})" if listed and listed.name else ""
            whose.append(f"of extension {query.extension}{name}")
        if query.number:
            contacts = contacts_of(query.number, self.store)
            name = name_of(contacts[0].name) if contacts and contacts[0].name else ""
            number = name_of(format_number(query.number, self.locale.region) or query.number)
            whose.append(f"with {number} ({name})" if name else f"with {number}")
        if query.name is not None:
            whose.append(f"with or of {quoted(query.name)}")
        common = tuple(set.intersection(*extensions)) if extensions else None
        return common, " ".join(whose) or None

    def _linked(self, slack_user: str, *, is_asker: bool) -> Person:
        person = self.store.links.person_of(slack_user)
        if person is None or not person.extension:
            whom = None if is_asker else slack_user
            raise NotLinked(whom, has_no_extension=person is not None)
        return person


def _notes(asked: SavedSearch, looked: Looked | None) -> list[str]:
    notes = []
    if asked.was_cut:
        notes.append(f"I read the first {MOST_TYPED} characters only.")
    if looked is None:
        return notes
    if looked.is_busy:
        notes.append(
            "Somebody else has me look further back at Vocatech just now, so days may be missing"
            " here. Please ask again in a minute."
        )
    elif looked.error:
        notes.append(f"Days are missing here. {words_for(looked.error, kept=FOUND_STAYS)}")
    elif looked.left:
        notes.append(
            "I look back a month at a time, so earlier days are missing here. Ask once more, and I"
            " go further."
        )
    return notes


SECONDS_BETWEEN_LOOKS = 3.0

CALLS_A_LOOK = 200

# Then other jobs have their turn; what is left is found by the next look.
MOST_LOOKS = 50


def index_calls(*, store: Store) -> float:
    """Take in what changed since the last time; gives no pause beyond the time between looks."""
    for _ in range(MOST_LOOKS):
        if store.call_search.index_changed(CALLS_A_LOOK) < CALLS_A_LOOK:
            break
    return 0.0
