"""Call search for /calls, sharing a call to a channel, and the search index."""

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from bot.calls.catch_up import unread_since
from bot.calls.gap_fill import GapFiller, GapFillResult
from bot.calls.incomplete import describe_failures, describe_rest
from bot.calls.messages import (
    CALLS_A_PAGE,
    FETCHING,
    CallList,
    render_call_list,
    render_not_linked,
    render_words,
)
from bot.calls.outcome_parsing import PREFIX
from bot.calls.presenter import shown_of_call, states_of, with_outcomes
from bot.calls.query import CallQuery, parse_query
from bot.calls.unknown_names import find_unknown_name, is_known_name
from bot.calls.words import describe_number, describe_query, quoted, suggest_wider
from bot.clock import Clock
from bot.errors import NotLinked, NotUnderstood
from bot.intervals import Interval
from bot.models.calls import Call
from bot.models.outcomes import folded_name, names_without
from bot.models.people import Person
from bot.notes.presenter import describe_notes
from bot.people.lookup import locale_for_user
from bot.people.names import contacts_of, slack_name, with_contact_name
from bot.phone_numbers import format_number
from bot.store import Store
from bot.store.search.calls import MOST_COUNTED, MOST_RANKED
from bot.store.search.terms import SearchTerms
from bot.ui.blocks import Json
from bot.ui.command_text import MOST_TYPED
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of
from bot.ui.time_parsing import LIKE_NAMES

MOST_PAGES = 200

LEAST_SECONDS_BETWEEN_ANSWERS = 0.3


@dataclass(frozen=True)
class SavedSearch:
    """A search as it was typed, as it was understood, and as the store runs it."""

    typed: str
    heading: str
    wanted: SearchTerms
    today: date
    locale: Locale
    tip: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PendingSearch:
    """A search whose days are being fetched from Vocatech; `began` is monotonic."""

    search: SavedSearch
    gaps: list[Interval]
    began: float


