"""`/vocatech`: help, one's link with an extension, the bot's state, own settings, templates."""

from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack, Respond

from bot.channels.masking import fit
from bot.clock import Clock
from bot.digests.command_parsing import What
from bot.digests.messages import render_digest
from bot.digests.service import DigestAnswers
from bot.errors import NotUnderstood
from bot.health.messages import Status, render_status
from bot.people.modals import render_link_modal
from bot.people.permissions import CHANGE_ROUTING, Rights
from bot.people.readers import locale_of
from bot.people.settings_modal import render_settings_modal
from bot.people.words import person_in_words
from bot.rules.presenter import RuleViews
from bot.slack.client import SlackPoster
from bot.store import Store
from bot.store.links import BY_HAND
from bot.store.watermark import COVERED
from bot.templates.presenter import TemplateViews
from bot.ui.asked import Asked
from bot.ui.blocks import answer
from bot.ui.command_text import Token, read_tokens
from bot.ui.formatting import Locale
from bot.ui.help import render_help
from bot.vocatech.client import VocatechClient

LINK_OTHERS = "link somebody else"


def answer_vocatech(
    ack: Ack,
    respond: Respond,
    command: dict[str, Any],
    *,
    vocatech_words: Mapping[str, Callable[[Asked], None]],
) -> None:
    """Do what was asked for, or say what works."""
    first, *rest = read_tokens(command.get("text", "")) or [Token("")]
    answer_word = vocatech_words.get(first.text.lower())
    if answer_word is None:
        ack(**render_help(f"I do not know /vocatech {first.text.lower()[:80]}. This works:"))
    else:
        answer_word(Asked(ack, respond, command, rest))


def show_help(asked: Asked) -> None:
    """Say what can be typed."""
    asked.ack(**render_help())


def answer_about_digest(
    asked: Asked, *, answers: DigestAnswers, slack: SlackPoster, locale: Locale
) -> None:
    """Do what is wished; a preview is made and shown as a digest is, to the asker alone."""
    wish, plan = answers.read(asked.asker, asked.channel, asked.words)
    if wish.what is What.PREVIEW:
        message = render_digest(answers.preview(plan), locale=locale)
        asked.ack()
        slack.answer(asked.respond, fit(message, answers.store.channels.shown_in(plan.channel)))
        return
    is_private = asked.command.get("channel_name") == "privategroup"
    asked.ack(**answers.answer(asked.asker, wish, plan, is_private=is_private))


def show_status(
    asked: Asked,
    *,
    store: Store,
    vocatech: VocatechClient,
    rights: Rights,
    locale: Locale,
    has_webhooks: bool,
) -> None:
    """Say how the bot is doing, and how the asker is linked."""
    is_admin = rights.is_admin(asked.asker)
    last = store.calls.last_webhook()
    status = Status(
        person=store.links.person_of(asked.asker),
        last_webhook=last[0] if last else None,
        last_poll=store.notes.moment(COVERED),
        has_webhooks=has_webhooks,
        waiting=store.posts.waiting(),
        troubles=tuple(store.troubles.open()),
        quota_left=vocatech.quota_left() if is_admin else None,
        unmatched=len(store.links.unmatched_in_slack()) if is_admin else None,
    )
    asked.ack(**render_status(status, locale=locale))


def open_settings(
    asked: Asked, *, store: Store, slack: SlackPoster, rights: Rights, locale: Locale
) -> None:
    """Open what somebody sets for themselves."""
    asked.ack()
    preference = store.preferences.of(asked.asker)
    is_admin = rights.is_admin(asked.asker)
    view = render_settings_modal(
        preference,
        store.channels.of(preference.channel).quiet if preference.channel else None,
        zone=locale_of(asked.asker, store=store, locale=locale).zone.key,
        is_linked=store.links.person_of(asked.asker) is not None,
        unmatched=len(store.links.unmatched_in_slack()) if is_admin else None,
    )
    slack.open_modal(asked.trigger_id, view)


def open_templates(asked: Asked, *, slack: SlackPoster, template_views: TemplateViews) -> None:
    """Open the list of templates."""
    asked.ack()
    slack.open_modal(asked.trigger_id, template_views.list(viewer=asked.asker))


def open_rules(asked: Asked, *, slack: SlackPoster, rights: Rights, rule_views: RuleViews) -> None:
    """Open the list of rules."""
    rights.need_admin(asked.asker, CHANGE_ROUTING)
    asked.ack()
    slack.open_modal(asked.trigger_id, rule_views.list())


def link_somebody(asked: Asked, *, store: Store, slack: SlackPoster, rights: Rights) -> None:
    """Open the form that links the asker, or whom an admin names."""
    whom = _whom(asked.asker, asked.rest, rights, store)
    _check_that_extensions_are_known(store)
    asked.ack()
    view = render_link_modal(whom, store.links.person_of(whom), is_oneself=whom == asked.asker)
    slack.open_modal(asked.trigger_id, view)


def unlink_somebody(
    asked: Asked,
    *,
    store: Store,
    rights: Rights,
    clock: Clock,
    refresh_home: Callable[[str], None],
) -> None:
    """Take a link back."""
    whom = _whom(asked.asker, asked.rest, rights, store)
    asked.ack(**answer(_unlink(whom, asked.asker, store, clock)))
    refresh_home(whom)


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
