"""Owns the Settings family: what the company is called, where it is, and its numbers."""

from dataclasses import dataclass

from bot.people import Company
from bot.vocatech.rows import read_company
from bot.vocatech.wire import Wire


@dataclass(frozen=True)
class Settings:
    """`GET /settings`: that it can be read is documented, its shape is assumed."""

    wire: Wire
    region: str

    def company(self) -> Company:
        """Give what is known of the company; what is not told is None. Raises ApiError."""
        return read_company(self.wire.get("/settings"), region=self.region)
