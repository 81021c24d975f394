"""Owns the Settings family of the stand-in: what the company says of itself."""

from typing import Literal

from bot.sandbox.company.model import DemoCompany
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.request_validation import PathNotFound, by_method, check_query

Spelling = Literal["company_name", "name"]


class FakeSettings:
    """The company's settings; `spelling` is which of two ways they are written in."""

    def __init__(self, company: DemoCompany) -> None:
        self.spelling: Spelling = "company_name"
        self._company = company

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request in this family; `rest` is what follows `/v1/settings` in its path."""
        if rest:
            raise PathNotFound
        return by_method(request, {"GET": self._show})

    def _show(self, request: HttpRequest) -> HttpResponse:
        check_query(request)
        name, zone, numbers = "company_name", "time_zone", "phone_numbers"
        if self.spelling == "name":
            name, zone, numbers = "name", "timezone", "numbers"
        company = self._company
        body = {name: company.name, zone: company.time_zone, numbers: list(company.numbers)}
        return HttpResponse(200, body)
