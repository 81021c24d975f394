"""The `export` command: calls, texts, contacts, notes, follow-ups, and the audit log."""

import argparse
import csv
import json
import sys
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from bot.cli.forget import parse_whole, refuse
from bot.cli.options import DONE, USAGE_ERROR, Command, add_env_file, begin_of, day_or_span

if TYPE_CHECKING:
    from bot.models.calls import Call
    from bot.models.contacts import Contact
    from bot.models.customers.follow_ups import FollowUp
    from bot.models.customers.notes import Note
    from bot.models.outcomes import OutcomeSetting
    from bot.models.texts import Text
    from bot.store import Store

Value = str | int | float | bool | None
Row = Mapping[str, Value]
PERSON = "person"
CALLS_AT_ONCE = 500

COLUMNS = (
    *("written_at", "slack_user", "name", "to", "from", "by", "state", "reason"),
    *("text_id", "message_id", "call_id", "words"),
)
CALL_COLUMNS = (
    *("started_at", "ended_at", "direction", "outcome", "name", "number", "our_name"),
    *("extension", "company_number", "seconds", "sentiment", "summary", "transcript"),
    *("call_id", "erased", "set_outcome", "set_by", "set_at"),
)
FOLLOW_UP_COLUMNS = (
    *("created_at", "created_by", "owner", "owner_name", "due_at", "number", "call_id", "note"),
    *("reminded_at", "closed_at", "closed_by", "closing", "follow_up_id", "contact_id"),
)
NOTE_COLUMNS = (
    *("written_at", "slack_user", "name", "number", "call_id", "contact_id"),
    *("changed_at", "changed_by", "note_id", "words"),
)
AUDIT_COLUMNS = ("at", "slack_user", "what", "detail")
# Signs at the beginning that a spreadsheet may take for a formula or a command.
_FORMULA = frozenset("=+-@|\N{MINUS SIGN}")
_BREAKS = ("\t", "\r", "\n")
_INVISIBLE = ("C", "Z")  # Unicode categories: control and format characters, spaces


def run_export(arguments: argparse.Namespace) -> int:
    """Print calls, sent texts, contacts, notes, follow-ups, or the audit log, oldest first.

    `person` prints everything that is stored about one number, as JSON. In CSV, a cell that a
    spreadsheet would run as a formula begins with an apostrophe.
    """
    # Imported here to keep --help and usage errors fast.
    from bot.cli.context import open_context  # noqa: PLC0415

    if (arguments.what == PERSON) is (arguments.number is None):
        needs = "needs a number" if arguments.number is None else "takes no number"
        sys.stderr.write(
            f"vocatech-slack export: {arguments.what} {needs}. To export everything about one"
            " number, use: vocatech-slack export person +12125550123\n"
        )
        return USAGE_ERROR
    with open_context(arguments.env_file) as parts:
        if arguments.what == PERSON:
            number = parse_whole(arguments.number, parts.settings.default_region)
            if number is None:
                return refuse(arguments.number)
            _print_person(number, parts.store)
            return DONE
        now = parts.clock.now()
        since = begin_of(arguments.since, parts.zone, now)
        columns, rows = _EXPORTS[arguments.what](parts.store, since, now + 1.0)
        _PRINTERS[arguments.format](columns, rows)
    return DONE


def _print_csv(columns: Sequence[str], rows: Iterable[Row]) -> None:
    # Quote everything, because a carriage return in a text would start a new row elsewhere.
    table = csv.writer(sys.stdout, lineterminator="\n", quoting=csv.QUOTE_ALL)
    table.writerow([_cell(column) for column in columns])
    for row in rows:
        table.writerow([_cell(row.get(column)) for column in columns])


def _print_json_lines(_: Sequence[str], rows: Iterable[Row]) -> None:
    for row in rows:
        sys.stdout.write(f"{json.dumps(row)}\n")


def _print_person(number: str, store: "Store") -> None:
    """Print one JSON object, table by table."""
    sys.stdout.write(f'{{\n"number": {json.dumps(number)}')
    for name, rows in store.erasures.everything(number):
        sys.stdout.write(f",\n{json.dumps(name)}: {json.dumps(rows, indent=1)}")
    sys.stdout.write("\n}\n")


def _calls(store: "Store", since: float, until: float) -> tuple[Sequence[str], Iterator[Row]]:
    return CALL_COLUMNS, _with_outcomes(store.calls.all_between(since, until), store)


def _with_outcomes(calls: Iterable["Call"], store: "Store") -> Iterator[Row]:
    """Yield calls with the outcomes that people set, read for some at a time."""
    for some in _batched(calls, CALLS_AT_ONCE):
        found = store.outcomes.of_calls(call.call_id for call in some)
        for call in some:
            yield _call(call, found.get(call.call_id))


def _batched(calls: Iterable["Call"], size: int) -> Iterator[list["Call"]]:
    """Yield the calls in lists of at most `size`."""
    rest = iter(calls)
    while some := list(islice(rest, size)):
        yield some


def _call(call: "Call", setting: "OutcomeSetting | None") -> Row:
    return {
        "started_at": _time(call.started_at),
        "ended_at": _time(call.ended_at),
        "direction": call.direction,
        "outcome": call.outcome,
        "name": call.remote_name,
        "number": call.remote_number,
        "our_name": call.our_name,
        "extension": call.extension,
        "company_number": call.company_number,
        "seconds": call.seconds,
        "sentiment": call.sentiment,
        "summary": call.summary,
        "transcript": call.transcript,
        "call_id": call.call_id,
        "erased": call.is_erased,
        "set_outcome": setting.outcome.name if setting else None,
        "set_by": setting.set_by if setting else None,
        "set_at": _time(setting.set_at if setting else None),
    }