@dataclass(frozen=True)
class CallSearchService:
    """Lists of calls for people in Slack."""

    store: Store
    gap_filler: GapFiller
    clock: Clock
    locale: Locale

    def begin(
        self, slack_user: str, typed: str, *, channel: str | None = None
    ) -> tuple[Json, PendingSearch | None]:
        """Return the first answer to /calls; if days must be fetched, also what is pending.

        With a `channel`, only the calls that were posted there are found.
        """
        try:
            search = self._read(slack_user, typed, channel)
        except NotUnderstood as error:
            return render_words(str(error)), None
        except NotLinked as error:
            return render_not_linked(error), None
        if channel is not None:  # none of the calls that would be fetched was ever posted
            return self._show(search), None
        gaps = self.gap_filler.missing(search.wanted.since, search.wanted.until)
        # No one has set an outcome on a call that isn't stored.
        if not gaps or search.wanted.outcome_ids is not None:
            return self._show(search), None
        return render_words(FETCHING), PendingSearch(search, gaps, time.monotonic())

    def finish(self, pending: PendingSearch) -> Json:
        """Fetch the missing days, and return the answer that replaces the first one."""
        result = self.gap_filler.fill(pending.gaps)
        # If the second answer arrived before the first, it would not replace it.
        passed = time.monotonic() - pending.began
        time.sleep(max(0.0, LEAST_SECONDS_BETWEEN_ANSWERS - passed))
        return self._show(pending.search, result=result)

    def page(self, slack_user: str, typed: str, page: int, *, channel: str | None = None) -> Json:
        """Return a page of an earlier search, which is run again."""
        try:
            return self._show(self._read(slack_user, typed, channel), page=page)
        except NotUnderstood as error:
            return render_words(str(error))
        except NotLinked as error:  # unlinked since the list was made
            return render_not_linked(error)

    def find(self, slack_user: str, typed: str, *, limit: int) -> tuple[str, list[Call], bool]:
        """Return what a search was understood as, the stored calls, and if some may be missing.

        Raises NotUnderstood or NotLinked.
        """
        search = self._read(slack_user, typed, None)
        wanted, found = search.wanted, self.store.call_search.find(search.wanted, limit=limit)
        calls = [with_contact_name(call, self.store) for call, _ in found]
        unread = unread_since(wanted.until, self.store.key_values, now=self.clock.now())
        is_missing = bool(self.gap_filler.missing(wanted.since, wanted.until))
        return search.heading, calls, is_missing or unread is not None

    def _read(self, slack_user: str, typed: str, channel: str | None) -> SavedSearch:
        """Parse what a person typed; raises NotUnderstood or NotLinked."""
        said = " ".join(clean(typed[:MOST_TYPED]).split())
        locale = locale_for_user(slack_user, store=self.store, locale=self.locale)
        today = datetime.fromtimestamp(self.clock.now(), locale.zone).date()
        outcomes = {one.name: one.outcome_id for one in self.store.outcomes.ever()}
        query = parse_query(
            said,
            today=today,
            region=locale.region,
            outcomes=[*outcomes],
            # A guest isn't told which names exist outside of the channel.
            is_name=lambda name: channel is None and is_known_name(name, self.store),
        )
        extensions, whose = self._extensions(query, slack_user, is_guest=channel is not None)
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
            voicemail=query.voicemail,
            unanswered=query.unanswered,
            unclaimed=query.unclaimed,
            outcome_ids=_ids(query, outcomes),
            has_no_outcome=query.has_no_outcome,
            phrases=query.phrases,
            channel=channel,
        )
        asks = {
            "summaries or transcripts": query.phrases,
            "outcomes": query.outcomes or query.has_no_outcome,
        }
        hidden = next((what for what, is_asked in asks.items() if is_asked), None)
        if channel is not None and hidden and self._hides_words(channel):
            raise NotUnderstood(
                f"This channel hides {hidden}, so you can't search them here.",
                "/calls missed today",
            )
        heading = describe_query(query, whose=whose, today=today)
        tip = suggest_wider(query if channel is None else replace(query, name=None))
        notes = [*self._notes_on_words(said, query, channel)]
        if len(typed) > MOST_TYPED:
            notes.append(f"Only the first {MOST_TYPED} characters were read.")
        return SavedSearch(said, heading, wanted, today, locale, tip, tuple(notes))

    def _notes_on_words(self, typed: str, query: CallQuery, channel: str | None) -> Iterator[str]:
        """Yield what the reader must know about how single words were understood."""
        yield from describe_number(query, self.store.people.company(), self.locale.region)
        everything = self.store.outcomes.ever()
        if len(query.outcomes) < len(everything):
            listed = [one for one in everything if not one.is_deleted]
            for gone in names_without(query.outcomes, listed):
                yield f"The outcome {quoted(gone)} was deleted, so only older calls have it."
        outcome = self._outcome_named(query.name) if channel is None else None
        if outcome:
            yield f"For calls with this outcome, type /calls {PREFIX}{outcome.lower()}."
        named = (query.name or "").lower().split()
        for word in typed.split() if channel is None else ():
            is_day = word.lower() in LIKE_NAMES and word.lower() not in named
            if is_day and query.first and self.store.call_search.knows_name(word):
                yield f"For a person named {quoted(word)}, type /calls @{word}."

    def _show(
        self, search: SavedSearch, *, page: int = 0, result: GapFillResult | None = None
    ) -> Json:
        """Return a page of the calls that the store holds."""
        page = min(max(page, 0), MOST_PAGES)
        found = self.store.call_search.find(
            search.wanted, limit=CALLS_A_PAGE + 1, offset=page * CALLS_A_PAGE
        )
        calls = [
            (with_contact_name(call, self.store), snippets)
            for call, snippets in found[:CALLS_A_PAGE]
        ]
        total, pages = self._total(search.wanted) if found else ("", None)
        unknown = None
        if not (found or page):
            unknown = find_unknown_name(search.typed, search.wanted, search.today, self.store)
        named = [call for call, _ in calls]
        states = states_of(named, self.store)
        channel = search.wanted.channel
        if channel is None or not self._hides_words(channel):
            open_here = [one for one in named if self._shows_words(one, channel)]
            states = with_outcomes(states, open_here, self.store)
        shown = CallList(
            heading=search.heading,
            typed=search.typed,
            today=search.today,
            calls=calls,
            page=page,
            has_more=len(found) > CALLS_A_PAGE and page < MOST_PAGES,
            total=total,
            pages=pages,
            states=states,
            failures=tuple(
                describe_failures(
                    result,
                    until=search.wanted.until,
                    store=self.store,
                    locale=search.locale,
                    now=self.clock.now(),
                )
            ),
            notes=(*describe_rest(result), *search.notes, *self._noted_elsewhere(search)),
            tip=search.tip,
            unknown=unknown,
            is_partial=bool(result and result.has_more),
        )
        return render_call_list(shown, locale=search.locale)

    def _outcome_named(self, name: str | None) -> str | None:
        """Return the outcome of the list that has the name of a search for a person."""
        typed = folded_name(name or "")
        return next(
            (one.name for one in self.store.outcomes.all() if folded_name(one.name) == typed), None
        )

    def _noted_elsewhere(self, search: SavedSearch) -> Iterator[str]:
        if search.wanted.channel is None and search.wanted.phrases:
            yield from describe_notes(search.wanted.phrases, self.store, self.locale)

    def _shows_words(self, call: Call, channel: str | None) -> bool:
        return channel is None or shown_of_call(call.call_id, channel, self.store).summary

    def _hides_words(self, channel: str) -> bool:
        shown = self.store.channels.shown_in(channel)
        return not (shown.summary and shown.transcript)

    def _total(self, wanted: SearchTerms) -> tuple[str, int | None]:
        """Return the number of calls in words, and the number of pages if it is known."""
        count = self.store.call_search.count(wanted)
        if wanted.phrases and count > MOST_RANKED:
            return f"the best of the newest {MOST_RANKED}", None
        if count > MOST_COUNTED:
            return f"more than {MOST_COUNTED:,} calls", None
        return "1 call" if count == 1 else f"{count:,} calls", -(-count // CALLS_A_PAGE)

    def _extensions(
        self, query: CallQuery, slack_user: str, *, is_guest: bool
    ) -> tuple[tuple[str, ...] | None, str | None]:
        """Return extensions and their owners; a guest isn't told who has a number."""
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
            listed = None if is_guest else self.store.people.by_extension(query.extension)
            name = f" ({name_of(listed.name)})" if listed and listed.name else ""
            whose.append(f"of extension {query.extension}{name}")
        if query.number:
            contacts = [] if is_guest else contacts_of(query.number, self.store)
            name = name_of(contacts[0].name) if contacts and contacts[0].name else ""
            number = name_of(format_number(query.number, self.locale.region) or query.number)
            whose.append(f"with {number} ({name})" if name else f"with {number}")
        if query.name is not None:
            whose.append(f"matching {quoted(query.name)}")
        common = tuple(set.intersection(*extensions)) if extensions else None
        return common, " ".join(whose) or None

    def _linked(self, slack_user: str, *, is_asker: bool) -> Person:
        person = self.store.links.person_of(slack_user)
        if person is None or not person.extension:
            colleague = None if is_asker else slack_name(slack_user, self.store) or ""
            raise NotLinked(colleague, has_no_extension=person is not None)
        return person


def _ids(query: CallQuery, known: Mapping[str, int | None]) -> tuple[int, ...] | None:
    """Return the IDs of the outcomes that are searched for; None if there are none."""
    found = (known[name] for name in query.outcomes)
    return tuple(one for one in found if one is not None) if query.outcomes else None
