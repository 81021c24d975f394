"""Owns the Settings family: what the company is called, where it is, and its numbers."""

from dataclasses import dataclass

from bot.models.people import Company
from bot.vocatech.http import Wire
from bot.vocatech.shapes import read_company


@dataclass(frozen=True)
class Settings:
    """`GET /settings`: that it can be read is documented, its shape is assumed."""

    wire: Wire
    region: str

    def company(self) -> Company:
        """Give what is known of the company; what is not told is None. Raises ApiError."""
        return read_company(self.wire.get("/settings"), region=self.region)
