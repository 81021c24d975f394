"""References to calls and contacts as Work Objects: the ID and the address that Slack stores."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self
from urllib.parse import quote, unquote

from bot.slack.history import CALL_ENTITY
from bot.ui.blocks import Json

CALL, CONTACT = CALL_ENTITY, "contact"
MOST_DIGITS = 18  # more don't fit into the database
# It identifies, and nothing is fetched from it. Slack links what it stored about an address, so it
# never changes, not even with VOCATECH_API_URL. Vocatech documents no page of a call.
BASE = "https://api.vocatech.com/v1"


@dataclass(frozen=True)
class Reference:
    """A call or a contact, by its ID at Vocatech; both never change."""

    kind: str
    key: str

    @classmethod
    def parse(cls, external_ref: object, url: object) -> Self | None:
        """Return the reference in an event, or None; some events have only the address."""
        if isinstance(external_ref, Mapping) and external_ref.get("type") in (CALL, CONTACT):
            return cls._checked(str(external_ref["type"]), str(external_ref.get("id") or ""))
        kind, _, key = str(url or "").removeprefix(f"{BASE}/").partition("s/")
        return cls._checked(kind, unquote(key))

    @classmethod
    def _checked(cls, kind: str, key: str) -> Self | None:
        is_contact = kind == CONTACT and key.isascii() and key.isdigit() and len(key) <= MOST_DIGITS
        return cls(kind, key) if is_contact or (kind == CALL and key) else None

    @property
    def url(self) -> str:
        """The address."""
        return f"{BASE}/{self.kind}s/{quote(self.key, safe='')}"

    @property
    def external_ref(self) -> Json:
        """The reference as in the metadata of an entity."""
        return {"id": self.key, "type": self.kind}


def read_reference(event: Mapping[str, Any]) -> Reference | None:
    """Return what an event of Slack is about; None if it isn't one of ours."""
    link = event.get("link")
    address = link.get("url") if isinstance(link, Mapping) else None
    return Reference.parse(event.get("external_ref"), event.get("entity_url") or address)
