"""Owns what a handler may ask for: every collaborator by the name it has in their signatures."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from inspect import Parameter, signature
from typing import Any
from urllib.parse import urlsplit

from bot.business_hours import BusinessHours
from bot.calls.gap_fill import GapFiller
from bot.calls.service import CallSearchService
from bot.channels.presenter import ChannelPresenter
from bot.channels.service import MuteService
from bot.channels.slack_connect import SharedChannels
from bot.contacts.presenter import ContactPresenter
from bot.contacts.service import ContactService
from bot.digests.generator import DigestGenerator
from bot.digests.service import DigestService
from bot.health.service import tell_admins_once
from bot.home.presenter import HomePresenter
from bot.missed_calls.service import ClaimService
from bot.people.external_users import ExternalUsers
from bot.people.slack_sync import Newcomers
from bot.phone_numbers import normalise
from bot.rules.presenter import RulePresenter
from bot.rules.router import Router
from bot.server.workers import TEXTS_LANE
from bot.services import Services
from bot.slack.modal_state import OpenModals
from bot.sync.subscription import PATH, SubscriptionKeeper
from bot.templates.presenter import TemplateViews
from bot.texts.polling import TextPoller
from bot.texts.service import TextService


def collaborators(
    s: Services, *, wake: Callable[[], None], hurry: Callable[[str], None]
) -> dict[str, Any]:
    """Give them all; `wake` has the lanes look for work, `hurry` has one channel worked on."""
    settings = s.settings
    router = Router(s.store, s.routes)
    maker = DigestGenerator(s.store, s.locale)
    channel_views = ChannelPresenter(s.store, s.locale, s.clock.now)
    home = HomePresenter(
        store=s.store,
        slack=s.slack,
        vocatech=s.vocatech,
        rights=s.rights,
        locale=s.locale,
        clock=s.clock,
        maker=maker,
        channel_views=channel_views,
        expects_webhooks=settings.has_webhooks,
    )
    template_views = TemplateViews(s.store, s.rights, s.locale)
    look_back = GapFiller(s.vocatech, s.store, s.clock, settings.default_region)
    tell_admins = partial(
        tell_admins_once, store=s.store, slack=s.slack, admins=settings.slack_admins, clock=s.clock
    )
    return {
        **s.by_name(),
        "wake": wake,
        "hurry": hurry,
        "tell_admins": tell_admins,
        "sharing": SharedChannels(s.store, s.slack, s.clock, tell_admins),
        "outsiders": ExternalUsers(s.store, s.slack),
        "region": settings.default_region,
        "slack_host": urlsplit(settings.slack_api_url).hostname or "",
        "secrets": settings.webhook_secrets,
        "router": router,
        "rule_views": RulePresenter(s.store, router, s.locale, s.clock.now),
        "has_webhooks": settings.has_webhooks,
        "has_given_secrets": bool(settings.vocatech_webhook_secrets),
        # A call that has been over for so long when first heard of is late.
        "late_after": max(180.0, 3 * settings.seconds_between_polls),
        "started": s.clock.now(),
        "maker": maker,
        "answers": DigestService(s.store, maker, s.rights, s.clock, wake),
        "home": home,
        "refresh_home": home.refresh,
        "newcomers": Newcomers(s.store),
        "claim_views": ClaimService(s.store, s.slack, s.locale, home.refresh, wake),
        "channel_views": channel_views,
        "mutes": MuteService(s.store, s.locale, s.clock, wake),
        "lists": CallSearchService(s.store, look_back, s.clock, s.locale),
        "views": ContactPresenter(s.store, s.rights, s.locale),
        "texting": TextService(
            s.store,
            s.vocatech,
            s.clock,
            s.locale,
            template_views,
            from_number=normalise(settings.vocatech_from_number, settings.default_region),
            regions=tuple(dict.fromkeys([settings.default_region, *settings.text_regions])),
            sends_whatsapp=settings.whatsapp_sending,
        ),
        "template_views": template_views,
        # No channel by that name: those with cards to make anew are found when they are looked for.
        "changes": ContactService(s.store, s.vocatech, s.clock, wake=partial(hurry, "")),
        "send_texts": partial(hurry, TEXTS_LANE),
        "zone": settings.zone,
        "business_hours": BusinessHours.read(settings.business_hours),
        "remind_after": settings.remind_after * 60.0,
        "escalate_to": settings.escalate_to,
        "text_back_lines": frozenset(
            normalise(line, settings.default_region) or line for line in settings.text_back_lines
        ),
        "open_modals": OpenModals(),
        "opt_out_words": tuple(settings.opt_out_words),
        "text_lists": TextPoller(
            s.vocatech, s.store, s.metrics, s.clock, tuple(settings.opt_out_words), wake
        ),
        "upkeep": SubscriptionKeeper(
            s.vocatech.webhooks,
            s.store.subscriptions,
            url=f"{settings.public_url}{PATH}",
            has_given_secrets=bool(settings.vocatech_webhook_secrets),
            clock=s.clock,
        ),
    }


def bind(react: Callable[..., Any], parts: Mapping[str, Any]) -> Callable[..., Any]:
    """Give `react` with the collaborators that its keyword-only parameters name.

    A name that nobody knows is a KeyError, at the start of the program and not at a click.
    """
    bound = partial(react, **{name: parts[name] for name in _needed(react)})
    # Bolt reads each listener's parameters four times; from a partial that costs half of a start.
    bound.__wrapped__ = react  # type: ignore[attr-defined]
    return bound


@cache
def _needed(react: Callable[..., Any]) -> tuple[str, ...]:
    return tuple(
        parameter.name
        for parameter in signature(react).parameters.values()
        if parameter.kind is Parameter.KEYWORD_ONLY and parameter.default is Parameter.empty
    )
