"""What is wrong with an endpoint that someone entered."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from bot.models.integrations.outgoing_webhooks import (
    CHOSEN_EVENTS,
    MAX_ENDPOINTS,
    MAX_NAME,
    Endpoint,
    validate_url,
)
from bot.outgoing_webhooks.addresses import is_private_literal

NAME, URL, EVENTS = "name", "url", "events"
PRIVATE = "This address is inside of a network. Enter one that is on the internet."


def validate_endpoint(
    endpoint: Endpoint, listed: Sequence[Endpoint], *, allows_private: bool = False
) -> dict[str, str]:
    """Return errors by field; `listed` are all stored endpoints.

    A host name is checked at each request, because it may lead elsewhere by then.
    """
    others = [one for one in listed if one.endpoint_id != endpoint.endpoint_id]
    errors = {}
    if not 0 < len(endpoint.name) <= MAX_NAME:
        errors[NAME] = f"Enter a name of 1 to {MAX_NAME} characters, such as CRM."
    elif endpoint.name.casefold() in {one.name.casefold() for one in others}:
        errors[NAME] = "Another endpoint has this name. Choose a different name."
    elif len(others) >= MAX_ENDPOINTS:
        errors[NAME] = f"The limit is {MAX_ENDPOINTS} endpoints. Delete an endpoint first."
    if problem := validate_url(endpoint.url, allows_http=allows_private):
        errors[URL] = problem
    elif not allows_private and is_private_literal(urlsplit(endpoint.url).hostname or ""):
        errors[URL] = PRIVATE
    if unknown := [one for one in endpoint.events if one not in CHOSEN_EVENTS]:
        known = ", ".join(CHOSEN_EVENTS)
        errors[EVENTS] = f"{unknown[0]} isn't an event. Choose from {known}."
    return errors
