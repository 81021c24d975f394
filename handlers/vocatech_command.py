"""`/vocatech`: help, one's link with an extension, the bot's state, own settings, templates."""

from collections.abc import Callable
from typing import Any

from slack_bolt import Ack, Respond

from bot.clock import Clock
from bot.coverage import COVERED
from bot.digest_answers import DigestAnswers
from bot.digest_wishes import What
from bot.errors import NotUnderstood
from bot.notices import KEY_REFUSED
from bot.render.digest import render_digest
from bot.render.help import render_help
from bot.render.link_modal import render_link_modal
from bot.render.locale import Locale
from bot.render.people_words import person_in_words
from bot.render.pieces import answer
from bot.render.settings_modal import render_settings_modal
from bot.render.status import Status, render_status
from bot.rights import CHANGE_ROUTING, Rights
from bot.rule_views import RuleViews
from bot.slack_poster import SlackPoster
from bot.store import Store
from bot.store.links import BY_HAND
from bot.template_views import TemplateViews
from bot.typed import Token, read_tokens
from bot.vocatech.client import VocatechClient

LINK_OTHERS = "link somebody else"


def answer_vocatech(
    ack: Ack,
    respond: Respond,
    command: dict[str, Any],
    *,
    answers: DigestAnswers,
    store: Store,
    slack: SlackPoster,
    vocatech: VocatechClient,
    rights: Rights,
    locale: Locale,
    clock: Clock,
    has_webhooks: bool,
    template_views: TemplateViews,
    rule_views: RuleViews,
    refresh_home: Callable[[str], None],
) -> None:
    """Do what was asked for, or say what was understood and what works."""
    asker, trigger_id = command["user_id"], command["trigger_id"]
    what, rest = _read(command.get("text", ""))
    if what in {"", "help"}:
        ack(**render_help())
    elif what == "digest":
        _answer_about_digest(ack, respond, command, rest, answers, slack, locale)
    elif what == "status":
        is_admin = rights.is_admin(asker)
        status = _status(asker, store, vocatech, has_webhooks=has_webhooks, is_admin=is_admin)
        ack(**render_status(status, locale=locale))
    elif what == "settings":
        ack()
        slack.open_modal(trigger_id, _settings(asker, store, is_admin=rights.is_admin(asker)))
    elif what == "templates":
        ack()
        slack.open_modal(trigger_id, template_views.list(viewer=asker))
    elif what == "rules":
        rights.need_admin(asker, CHANGE_ROUTING)
        ack()
        slack.open_modal(trigger_id, rule_views.list())
    elif what == "link":
        whom = _whom(asker, rest, rights, store)
        _check_that_extensions_are_known(store)
        ack()
        person = store.links.person_of(whom)
        view = render_link_modal(whom, person, is_oneself=whom == asker)
        slack.open_modal(trigger_id, view)
    elif what == "unlink":
        whom = _whom(asker, rest, rights, store)
        ack(**answer(_unlink(whom, asker, store, clock)))
        refresh_home(whom)
    else:
        ack(**render_help(f"I do not know /vocatech {what[:80]}. This works:"))


def _answer_about_digest(
    ack: Ack,
    respond: Respond,
    command: dict[str, Any],
    rest: list[Token],
    answers: DigestAnswers,
    slack: SlackPoster,
    locale: Locale,
) -> None:
    """Do what is wished; a preview is made and shown as a digest is, to the asker alone."""
    asker, channel = command["user_id"], command["channel_id"]
    wish, plan = answers.read(asker, channel, [token.text for token in rest])
    if wish.what is What.PREVIEW:
        digest = answers.preview(plan)
        ack()
        slack.answer(respond, render_digest(digest, locale=locale))
        return
    is_private = command.get("channel_name") == "privategroup"
    ack(**answers.answer(asker, wish, plan, is_private=is_private))


def _read(typed: str) -> tuple[str, list[Token]]:
    """Give the first word, and what comes after it."""
    first, *rest = read_tokens(typed) or [Token("")]
    return first.text.lower(), rest


def _whom(asker: str, rest: list[Token], rights: Rights, store: Store) -> str:
    """Give who is to be linked; raises NotAllowed for another than the asker, but for admins."""
    whom = next((token.text for token in rest if token.is_mention), None)
    if whom is None and rest:
        raise NotUnderstood(
            f"I understood that you want to link somebody, but not whom: {rest[0].text[:80]}.",
            "/vocatech link to link yourself; an admin may mention somebody: /vocatech link @Ana",
        )
    if whom in {None, asker}:
        return asker
    rights.need_admin(asker, LINK_OTHERS, str(whom))
    if store.slack_people.find(str(whom)) is None:
        raise NotUnderstood(
            "I do not know this person: guests and apps cannot be linked, and whoever is new is"
            " known within a day.",
            "/vocatech link @Ana",
        )
    return str(whom)


def _check_that_extensions_are_known(store: Store) -> None:
    if not any(person.extension for person in store.people.all()):
        raise NotUnderstood(
            "No extension is known yet: I ask Vocatech for them at start and once a day, and take"
            " them from calls where it does not say.",
            "try /vocatech link again after the first calls, or see /vocatech status",
        )


def _unlink(whom: str, asker: str, store: Store, clock: Clock) -> str:
    """Take a link back, for good, and say so."""
    person, who = store.links.person_of(whom), "You" if whom == asker else "They"
    store.links.link(whom, None, how=BY_HAND, now=clock.now())
    if whom != asker:
        store.audit.note(asker, "unlinked somebody", whom, now=clock.now())
    again = "/vocatech link makes a new link."
    if person is None:
        return f"{who} were not linked, and will not be by e-mail. {again}"
    return f"{who} are no longer linked with {person_in_words(person)}. {again}"


def _status(
    asker: str, store: Store, vocatech: VocatechClient, *, has_webhooks: bool, is_admin: bool
) -> Status:
    last = store.calls.last_webhook()
    return Status(
        person=store.links.person_of(asker),
        last_webhook=last[0] if last else None,
        last_poll=store.notes.moment(COVERED),
        has_webhooks=has_webhooks,
        waiting=store.posts.waiting(),
        is_key_refused=store.notes.moment(KEY_REFUSED) is not None,
        quota_left=vocatech.quota_left() if is_admin else None,
        unmatched=len(store.links.unmatched_in_slack()) if is_admin else None,
    )


def _settings(asker: str, store: Store, *, is_admin: bool) -> dict[str, Any]:
    return render_settings_modal(
        store.preferences.of(asker),
        is_linked=store.links.person_of(asker) is not None,
        unmatched=len(store.links.unmatched_in_slack()) if is_admin else None,
    )