def _texts(store: "Store", since: float, until: float) -> tuple[Sequence[str], Iterator[Row]]:
    return COLUMNS, (_text(text, store) for text in store.texts.written_between(since, until))


def _text(text: "Text", store: "Store") -> Row:
    from bot.people.names import slack_name  # noqa: PLC0415
    from bot.texts.words import status_label  # noqa: PLC0415

    reply = text.reply
    by = reply.slack_user if reply else None
    return {
        "written_at": _time(reply.written_at if reply else None),
        "slack_user": by or "automatic",
        "name": slack_name(by, store),
        "to": text.number,
        "from": text.company_number,
        "by": text.platform,
        "state": status_label(text),
        "reason": text.reason,
        "text_id": text.text_id,
        "message_id": text.message_id,
        "call_id": reply.call_id if reply else None,
        "words": text.body,
    }


def _contacts(store: "Store", since: float, until: float) -> tuple[Sequence[str], Iterator[Row]]:
    del since, until  # contacts have no date
    names = store.contacts.field_names()
    return ["contact_id", "numbers", *names], map(_contact, store.contacts.all())


def _contact(contact: "Contact") -> Row:
    row: dict[str, Value] = dict(contact.fields)
    return row | {"contact_id": contact.contact_id, "numbers": "; ".join(contact.numbers)}


def _follow_ups(store: "Store", since: float, until: float) -> tuple[Sequence[str], Iterator[Row]]:
    found = store.follow_ups.all_between(since, until)
    return FOLLOW_UP_COLUMNS, (_follow_up(one, store) for one in found)


def _follow_up(one: "FollowUp", store: "Store") -> Row:
    from bot.people.names import slack_name  # noqa: PLC0415

    return {
        "created_at": _time(one.created_at),
        "created_by": one.created_by,
        "owner": one.owner,
        "owner_name": slack_name(one.owner, store),
        "due_at": _time(one.due_at),
        "number": one.topic.number,
        "call_id": one.topic.call_id,
        "note": one.note,
        "reminded_at": _time(one.reminded_at),
        "closed_at": _time(one.closed_at),
        "closed_by": one.closed_by,
        "closing": one.closing,
        "follow_up_id": one.follow_up_id,
        "contact_id": one.topic.contact_id,
    }


def _notes(store: "Store", since: float, until: float) -> tuple[Sequence[str], Iterator[Row]]:
    return NOTE_COLUMNS, (_note(note) for note in store.notes.between(since, until))


def _note(note: "Note") -> Row:
    return {
        "written_at": _time(note.at),
        "slack_user": note.written_by,
        "name": note.writer_name,
        "number": note.number,
        "call_id": note.call_id,
        "contact_id": note.contact_id,
        "changed_at": _time(note.changed_at),
        "changed_by": note.changed_by,
        "note_id": note.note_id,
        "words": note.body,
    }


def _audit(store: "Store", since: float, until: float) -> tuple[Sequence[str], Iterator[Row]]:
    entries = store.audit.between(since, until)
    return AUDIT_COLUMNS, (
        {"at": _time(one.at), "slack_user": one.slack_user, "what": one.what, "detail": one.detail}
        for one in entries
    )


_EXPORTS: Mapping[str, Callable[["Store", float, float], tuple[Sequence[str], Iterator[Row]]]] = {
    "calls": _calls,
    "texts": _texts,
    "contacts": _contacts,
    "follow-ups": _follow_ups,
    "notes": _notes,
    "audit": _audit,
}
_PRINTERS: Mapping[str, Callable[[Sequence[str], Iterable[Row]], None]] = {
    "csv": _print_csv,
    "jsonl": _print_json_lines,
}


def _time(at: float | None) -> str | None:
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat()


def _cell(value: Value) -> str:
    from bot.phone_numbers import is_whole  # noqa: PLC0415

    words = "" if value is None else str(value)
    return words if isinstance(value, int | float) or is_whole(words) else harmless(words)


def harmless(words: str) -> str:
    """Return the text with an apostrophe before it if a spreadsheet might run it."""
    if words.startswith(_BREAKS):
        return f"'{words}"
    signs = (sign for sign in words if unicodedata.category(sign)[0] not in _INVISIBLE)
    # Full-width and small forms count as the plain sign.
    first = unicodedata.normalize("NFKC", next(signs, ""))
    return f"'{words}" if first in _FORMULA else words


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options of `export`."""
    add_env_file(parser)
    parser.add_argument("what", choices=[*_EXPORTS, PERSON], help="What to export")
    parser.add_argument("number", nargs="?", metavar="NUMBER", help="The number of a person")
    parser.add_argument(
        "--since",
        type=day_or_span,
        default=timedelta(days=30),
        metavar="DATE",
        help="First day, such as 2026-01-31, a time span back (default 30d), or 'last week'",
    )
    parser.add_argument(
        "--format", choices=[*_PRINTERS], default="csv", help="File format (default csv)"
    )


COMMAND = Command(
    "export",
    "Export calls, texts, contacts, notes, follow-ups, or the audit log",
    run_export,
    "vocatech-slack export texts --since 2026-01-31 > texts.csv",
    add_options,
)
