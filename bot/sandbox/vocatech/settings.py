"""Owns the Settings family of the stand-in: what the company says of itself."""

from typing import Literal

from bot.sandbox.company.model import Company
from bot.sandbox.http import Request, Response
from bot.sandbox.vocatech.request_validation import NotFound, by_method, check_query

Spelling = Literal["company_name", "name"]


class CompanySettings:
    """The company's settings; `spelling` is which of two ways they are written in."""

    def __init__(self, company: Company) -> None:
        self.spelling: Spelling = "company_name"
        self._company = company

    def answer(self, request: Request, rest: str) -> Response:
        """Answer a request in this family; `rest` is what follows `/v1/settings` in its path."""
        if rest:
            raise NotFound
        return by_method(request, {"GET": self._show})

    def _show(self, request: Request) -> Response:
        check_query(request)
        name, zone, numbers = "company_name", "time_zone", "phone_numbers"
        if self.spelling == "name":
            name, zone, numbers = "name", "timezone", "numbers"
        company = self._company
        body = {name: company.name, zone: company.time_zone, numbers: list(company.numbers)}
        return Response(200, body)
