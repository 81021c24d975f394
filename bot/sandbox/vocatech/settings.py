"""The Settings endpoint."""

from typing import Literal

from bot.sandbox.company.model import DemoCompany
from bot.sandbox.http import HttpRequest, HttpResponse
from bot.sandbox.vocatech.request_validation import PathNotFound, by_method, check_query

Spelling = Literal["company_name", "name"]


class FakeSettings:
    """The company's settings; `spelling` selects one of two sets of field names."""

    def __init__(self, company: DemoCompany) -> None:
        self.spelling: Spelling = "company_name"
        self._company = company

    def answer(self, request: HttpRequest, rest: str) -> HttpResponse:
        """Answer a request; `rest` is the path after `/v1/settings`."""
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
