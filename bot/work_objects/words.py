"""The history of a caller in plain lines, for a field that shows no markup.

The pane is made for one person, so times are in that person's zone and don't name it.
"""

from collections.abc import Sequence

from bot.calls.words import headline
from bot.models.customers.notes import Note
from bot.models.texts import Text
from bot.texts.words import AUTOMATIC, body_of
from bot.timeline.modals import CallShown, FollowUpShown, NoteShown, Shown, TextShown
from bot.ui.formatting import Locale
from bot.ui.mrkdwn import clean, name_of, shorten

MAX_BODY = 120


def history_lines(entries: Sequence[Shown], locale: Locale) -> str:
    """Return one line for each entry, newest first."""
    return "\n".join(_line(one, locale) for one in entries)


def note_lines(notes: Sequence[NoteShown], locale: Locale) -> str:
    """Return notes with their writers, newest first."""
    return "\n\n".join(
        f"{name_of(one.writer)}, {locale.own_moment(one.note.at)}:\n{_body(one.note)}"
        for one in notes
    )


def _line(entry: Shown, locale: Locale) -> str:
    if isinstance(entry, CallShown):
        _, what, _ = headline(entry.call)
        outcome = f"Outcome: {name_of(entry.outcome)}" if entry.outcome else ""
        return _joined(entry.call.started_at, locale, what, entry.state, outcome)
    if isinstance(entry, TextShown):
        body = "" if entry.hides_body else shorten(body_of(entry.text, MAX_BODY), MAX_BODY)
        return _joined(entry.text.at, locale, _text(entry.text, entry.sender), body)
    if isinstance(entry, NoteShown):
        body = _short(entry.note.body)
        return _joined(entry.note.at, locale, f"Note by {name_of(entry.writer)}", body)
    return _follow_up(entry, locale)


def _text(text: Text, sender: str | None) -> str:
    if text.is_incoming:
        return "Text received"
    if text.reply is None:
        return "Text sent outside Slack"
    if text.reply.slack_user is None:
        return AUTOMATIC
    return f"Text from {name_of(sender or 'a former colleague')}"


def _follow_up(shown: FollowUpShown, locale: Locale) -> str:
    one = shown.follow_up
    state = "closed" if one.closing else f"due {locale.own_moment(one.due_at)}"
    said = "" if shown.hides_note else _short(one.note)
    return _joined(one.created_at, locale, f"Follow-up for {name_of(shown.owner)}, {state}", said)


def _body(note: Note) -> str:
    return clean(note.body).strip()


def _short(text: str) -> str:
    return shorten(" ".join(clean(text).split()), MAX_BODY)


def _joined(at: float | None, locale: Locale, *parts: str) -> str:
    when = locale.own_moment(at) if at is not None else ""
    return "  ·  ".join(part for part in (when, *parts) if part)
