"""Names in searches: whether someone has one, and did-you-mean if no one has."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import date

from bot.calls.messages import UnknownName
from bot.calls.query import KNOWN, parse_query
from bot.errors import NotUnderstood
from bot.people.names import slack_name, without_title
from bot.store import Store
from bot.store.search.folding import cut_query
from bot.store.search.terms import SearchTerms
from bot.ui.command_text import read_words
from bot.ui.mrkdwn import name_of
from bot.ui.suggestions import nearest_word
from bot.ui.time_patterns import AROUND_WORDS

# How alike a word and a known one are, from 0 to 1; names are often a little alike.
LEAST_ALIKE = 0.75
MOST_COMPARED = 20

# The single words of everything that a search may contain.
WORDS = frozenset(" ".join((*KNOWN, "next", "ago", "days", "weeks")).split())


def is_known_name(typed: str, store: Store) -> bool:
    """Return whether a contact, a colleague, or a caller has these words in their name, in order.

    The name may be longer: `Internal Medicine` is known if `Internal Medicine Associates` is.
    """
    words = cut_query(typed)
    return bool(words) and any(
        _has_in_order(words, cut_query(one or "")) for one in _named(typed, store)
    )


def _named(typed: str, store: Store) -> Iterator[str | None]:
    """Yield the names that may have the typed words."""
    for contact in store.contacts.search_names(typed, MOST_COMPARED):
        yield from (contact.name, contact.company)
    yield from (one.name for one in store.people.all())
    for found in store.call_search.find(SearchTerms(name=typed), limit=MOST_COMPARED):
        yield found.call.remote_name


def _has_in_order(words: Sequence[str], name: Sequence[str]) -> bool:
    return any(name[at : at + len(words)] == words for at in range(len(name) - len(words) + 1))


def find_unknown_name(
    typed: str, wanted: SearchTerms, today: date, store: Store
) -> UnknownName | None:
    """Return what to offer for a name in a search that no one has; None if it is known."""
    name = wanted.name
    # A guest isn't told which names exist outside of the channel.
    if name is None or wanted.channel is not None or store.call_search.knows_name(name):
        return None
    mentions = replace(wanted, name=None, phrases=(*wanted.phrases, name))
    unknown = [_bare(word) for word in name.split()]
    others = [word for word in typed.split() if _bare(word) not in unknown]
    phrase = name.replace('"', "")
    searched = " ".join([*others, f'"{phrase}"'])
    meant = _nearest_search(typed.split(), unknown, today)
    return UnknownName(
        name,
        mentions=store.call_search.count(mentions),
        typed=searched,
        shown=_as_people_read_it(searched, store),
        nearest=_as_people_read_it(meant, store) if meant else _alike(name, store),
    )


def _nearest_search(typed: list[str], unknown: Collection[str], today: date) -> str | None:
    """Return the search as it was probably meant: with known words for the unknown ones."""
    whole = nearest_word(" ".join(unknown), KNOWN, least=LEAST_ALIKE)
    first = next((at for at, word in enumerate(typed) if _bare(word) in unknown), None)
    candidates = []
    if whole and first is not None:
        others = [one for one in typed if _bare(one) not in unknown]
        candidates.append([*others[:first], whole, *others[first:]])
    candidates.append(
        [
            (_bare(one) in unknown and nearest_word(_bare(one), WORDS, least=LEAST_ALIKE)) or one
            for one in typed
        ]
    )
    for words in candidates:
        meant = " ".join(words)
        try:
            query = parse_query(meant, today=today, region="US")
        except NotUnderstood:
            continue
        if query.name is None and words != typed:
            return meant
    return None


def _alike(name: str, store: Store) -> str | None:
    """Return the name after `Mr.`, or that of a contact that is spelled a little differently."""
    plain = without_title(name)
    if plain and store.call_search.knows_name(plain):
        return plain
    found = store.contacts.search_alike(name, 1)
    return name_of(found[0].name or "") or None if found else None


def _as_people_read_it(typed: str, store: Store) -> str:
    """Return a search with names for mentions."""
    return read_words(typed, lambda user: slack_name(user, store))


def _bare(word: str) -> str:
    return word.lower().strip(f"@.{AROUND_WORDS}")
